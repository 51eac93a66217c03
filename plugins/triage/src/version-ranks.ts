import type { FacetBucket } from '@faultline/sdk/search-query';
import { compareVersions } from '@faultline/signature/version-order';
import { bucketsOf } from './group-queries.js';

/** The place of each version among all that the groups have: reading a version is dear, groups share most of them. */
export function versionRanks(groups: Iterable<FacetBucket>): Map<string, number> {
  const versions = new Set<string>();
  for (const group of groups) {
    for (const { term } of bucketsOf(group.facets?.['version'])) versions.add(String(term));
  }
  return new Map([...versions].sort((a, b) => compareVersions(a, b)).map((version, rank) => [version, rank]));
}

/** Earliest and latest version of a group; "" when its reports name none. */
export function versionRange(group: FacetBucket | undefined, ranks: ReadonlyMap<string, number>): [string, string] {
  let first = '';
  let last = '';
  let low = Infinity;
  let high = -Infinity;
  for (const { term } of bucketsOf(group?.facets?.['version'])) {
    const version = String(term);
    const rank = ranks.get(version) ?? 0;
    if (rank < low) [low, first] = [rank, version];
    if (rank > high) [high, last] = [rank, version];
  }
  return [first, last];
}
