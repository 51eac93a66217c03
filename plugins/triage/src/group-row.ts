import type { Group } from '@faultline/sdk/api';
import type { FacetBucket } from '@faultline/sdk/search-query';
import { bucketsOf, extentOf } from './group-queries.js';
import { versionRange } from './version-ranks.js';

export interface GroupFacts {
  signature: string;
  /** All that count as the group. */
  signatures: readonly string[];
  /** What `summaries` found in the range; undefined when the group has no crash there. */
  summary: FacetBucket | undefined;
  totalCrashes: number;
  previous: ReadonlyMap<string, number> | null;
  /** ISO 8601, ever. */
  firstSeen: string;
  /** Start of the range, ISO 8601. */
  from: string;
  steps: readonly string[];
  /** Of all groups of the answer. */
  versions: ReadonlyMap<string, number>;
}

/** One group as the API shows it. */
export function groupRow(facts: GroupFacts): Omit<Group, 'triage'> {
  const { signature, signatures, summary, totalCrashes, previous, firstSeen, from, steps } = facts;
  const count = summary?.count ?? 0;
  const [firstVersion, lastVersion] = versionRange(summary, facts.versions);
  const installs = summary?.facets?.['installs'];
  const spark = new Map(bucketsOf(summary?.facets?.['spark']).map((bucket) => [bucket.term, bucket.count]));
  const inRange = summary === undefined ? { min: '', max: '' } : extentOf(summary);
  const first = firstSeen === '' ? inRange.min : firstSeen;
  return {
    signature,
    count,
    share: totalCrashes === 0 ? 0 : count / totalCrashes,
    previousCount: previous === null ? null : signatures.reduce((sum, one) => sum + (previous.get(one) ?? 0), 0),
    isNew: first !== '' && first >= from,
    firstSeen: first,
    lastSeen: inRange.max,
    firstVersion,
    lastVersion,
    platforms: shares(summary, 'os_name'),
    products: shares(summary, 'product'),
    installs: installs?.kind === 'cardinality' && installs.value > 0 ? installs.value : null,
    spark: steps.map((step) => spark.get(step) ?? 0),
  };
}

function shares(bucket: FacetBucket | undefined, facet: string): { term: string; count: number }[] {
  return bucketsOf(bucket?.facets?.[facet]).map(({ term, count }) => ({ term: String(term), count }));
}
