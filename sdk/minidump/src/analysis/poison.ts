import type { CpuContext } from '../model/cpu-context.js';
import { pointerSize } from '../model/cpu.js';

/** What it means that memory held a pattern. */
export type PoisonMeaning = 'freed' | 'uninitialised' | 'guard' | 'marker';

export interface PoisonPattern {
  /** The word that memory is filled with, repeated up to a pointer's width. */
  word: bigint;
  /** Bytes of `word`. */
  width: 1 | 4 | 8;
  meaning: PoisonMeaning;
  /** Who fills memory with it. */
  source: string;
}

/** Public constants of allocators, run-time libraries and engines, the most telling first. */
const patterns: readonly PoisonPattern[] = [
  { word: 0xe5n, width: 1, meaning: 'freed', source: 'mozjemalloc fills freed memory' },
  { word: 0xddn, width: 1, meaning: 'freed', source: "Visual C++'s debug heap fills freed memory" },
  { word: 0xfeeefeeen, width: 4, meaning: 'freed', source: 'HeapFree of Windows under a debugger' },
  { word: 0x5an, width: 1, meaning: 'freed', source: 'jemalloc fills freed memory' },
  { word: 0x6bn, width: 1, meaning: 'freed', source: "the kernel's slab poisoning and others fill freed memory" },
  { word: 0x55n, width: 1, meaning: 'freed', source: 'MallocScribble of macOS fills freed memory' },
  { word: 0xa5n, width: 1, meaning: 'uninitialised', source: 'jemalloc fills new memory' },
  { word: 0xe4n, width: 1, meaning: 'uninitialised', source: 'mozjemalloc fills new memory' },
  {
    word: 0xcdn,
    width: 1,
    meaning: 'uninitialised',
    source: "Visual C++'s debug heap fills new memory; PartitionAlloc, freed memory",
  },
  { word: 0xccn, width: 1, meaning: 'uninitialised', source: 'Visual C++ fills new stack frames in debug builds' },
  { word: 0xbaadf00dn, width: 4, meaning: 'uninitialised', source: 'LocalAlloc of Windows under a debugger' },
  { word: 0xaan, width: 1, meaning: 'uninitialised', source: 'MallocScribble of macOS and clang fill new memory' },
  { word: 0xben, width: 1, meaning: 'uninitialised', source: 'AddressSanitizer fills new memory' },
  {
    word: 0xabn,
    width: 1,
    meaning: 'guard',
    source: 'HeapAlloc of Windows marks the end of a block; PartitionAlloc, new memory',
  },
  { word: 0xfdn, width: 1, meaning: 'guard', source: "Visual C++'s debug heap marks both ends of a block" },
  { word: 0x1baddead0baddeafn, width: 8, meaning: 'freed', source: 'V8 clears handles' },
  { word: 0x1beefdad0beefdafn, width: 8, meaning: 'freed', source: 'V8 clears the space that it copied objects from' },
  { word: 0xdeadbeedbeadbeefn, width: 8, meaning: 'freed', source: 'V8 clears objects' },
  { word: 0xdeadbeefn, width: 4, meaning: 'marker', source: 'a marker by convention' },
  { word: 0x41n, width: 1, meaning: 'marker', source: 'the letter A: data from outside that overran its place' },
];

/** Bytes that rust-minidump takes for poison when it rates bit flips: those of its own list. */
const ratedBytes = new Set([
  ...[0x2b, 0x2d, 0x2f, 0x49, 0x4b, 0x4d, 0x4f, 0x6b, 0x8b],
  ...[0x9b, 0x9f, 0xa5, 0xbb, 0xcc, 0xcd, 0xce, 0xdb, 0xe5],
]);

export function isPoisonByte(byte: number): boolean {
  return ratedBytes.has(byte);
}

/** A value that is a pattern, or lies a little beside one: a field of an object whose pointer was poisoned. */
export interface PoisonedValue {
  pattern: PoisonPattern;
  /** Distance of the value from the pattern. */
  offset: bigint;
}

const largestOffset = 4096n;

/** Each pattern as it fills a register of either width. */
const filledPatterns = patterns.map((pattern) => ({
  pattern,
  filled: { 4: repeated(pattern, 4), 8: repeated(pattern, 8) },
}));

function repeated({ word, width }: PoisonPattern, total: 4 | 8): bigint {
  let value = 0n;
  for (let at = 0; at < total; at += width) value |= word << BigInt(at * 8);
  return value;
}

/** The pattern that a value of a pointer's width shows; null when it shows none. */
export function poisonOf(value: bigint, width: 4 | 8): PoisonedValue | null {
  for (const { pattern, filled } of filledPatterns) {
    if (pattern.width > width) continue;
    const offset = value - filled[width];
    if (offset <= largestOffset && offset >= -largestOffset) return { pattern, offset };
    // A 32-bit pattern in a 64-bit register: a field of 4 bytes was read.
    if (width === 8 && pattern.width < 8 && value === filled[4]) return { pattern, offset: 0n };
  }
  return null;
}

/** Registers whose values show a pattern. */
export function poisonedRegisters(context: CpuContext): { register: string; poison: PoisonedValue }[] {
  const width = pointerSize(context.cpu);
  const found: { register: string; poison: PoisonedValue }[] = [];
  for (const [register, value] of context.registers) {
    const poison = poisonOf(value, width);
    if (poison !== null) found.push({ register, poison });
  }
  return found;
}
