import type { AbsoluteAddress, Bytes } from '@faultline/sdk/units';
import { chunkKey, type ModuleMap } from './module-map.js';
import type { StackMemory } from './stack-memory.js';
import type { UnwindStep } from './architecture.js';
import type { ScannedWord } from './scanned-word.js';

export interface ScanRange {
  /** Address of the first word. */
  from: AbsoluteAddress;
  /** Words looked at, at most. */
  words: number;
  wordBytes: 4 | 8;
  /** A further test of a word that lies in a module: canonical, outside the first page. */
  isPlausible(value: bigint): boolean;
}

export interface ScanResult {
  /** The first believable return address, or null. */
  hit: { slot: AbsoluteAddress; value: bigint; index: number } | null;
  rejected: ScannedWord[];
}

/**
 * Looks for a word that may be a return address: one less than it lies in a module and, where the module's functions
 * are known, in a function. Ends at the end of the region.
 */
export async function scanForReturnAddress(step: UnwindStep, range: ScanRange): Promise<ScanResult> {
  const { stack, modules, symbols } = step;
  const rejected: ScannedWord[] = [];
  const reject = (slot: AbsoluteAddress, value: bigint, reason: string) => {
    if (rejected.length < step.maxRejectedWords) rejected.push({ slot, value, reason });
  };
  const first = stack.offsetOf(range.from);
  if (first === null) return { hit: null, rejected };
  const end = Math.min(first + range.words * range.wordBytes, stack.size);
  let offset = first;
  for (;;) {
    offset = findCodePointer({ stack, modules, wordBytes: range.wordBytes, from: offset, end });
    if (offset < 0) return { hit: null, rejected };
    const slot = stack.start + BigInt(offset);
    const value = stack.word(slot, range.wordBytes) as bigint;
    const index = (offset - first) / range.wordBytes;
    offset += range.wordBytes;
    const module = modules.moduleAt(value - 1n);
    if (module === null || !range.isPlausible(value)) {
      reject(slot, value, 'not an address that code can have');
    } else if (await symbols.mayBeCode(module, value - 1n)) {
      return { hit: { slot, value, index }, rejected };
    } else {
      reject(slot, value, 'in a module, but in none of its functions');
    }
  }
}

/**
 * Offset of the next word, from `from` and before `end`, of which one less lies in a module; -1 when there is none.
 * Works on pairs of 32-bit numbers: making a BigInt of every word costs ten times as much.
 */
export function findCodePointer(search: CodePointerSearch): Bytes {
  const { stack, modules, wordBytes } = search;
  const { chunks } = modules;
  const last = search.end - wordBytes;
  const next = stack.halves !== null && search.from % 4 === 0 ? nextInHalves : nextInView;
  let offset = search.from;
  while (offset <= last) {
    offset = next(stack, chunks, { wordBytes, from: offset, last });
    if (offset < 0) return -1;
    if (pointsIntoModule(stack, modules, wordBytes, offset)) return offset;
    offset += wordBytes;
  }
  return -1;
}

function pointsIntoModule(stack: StackMemory, modules: ModuleMap, wordBytes: 4 | 8, offset: Bytes): boolean {
  const { view, littleEndian } = stack;
  if (wordBytes === 4) {
    const word = view.getUint32(offset, littleEndian);
    return word > 1 && modules.moduleAtNumber(word - 1) !== null;
  }
  const low = view.getUint32(littleEndian ? offset : offset + 4, littleEndian);
  const high = view.getUint32(littleEndian ? offset + 4 : offset, littleEndian);
  if (high < 0x20_0000) {
    const word = high * 0x1_0000_0000 + low;
    return word > 1 && modules.moduleAtNumber(word - 1) !== null;
  }
  return modules.moduleAt(view.getBigUint64(offset, littleEndian) - 1n) !== null;
}

export interface CodePointerSearch {
  stack: StackMemory;
  modules: ModuleMap;
  wordBytes: 4 | 8;
  from: Bytes;
  end: Bytes;
}

interface WordRange {
  wordBytes: 4 | 8;
  from: Bytes;
  /** Offset of the last word. */
  last: Bytes;
}

/** Offset of the next word whose chunk of the address space some module touches, or -1. */
function nextInHalves(stack: StackMemory, chunks: Uint8Array, range: WordRange): Bytes {
  const halves = stack.halves as Uint32Array;
  const last = range.last >>> 2;
  if (range.wordBytes === 4) {
    for (let index = range.from >>> 2; index <= last; index++) {
      if (chunks[chunkKey(0, halves[index] as number)] !== 0) return index << 2;
    }
    return -1;
  }
  for (let index = range.from >>> 2; index <= last; index += 2) {
    if (chunks[chunkKey(halves[index + 1] as number, halves[index] as number)] !== 0) return index << 2;
  }
  return -1;
}

/** The same for regions in the other byte order or at an odd place. */
function nextInView(stack: StackMemory, chunks: Uint8Array, range: WordRange): Bytes {
  const { view, littleEndian } = stack;
  const lowHalf = range.wordBytes === 8 && !littleEndian ? 4 : 0;
  for (let offset = range.from; offset <= range.last; offset += range.wordBytes) {
    const low = view.getUint32(offset + lowHalf, littleEndian);
    const high = range.wordBytes === 8 ? view.getUint32(offset + 4 - lowHalf, littleEndian) : 0;
    if (chunks[chunkKey(high, low)] !== 0) return offset;
  }
  return -1;
}
