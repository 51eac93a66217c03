import type { WalkResult } from '../walk/walk-result.js';
import { addressText } from './address-text.js';

/** Why the program died, and what else the dump says of the process. */
export function crashLines(result: WalkResult): string[] {
  const { crash, dump } = result;
  const { facts } = dump;
  const lines: string[] = [];
  if (crash === null) lines.push('No crash');
  else lines.push(`Crash reason:  ${crash.type}`, `Crash address: ${addressText(dump.system.cpu)(crash.address)}`);
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
