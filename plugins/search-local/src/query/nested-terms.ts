/**
 * Terms and extents inside terms, the most common of nested facets. Terms are counted in one walk over the rows into a
 * table of buckets and ordinals. Rows that are in no bucket are counted too, in a bucket 0 that nobody looks at: that
 * is quicker than asking.
 */
import { valueKind, type CheckedFacet } from '@faultline/sdk/search';
import type { FacetResult } from '@faultline/sdk/search-query';
import type { Codes } from '../columns/column.js';
import { largestBuckets, mostCells, valuesFor } from './field-values.js';
import { countInto, type Valued } from './count-values.js';
import type { FacetContext } from './facet-context.js';
import { nestedExtents } from './nested-extents.js';
import type { BucketNumbers } from './rows-in-buckets.js';

type Terms = Extract<CheckedFacet, { kind: 'terms' }>;
type Extent = Extract<CheckedFacet, { kind: 'extent' }>;

interface Outer {
  valued: readonly Valued[];
  buckets: BucketNumbers;
  /** Number of buckets. */
  total: number;
}

/** By bucket; null where this way does not serve. */
export async function nestedTerms(
  requests: readonly CheckedFacet[],
  { valued, buckets, total }: Outer,
  context: FacetContext,
): Promise<Record<string, FacetResult>[] | null> {
  const bucketOf = buckets.ofOneGroup;
  const isSimple = valued.every(({ values }) => values.kind === 'codes' || values.kind === 'same');
  if (bucketOf === null || !isSimple || !requests.every(isPlain)) return null;
  const results: Record<string, FacetResult>[] = Array.from({ length: total }, () => ({}));
  const level = valued.map(({ selected }) => selected);
  for (const request of requests) {
    if (request.kind === 'extent') {
      const extents = await nestedExtents(request.field, { valued, bucketOf, total }, context);
      for (const [bucket, extent] of extents.entries()) {
        const result = results[bucket];
        if (result !== undefined) result[request.name] = extent;
      }
      continue;
    }
    const inner = await valuesFor(request.field, null, level, context);
    const { size } = inner;
    if ((total + 1) * size > mostCells) return null;
    const counts = new Uint32Array((total + 1) * size);
    for (const [index, one] of inner.valued.entries()) {
      const outer = valued[index];
      if (outer !== undefined) countPairs(counts, { outer, inner: one, bucketOf, size });
      if (context.turns.isDue) await context.turns.next();
    }
    for (const [bucket, result] of results.entries()) {
      const own = counts.subarray((bucket + 1) * size, (bucket + 2) * size);
      result[request.name] = largestBuckets(own, request, inner);
    }
  }
  return results;
}

function isPlain(request: CheckedFacet): request is Terms | Extent {
  if (request.kind === 'extent') return true;
  return request.kind === 'terms' && request.facets.length === 0 && valueKind(request.field.type) !== 'number';
}

interface Pair {
  outer: Valued;
  inner: Valued;
  bucketOf: Uint32Array;
  size: number;
}

function countPairs(counts: Uint32Array, { outer, inner, bucketOf, size }: Pair): void {
  const { selected, values } = outer;
  if (values.kind === 'same') {
    const groups = bucketOf[values.ordinal] ?? 0;
    countInto(counts, { ...inner, selected: { ...selected, groups } }, size);
  } else if (values.kind === 'codes' && inner.values.kind === 'codes') {
    countCodePairs(counts, { outer: values.codes, inner: inner.values.codes, rows: selected.rows, bucketOf, size });
  } else if (values.kind === 'codes') {
    const groups = bucketsOfRows(values.codes, selected.rows, selected.count, bucketOf);
    countInto(counts, { ...inner, totals: null, selected: { ...selected, groups } }, size);
  }
}

interface CodePairs {
  outer: Codes;
  inner: Codes;
  rows: Uint32Array | null;
  bucketOf: Uint32Array;
  size: number;
}

function countCodePairs(counts: Uint32Array, { outer, inner, rows, bucketOf, size }: CodePairs): void {
  if (rows === null) {
    for (let row = 0; row < outer.length; row++) {
      const cell = (bucketOf[outer[row] ?? 0] ?? 0) * size + (inner[row] ?? 0);
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
    return;
  }
  for (const row of rows) {
    const cell = (bucketOf[outer[row] ?? 0] ?? 0) * size + (inner[row] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
}

function bucketsOfRows(codes: Codes, rows: Uint32Array | null, count: number, bucketOf: Uint32Array): Uint32Array {
  const buckets = new Uint32Array(count);
  for (let index = 0; index < count; index++) {
    buckets[index] = bucketOf[codes[rows === null ? index : (rows[index] ?? 0)] ?? 0] ?? 0;
  }
  return buckets;
}
