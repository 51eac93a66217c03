import type { WalkedFrame } from '../model/frame.js';
import type { ModuleRecord } from '../model/module-record.js';
import type { WalkedThread, WalkResult } from '../walk/walk-result.js';
import { baseName } from './address-text.js';
import { plainText } from './plain-text.js';
import { threadsInOrder } from './thread-order.js';

/**
 * Breakpad's machine-readable text (`minidump_stackwalk -m`): one record a line, fields between pipes. Inlined calls
 * are frames of their own and counted. Offsets are those of the return address: in the line, else in the function,
 * else in the module.
 * @returns lines that each end in a newline
 */
export function breakpadText(result: WalkResult): string {
  const { system, facts, modules } = result.dump;
  const { version = '', vendor = '', renderer = '' } = facts.microdump?.gpu ?? {};
  const cpuInfo = system.cpuInfo ?? '';
  const lines = [
    record('OS', system.os, rawVersion(result)),
    record('CPU', system.cpu, cpuInfo, String(system.processorCount)),
    record('GPU', version, vendor, renderer),
    crashRecord(result),
    ...[...modules].sort(byEnd).map((module) => moduleRecord(module, result.dump.format === 'minidump')),
    '',
  ];
  for (const thread of threadsInOrder(result)) lines.push(...frameRecords(thread));
  return lines.map((line) => `${line}\n`).join('');
}

function record(...fields: string[]): string {
  return fields.map((field) => plainText(field.replaceAll('|', ''))).join('|');
}

/** The three numbers and the service pack, as stored: nothing is read out of the text of `uname`. */
function rawVersion({ dump }: WalkResult): string {
  const { system } = dump;
  if (dump.format === 'microdump') return system.version;
  return `${system.majorVersion}.${system.minorVersion}.${system.buildNumber} ${system.csdVersion}`;
}

function crashRecord({ crash, dump, requestingThread }: WalkResult): string {
  const thread = requestingThread === null ? '' : String(requestingThread);
  if (crash !== null) return record('Crash', crash.type, `0x${crash.address.toString(16)}`, thread);
  return dump.format === 'microdump' ? record('Crash', '', '0x0', thread) : record('Crash', 'No crash', '', thread);
}

/** Breakpad keeps modules by their last address. */
function byEnd(one: ModuleRecord, other: ModuleRecord): number {
  const difference = one.base + BigInt(one.size) - (other.base + BigInt(other.size));
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** `is main` is 1 for the first module of a minidump; a microdump doesn't tell. Ends are inclusive. */
function moduleRecord(module: ModuleRecord, hasMain: boolean): string {
  const hex = (address: bigint) => `0x${address.toString(16).padStart(8, '0')}`;
  return record(
    'Module',
    baseName(module.codeFile),
    module.version ?? '',
    baseName(module.debugFile),
    module.debugId,
    hex(module.base),
    hex(module.base + BigInt(Math.max(0, module.size - 1))),
    hasMain && module.index === 0 ? '1' : '0',
  );
}

function frameRecords(thread: WalkedThread): string[] {
  const lines: string[] = [];
  for (const frame of thread.frames) {
    const { module, symbol } = frame;
    const start = () => [String(thread.index), String(lines.length), module === null ? '' : baseName(module.codeFile)];
    const offset = offsetText(frame);
    for (const call of symbol?.inlines ?? []) {
      lines.push(record(...start(), call.function, call.file ?? '', lineText(call.line), offset));
    }
    lines.push(record(...start(), symbol?.function ?? '', symbol?.file ?? '', lineText(symbol?.line ?? null), offset));
  }
  return lines;
}

function lineText(line: number | null): string {
  return line === null ? '' : String(line);
}

/** Breakpad knows the return address of x86 and amd64 frames only; elsewhere it prints the address of the call. */
function offsetText({ module, symbol, resumeAddress, instruction, context }: WalkedFrame): string {
  const address = context.cpu === 'x86' || context.cpu === 'amd64' ? resumeAddress : instruction;
  if (module === null) return `0x${address.toString(16)}`;
  const inModule = address - module.base;
  const start =
    symbol === null ? 0 : ((symbol.line === null ? undefined : symbol.lineAddress) ?? symbol.functionAddress);
  return `0x${(inModule - BigInt(start)).toString(16)}`;
}
