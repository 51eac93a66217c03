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
 * Ranges below 2^53 are kept as doubles, and `chunks` lets a stack scan pass over most words without a look-up.
 */
export class ModuleMap {
  readonly #starts: Float64Array;
  /** Exclusive. */
  readonly #ends: Float64Array;
  readonly #modules: ModuleRecord[];
  readonly #high: WideRange[];
  /** 1 at `chunkKey` of every chunk of 64 KiB that some module touches: the first test of a scan. */
  readonly chunks = new Uint8Array(0x1_0000);
  /** End (exclusive, at most 2^64-1) of the reachable module with the highest start; 0 without modules. */
  readonly highestEnd: AbsoluteAddress;

  constructor(modules: readonly ModuleRecord[]) {
    const reachable = reachableRanges(modules);
    const low = reachable.filter((range) => range.end <= exactNumbers);
    this.#starts = Float64Array.from(low, (range) => Number(range.start));
    this.#ends = Float64Array.from(low, (range) => Number(range.end));
    this.#modules = low.map((range) => range.module);
    this.#high = reachable.filter((range) => range.end > exactNumbers);
    for (const range of reachable) markChunks(this.chunks, range);
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

/**
 * Where a word's chunk of 64 KiB stands in `chunks`, by the halves of the word. Chunks of one 4 GiB never share a
 * place; a word whose place is marked may still lie in no module.
 */
export function chunkKey(high: number, low: number): number {
  return ((low >>> 16) + Math.imul(high, 0x9e3b)) & 0xffff;
}

/** The end is marked too: a scan tests a word, and asks for the module of one less. */
function markChunks(chunks: Uint8Array, { start, end }: WideRange): void {
  const first = Number(start >> 16n);
  const last = Number(end >> 16n);
  if (last - first >= 0xffff) {
    chunks.fill(1);
    return;
  }
  for (let chunk = first; chunk <= last; chunk++) {
    chunks[chunkKey(Math.floor(chunk / 0x1_0000), (chunk % 0x1_0000) * 0x1_0000)] = 1;
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
