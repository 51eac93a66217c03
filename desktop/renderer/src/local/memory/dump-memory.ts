import { type ModuleRecord, RegionMap, type WalkResult } from '@faultline/minidump';
import type { MemoryBytes, MemoryRow } from '../walk/walk-messages.js';
import { accessText, hex } from './pointer-meaning.js';

const mostRows = 100_000;
const mostBytes = 64 * 1024;
const searchStep = 1 << 20;

/** The address space: regions where the dump has them, else what it holds and what modules cover. */
export function memoryRows({ dump, threads }: WalkResult): MemoryRow[] {
  const { ranges } = dump.memory;
  const stacks = threads.flatMap(({ index, stackRange }) => (stackRange === null ? [] : [{ index, ...stackRange }]));
  const names = (start: bigint, end: bigint) =>
    [
      ...dump.modules.filter(({ base, size }) => base < end && base + BigInt(size) > start).map(leaf),
      ...stacks.filter((stack) => stack.start < end && stack.end > start).map(({ index }) => `[stack:${index}]`),
    ]
      .slice(0, 3)
      .join(', ');
  const known =
    dump.regions === null
      ? ranges.map(({ start, size }) => ({ start, end: start + BigInt(size), access: '', name: '' }))
      : new RegionMap(dump.regions).regions.map((region) => ({
          start: region.start,
          end: region.end,
          access: accessText(region),
          name: region.name,
        }));
  let at = 0;
  return known.slice(0, mostRows).map(({ start, end, access, name }) => {
    let stored = 0n;
    let first: bigint | null = null;
    while (at < ranges.length && rangeEnd(ranges[at]) <= start) at++;
    for (let next = at; next < ranges.length; next++) {
      const range = ranges[next];
      if (range === undefined || range.start >= end) break;
      const last = rangeEnd(range);
      const from = range.start > start ? range.start : start;
      first ??= from;
      stored += (last < end ? last : end) - from;
    }
    return {
      start: hex(start),
      end: hex(end),
      size: Number(end - start),
      access,
      name: name === '' ? names(start, end) : name,
      stored: Number(stored),
      firstStored: first === null ? '' : hex(first),
    };
  });
}

export async function readMemory(
  { dump }: WalkResult,
  { address, length }: { address: string; length: number },
): Promise<MemoryBytes | null> {
  const block = await dump.memory.read(BigInt(address), Math.max(0, Math.min(length, mostBytes)));
  // A copy: the dump's own bytes must not be transferred away.
  return block === null ? null : { start: hex(block.start), bytes: new Uint8Array(block.bytes) };
}

/** Looks through what the dump holds, piece by piece; a match across two ranges is not found. */
export async function searchMemory(
  { dump }: WalkResult,
  { from, pattern }: { from: string; pattern: Uint8Array },
): Promise<string | null> {
  const first = BigInt(from);
  if (pattern.length === 0) return null;
  for (const range of dump.memory.ranges) {
    const end = rangeEnd(range);
    let at = range.start > first ? range.start : first;
    while (at < end) {
      const block = await dump.memory.read(at, searchStep + pattern.length - 1);
      if (block === null) break;
      const found = indexOf(block.bytes, pattern);
      if (found >= 0) return hex(at + BigInt(found));
      at += BigInt(searchStep);
    }
  }
  return null;
}

function indexOf(bytes: Uint8Array, pattern: Uint8Array): number {
  const first = pattern[0] ?? 0;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (at + pattern.length > bytes.length) return -1;
    if (pattern.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}

function rangeEnd(range: { start: bigint; size: number } | undefined): bigint {
  return range === undefined ? 0n : range.start + BigInt(range.size);
}

function leaf({ codeFile }: ModuleRecord): string {
  return codeFile.slice(Math.max(codeFile.lastIndexOf('/'), codeFile.lastIndexOf('\\')) + 1);
}
