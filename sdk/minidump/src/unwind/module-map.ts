import type { AbsoluteAddress } from '@faultline/sdk/units';
import type { ModuleRecord } from '../model/module-record.js';

/** Beyond this a JavaScript number no longer names every address. */
const exactNumbers = 2n ** 53n;
const addressSpace = 2n ** 64n;

interface WideRange {
  start: bigint;
  /** Exclusive; up to 2^64. */
  end: bigint;
  module: ModuleRecord;
}

/**
 * Answers which module an address belongs to. Modules are taken by ascending start (then by end); one that overlaps a
 * module taken before it is unreachable by address, as in rust-minidump. Modules of size 0 or beyond 2^64 have no
 * range.
 *
 * Ranges below 2^53 are kept as doubles, so that a stack scan asks without making a BigInt of every word.
 */
export class ModuleMap {
  readonly #starts: Float64Array;
  /** Exclusive. */
  readonly #ends: Float64Array;
  readonly #modules: ModuleRecord[];
  readonly #high: WideRange[];
  /** Lowest start and highest end (exclusive) of the ranges below 2^53: the cheap first test of a scan. */
  readonly lowest: number;
  readonly highest: number;
  /** Whether any module reaches beyond 2^53, so that a scan must look at such words too. */
  readonly hasHighModules: boolean;
  /** End (exclusive, at most 2^64-1) of the reachable module with the highest start; 0 without modules. */
  readonly highestEnd: AbsoluteAddress;

  constructor(modules: readonly ModuleRecord[]) {
    const reachable = reachableRanges(modules);
    const low = reachable.filter((range) => range.end <= exactNumbers);
    this.#starts = Float64Array.from(low, (range) => Number(range.start));
    this.#ends = Float64Array.from(low, (range) => Number(range.end));
    this.#modules = low.map((range) => range.module);
    this.#high = reachable.filter((range) => range.end > exactNumbers);
    this.lowest = this.#starts[0] ?? Infinity;
    this.highest = this.#ends.at(-1) ?? -Infinity;
    this.hasHighModules = this.#high.length > 0;
    const last = reachable.at(-1);
    this.highestEnd = last === undefined ? 0n : last.end === addressSpace ? addressSpace - 1n : last.end;
  }

  /** The module whose range holds the address, or null. */
  moduleAt(address: AbsoluteAddress): ModuleRecord | null {
    if (address < exactNumbers) {
      const found = this.moduleAtNumber(Number(address));
      if (found !== null) return found;
    }
    for (const range of this.#high) {
      if (address >= range.start && address < range.end) return range.module;
    }
    return null;
  }

  /** The same for an address below 2^53, among modules that end below 2^53. */
  moduleAtNumber(address: number): ModuleRecord | null {
    const index = this.#rangeBefore(address);
    return index >= 0 && address < (this.#ends[index] as number) ? (this.#modules[index] as ModuleRecord) : null;
  }

  /** Whether `moduleAtNumber` would find one; called for every word of a scan. */
  hasModuleAtNumber(address: number): boolean {
    if (address < this.lowest || address >= this.highest) return false;
    const index = this.#rangeBefore(address);
    return index >= 0 && address < (this.#ends[index] as number);
  }

  #rangeBefore(address: number): number {
    const starts = this.#starts;
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] as number) <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

function reachableRanges(modules: readonly ModuleRecord[]): WideRange[] {
  const ranges: WideRange[] = [];
  for (const module of modules) {
    const end = module.base + BigInt(module.size);
    if (module.size > 0 && end <= addressSpace) ranges.push({ start: module.base, end, module });
  }
  ranges.sort((a, b) => compare(a.start, b.start) || compare(a.end, b.end));
  const reachable: WideRange[] = [];
  for (const range of ranges) {
    const last = reachable.at(-1);
    if (last === undefined || range.start >= last.end) reachable.push(range);
  }
  return reachable;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
