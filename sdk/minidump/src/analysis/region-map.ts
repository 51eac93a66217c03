import type { AbsoluteAddress } from '@faultline/sdk/units';
import type { RegionFacts } from './crash-facts.js';

/** Answers which region of the address space an address belongs to. Of overlapping regions the first by start wins. */
export class RegionMap {
  /** Sorted, without overlaps. */
  readonly regions: readonly RegionFacts[];

  constructor(regions: readonly RegionFacts[]) {
    const sorted = regions.filter(({ start, end }) => start < end);
    sorted.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
    const kept: RegionFacts[] = [];
    for (const region of sorted) {
      const last = kept.at(-1);
      if (last === undefined || region.start >= last.end) kept.push(region);
    }
    this.regions = kept;
  }

  /** Position in `regions` of the one that holds the address; -1 when none does. */
  indexAt(address: AbsoluteAddress): number {
    let low = 0;
    let high = this.regions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.regions[middle] as RegionFacts).start <= address) low = middle + 1;
      else high = middle;
    }
    const region = this.regions[low - 1];
    return region !== undefined && address < region.end ? low - 1 : -1;
  }

  regionAt(address: AbsoluteAddress): RegionFacts | null {
    return this.regions[this.indexAt(address)] ?? null;
  }
}

export function isAccessible(region: RegionFacts): boolean {
  return region.isReadable || region.isWritable || region.isExecutable;
}

/** Larger regions without permissions are reserved address space rather than guards. */
const largestGuard = 32_768n;

/** Whether the address lies in a small region without permissions that touches one with some. */
export function isLikelyGuardPage(map: RegionMap, address: AbsoluteAddress): boolean {
  const index = map.indexAt(address);
  const region = map.regions[index];
  if (region === undefined || isAccessible(region) || region.end - 1n - region.start >= largestGuard) return false;
  const before = map.regions[index - 1];
  const after = map.regions[index + 1];
  if (before?.end === region.start && isAccessible(before)) return true;
  return after?.start === region.end && isAccessible(after);
}
