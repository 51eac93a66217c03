import type { WalkResult } from '../walk/walk-result.js';
import { addressText, baseName, systemVersion } from './address-text.js';
import { crashLines } from './human-crash.js';
import { threadLines } from './human-thread.js';
import { plainText } from './plain-text.js';
import { threadsInOrder } from './thread-order.js';

export interface HumanTextOptions {
  /** Only the summary and the crashing thread. */
  brief?: boolean;
}

/**
 * A report for people, in the order of Breakpad's and rust-minidump's: system, crash, threads, modules; then what
 * could not be read. Text of the dump is shown without its control and bidi characters.
 * @returns lines that each end in a newline
 */
export function humanText(result: WalkResult, { brief = false }: HumanTextOptions = {}): string {
  const threads = threadsInOrder(result);
  const lines = [...systemLines(result), '', ...crashLines(result), ''];
  const shown = brief ? threads.filter(({ index }) => index === result.requestingThread) : threads;
  for (const thread of shown) lines.push(...threadLines(thread, result), '');
  if (!brief) lines.push(...moduleLines(result), ...problemLines(result));
  return lines.map((line) => `${plainText(line)}\n`).join('');
}

function systemLines({ dump }: WalkResult): string[] {
  const { system, facts } = dump;
  const lsb = facts.lsbRelease;
  return [
    `Operating system: ${system.os}`,
    `                  ${systemVersion(system)}`,
    `CPU: ${system.cpu}`,
    ...(system.cpuInfo === null ? [] : [`     ${system.cpuInfo}`]),
    `     ${system.processorCount} CPU${system.processorCount > 1 ? 's' : ''}`,
    ...(lsb === null ? [] : [`Linux ${lsb.id} ${lsb.release} - ${lsb.codename} (${lsb.description})`]),
    ...(facts.microdump?.gpu == null ? [] : [`GPU: ${Object.values(facts.microdump.gpu).join(', ')}`]),
  ];
}

/** By address; ends are inclusive. */
function moduleLines({ dump, symbols }: WalkResult): string[] {
  const digits = addressText(dump.system.cpu)(0n).length === 10 ? 8 : 0;
  const range = (base: bigint, size: number) => {
    const hex = (address: bigint) => `0x${address.toString(16).padStart(digits, '0')}`;
    return `${hex(base)} - ${hex(base + BigInt(Math.max(0, size - 1)))}`;
  };
  const byBase = (one: { base: bigint }, other: { base: bigint }) =>
    one.base < other.base ? -1 : one.base > other.base ? 1 : 0;
  const modules = [...dump.modules].sort(byBase).map((module) => {
    const lookup = symbols.get(module.index);
    const note = lookup === undefined || lookup.symbols !== null ? '' : '  (no symbols)';
    const main = module.index === 0 && dump.format === 'minidump' ? '  (main)' : '';
    const name = `${baseName(module.codeFile)}  ${module.version ?? '???'}`;
    return `${range(module.base, module.size)}  ${name}${main}${note}`;
  });
  const unloaded = [...dump.unloadedModules]
    .sort(byBase)
    .map(({ base, size, name }) => `${range(base, size)}  ${name}`);
  return ['Loaded modules:', ...modules, '', 'Unloaded modules:', ...unloaded];
}

function problemLines({ problems }: WalkResult): string[] {
  if (problems.length === 0) return [];
  const lines = problems.map(({ stream, code, message }) => `${stream}: ${message} (${code})`);
  return ['', 'Not read, or not all of it:', ...lines];
}
