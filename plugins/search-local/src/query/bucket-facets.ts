/** Terms and histograms: rows counted by their values, with facets inside the buckets that are shown. */
import type { FacetBucket, FacetResult } from '@faultline/sdk/search-query';
import { searchBounds, tooLarge, type CheckedFacet } from '@faultline/sdk/search';
import { byGroup } from './by-group.js';
import { countInto, placed, type Valued } from './count-values.js';
import type { FacetContext } from './facet-context.js';
import { mostCells, valuesFor } from './field-values.js';
import { largestOf, largestTerms, type ChosenTerms, type TermChoice } from './largest-terms.js';
import { nestedTerms } from './nested-terms.js';
import { BucketNumbers } from './rows-in-buckets.js';
import type { Selected } from './selection.js';

type BucketFacet = Extract<CheckedFacet, { kind: 'terms' | 'histogram' }>;

interface CountedLevel {
  level: readonly Selected[];
  groups: number;
  /** Counts the facets inside of the buckets; each bucket is a group. */
  countInside(
    requests: readonly CheckedFacet[],
    level: readonly Selected[],
    groups: number,
    context: FacetContext,
  ): Promise<Record<string, FacetResult>[]>;
}

export async function countBuckets(
  request: BucketFacet,
  { level, groups, countInside }: CountedLevel,
  context: FacetContext,
): Promise<FacetResult[]> {
  const interval = request.kind === 'histogram' ? request.interval : null;
  const { valued, size, compare, termOf } = await valuesFor(request.field, interval, level, context);
  if (request.kind === 'histogram' && size > searchBounds.histogramSteps) {
    throw tooLarge('steps in a histogram', searchBounds.histogramSteps, { place: request.name });
  }
  const chosen = await chooseTerms(
    { valued, size, groups },
    {
      compare,
      size: request.kind === 'terms' ? request.size : Infinity,
      includeMissing: request.kind === 'terms' && request.includeMissing,
      byTerm: request.kind === 'histogram',
    },
    context,
  );
  const total = chosen.reduce((sum, { terms }) => sum + terms.length, 0);
  if (total > searchBounds.nestedBuckets) {
    throw tooLarge('buckets in one answer', searchBounds.nestedBuckets, { place: request.name });
  }
  let nested: Record<string, FacetResult>[] | null = null;
  if (request.facets.length > 0) {
    const buckets = new BucketNumbers(chosen, size);
    nested = await nestedTerms(request.facets, { valued, buckets, total }, context);
    nested ??= await countInside(request.facets, await rowsInside(buckets, valued, context), total, context);
  }
  let bucketNumber = 0;
  return chosen.map(({ terms, other }) => ({
    kind: request.kind,
    buckets: terms.map(({ ordinal, count }): FacetBucket => {
      const facets = nested?.[bucketNumber++];
      return { term: termOf(ordinal), count, ...(facets === undefined ? {} : { facets }) };
    }),
    other,
  }));
}

async function rowsInside(
  buckets: BucketNumbers,
  valued: readonly Valued[],
  { turns }: FacetContext,
): Promise<Selected[]> {
  const inside: Selected[] = [];
  for (const one of valued) {
    inside.push(buckets.rowsInside(one));
    if (turns.isDue) await turns.next();
  }
  return inside;
}

async function chooseTerms(
  { valued, size, groups }: { valued: readonly Valued[]; size: number; groups: number },
  choice: TermChoice,
  { turns }: FacetContext,
): Promise<ChosenTerms[]> {
  if (groups > 1 && groups * size > mostCells) {
    const parts: { groups: Uint32Array | number; entries: Uint32Array }[] = [];
    for (const one of valued) {
      const { of, ordinals } = placed(one);
      parts.push({ groups: of.groups, entries: ordinals });
      if (turns.isDue) await turns.next();
    }
    const arranged = byGroup(parts, groups, (length) => new Uint32Array(length));
    return largestTerms(arranged, size, choice);
  }
  const counts = new Uint32Array(groups * size);
  for (const one of valued) {
    countInto(counts, one, size);
    if (turns.isDue) await turns.next();
  }
  return Array.from({ length: groups }, (_, group) =>
    largestOf(counts.subarray(group * size, (group + 1) * size), choice),
  );
}
