import type { AbsoluteAddress, Bytes } from '@faultline/sdk/units';
import type { ModuleMap } from './module-map.js';
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
export function findCodePointer(search: {
  stack: StackMemory;
  modules: ModuleMap;
  wordBytes: 4 | 8;
  from: Bytes;
  end: Bytes;
}): Bytes {
  const { modules, wordBytes } = search;
  const { view, littleEndian } = search.stack;
  const last = search.end - wordBytes;
  const lowest = modules.lowest;
  const highest = modules.highest;
  if (wordBytes === 4) {
    for (let offset = search.from; offset <= last; offset += 4) {
      const address = view.getUint32(offset, littleEndian) - 1;
      if (address >= lowest && address < highest && address > 0 && modules.hasModuleAtNumber(address)) return offset;
    }
    return -1;
  }
  const lowHalf = littleEndian ? 0 : 4;
  const highHalf = 4 - lowHalf;
  for (let offset = search.from; offset <= last; offset += 8) {
    const high = view.getUint32(offset + highHalf, littleEndian);
    if (high > 0x1fffff) {
      if (modules.hasHighModules && modules.moduleAt(view.getBigUint64(offset, littleEndian) - 1n) !== null) {
        return offset;
      }
      continue;
    }
    const address = high * 0x1_0000_0000 + view.getUint32(offset + lowHalf, littleEndian) - 1;
    if (address >= lowest && address < highest && address > 0 && modules.hasModuleAtNumber(address)) return offset;
  }
  return -1;
}
