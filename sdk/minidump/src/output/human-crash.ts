import type { CrashAnalysis } from '../analysis/index.js';
import type { CrashReason } from '../reason/crash-reason.js';
import type { WalkResult } from '../walk/walk-result.js';
import { addressText } from './address-text.js';

/** Our own verdict comes first; the disassembly is that of every CPU which has a disassembler. */
function reasonLines({ analysis, dump }: WalkResult, crash: CrashReason): string[] {
  const address = addressText(dump.system.cpu);
  const lines: string[] = [];
  if (analysis !== null) lines.push(...verdictLines(analysis), '');
  const adjusted = analysis?.adjustedAddress ?? null;
  lines.push(`Crash reason:  ${crash.type}`);
  lines.push(`Crash address: ${address(crash.address)}${adjusted === null ? '' : ' **'}`);
  if (adjusted?.kind === 'non-canonical') {
    lines.push(`    ** Non-canonical address detected: ${address(adjusted.address)}`);
  }
  if (adjusted?.kind === 'null-pointer') {
    lines.push(`    ** Null pointer detected with offset: ${address(adjusted.offset)}`);
  }
  if (analysis !== null) lines.push(...instructionLines(analysis, address));
  return lines;
}

function verdictLines({ verdict }: CrashAnalysis): string[] {
  const confidence = `${Math.round(verdict.confidence * 100)} % sure`;
  return [
    `Verdict: ${verdict.title} (${confidence})`,
    `    ${verdict.explanation}`,
    ...verdict.evidence.map((fact) => `    - ${fact}`),
  ];
}

function instructionLines({ operation, crashInfo }: CrashAnalysis, address: (value: bigint) => string): string[] {
  const lines: string[] = [];
  if (operation !== null) {
    lines.push(`Crashing instruction: \`${operation.instruction.text}\``);
    for (const access of operation.accesses ?? []) {
      const size = access.size === null ? '' : ` ${access.size} bytes`;
      const guard = access.isLikelyGuardPage ? ', likely a guard page' : '';
      lines.push(`    ${access.access ?? 'names'}${size} at ${address(access.address)}${guard}`);
    }
  }
  if (crashInfo.possibleBitFlips.length > 0) lines.push('Crashing address may be the result of a flipped bit:');
  for (const flip of crashInfo.possibleBitFlips) {
    const register = flip.sourceRegister === null ? '' : `${flip.sourceRegister}=`;
    lines.push(`    ${register}${address(flip.address)} (${flip.confidence.toFixed(3)})`);
  }
  if (crashInfo.inconsistencies.length > 0) lines.push('Crash is inconsistent:');
  for (const inconsistency of crashInfo.inconsistencies) lines.push(`    ${inconsistency.replaceAll('_', ' ')}`);
  return lines;
}

/** Why the program died, and what else the dump says of the process. */
export function crashLines(result: WalkResult): string[] {
  const { crash, dump } = result;
  const { facts } = dump;
  const lines: string[] = [];
  if (crash === null) lines.push('No crash');
  else lines.push(...reasonLines(result, crash));
  if (facts.assertion !== null) {
    const { expression, functionName, file, line } = facts.assertion;
    lines.push(`Assertion: ${expression} in ${functionName} [${file} : ${line}]`);
  }
  for (const [index, record] of (facts.macCrashInfo ?? []).entries()) {
    const { modulePath, message, signature, backtrace, message2 } = record;
    lines.push(`Mac crash info ${index}: ${modulePath ?? ''}`);
    for (const text of [message, signature, backtrace, message2]) if (text !== null) lines.push(`    ${text}`);
  }
  if (facts.macBootArgs !== null) lines.push(`Mac boot args: ${facts.macBootArgs}`);
  lines.push(`Process uptime: ${facts.uptime === null ? 'not available' : `${facts.uptime} seconds`}`);
  if (facts.linuxMapCount !== null) lines.push('', `Linux memory map count: ${facts.linuxMapCount}`);
  const annotations = facts.crashpad?.annotations ?? [];
  if (annotations.length > 0) lines.push('', 'Crashpad annotations:');
  for (const [key, value] of annotations) lines.push(`    ${key} = ${value}`);
  return lines;
}
