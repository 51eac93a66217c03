import type { ByteView } from '../byte-view.js';
import { decodeUtf8Whole } from '../byte-view.js';
import { type DecodeContext, defineStream } from '../stream-definition.js';
import { pointerSize } from '../../model/cpu.js';
import { systemInfo } from './system-info.js';

/** Lines of "key, separator, value": keys and values are trimmed and lose one layer of double quotes. */
export type KeyValues = [key: string, value: string][];

/** /proc/cpuinfo; the keys repeat for each processor. */
export const linuxCpuInfo = defineStream(0x47670003, (stream, context) => keyValues(stream, context, ':'));

/** /proc/<pid>/status. */
export const linuxProcStatus = defineStream(0x47670004, (stream, context) => keyValues(stream, context, ':'));

/** What the distribution calls itself; "" where it doesn't say. */
export interface LsbRelease {
  id: string;
  release: string;
  codename: string;
  description: string;
}

const lsbKeys = new Map<string, keyof LsbRelease>([
  ['DISTRIB_ID', 'id'],
  ['ID', 'id'],
  ['DISTRIB_RELEASE', 'release'],
  ['VERSION_ID', 'release'],
  ['DISTRIB_CODENAME', 'codename'],
  ['VERSION_CODENAME', 'codename'],
  ['DISTRIB_DESCRIPTION', 'description'],
  ['PRETTY_NAME', 'description'],
]);

/** /etc/lsb-release or /etc/os-release; of several lines for one fact the last counts. */
export const linuxLsbRelease = defineStream<LsbRelease>(0x47670005, (stream, context) => {
  const release: LsbRelease = { id: '', release: '', codename: '', description: '' };
  for (const [key, value] of keyValues(stream, context, '=')) {
    const fact = lsbKeys.get(key);
    if (fact !== undefined) release[fact] = value;
  }
  return release;
});

/** /proc/<pid>/cmdline: the arguments. Private data. */
export const linuxCmdLine = defineStream<string[]>(0x47670006, (stream, context) => nulSeparated(stream, context));

/** /proc/<pid>/environ. Private data. */
export const linuxEnviron = defineStream<KeyValues>(0x47670007, (stream, context) =>
  nulSeparated(stream, context).map((entry): [string, string] => {
    const at = entry.indexOf('=');
    return at === -1 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
  }),
);

/** /proc/<pid>/auxv: AT_ type (elf.h) and value, up to AT_NULL. */
export const linuxAuxv = defineStream<[type: bigint, value: bigint][]>(0x47670008, async (stream, context) => {
  const size = pointerSize((await context.get(systemInfo))?.cpu ?? 'unknown');
  const word = (at: number) => (size === 8 ? stream.u64(at) : BigInt(stream.u32(at)));
  const pairs: [bigint, bigint][] = [];
  for (let at = 0; at + 2 * size <= stream.length && pairs.length < context.limits.entries; at += 2 * size) {
    if (word(at) === 0n) break;
    pairs.push([word(at), word(at + size)]);
  }
  return pairs;
});

/** Lines of a text stream, bounded; NULs at the end (padding of some writers) are dropped. */
export function textLines(stream: ByteView, context: DecodeContext, limit = context.limits.entries): string[] {
  return bounded(decodeUtf8Whole(stream.bytes).replace(/\0+$/, '').split(/\r?\n/), context, limit);
}

function keyValues(stream: ByteView, context: DecodeContext, separator: string): KeyValues {
  const pairs: KeyValues = [];
  for (const line of textLines(stream, context)) {
    const at = line.indexOf(separator);
    if (at !== -1) pairs.push([unquoted(line.slice(0, at)), unquoted(line.slice(at + 1))]);
  }
  return pairs;
}

function unquoted(text: string): string {
  const trimmed = text.trim();
  const isQuoted = trimmed.length >= 2 && trimmed.startsWith('"') && trimmed.endsWith('"');
  return isQuoted ? trimmed.slice(1, -1) : trimmed;
}

function nulSeparated(stream: ByteView, context: DecodeContext): string[] {
  const text = decodeUtf8Whole(stream.bytes).replace(/\0+$/, '');
  return text === '' ? [] : bounded(text.split('\0'), context, context.limits.entries);
}

function bounded(lines: string[], context: DecodeContext, limit: number): string[] {
  if (lines.length <= limit) return lines;
  context.problems.limited(context.name, 'lines', lines.length, limit);
  return lines.slice(0, limit);
}
