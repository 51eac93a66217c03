/** Terms and histograms: rows counted by their values, with facets inside the buckets that are shown. */
import type { FieldDefinition } from '@faultline/sdk';
import type { FacetBucket, FacetResult } from '@faultline/sdk/search-query';
import { searchBounds, tooLarge, valueKind, type CheckedFacet, type HistogramInterval } from '@faultline/sdk/search';
import { byGroup } from './by-group.js';
import { countInto, placed, type Valued } from './count-values.js';
import { asValue, type FacetContext } from './facet-context.js';
import { largestOf, largestTerms, type ChosenTerms, type TermChoice } from './largest-terms.js';
import { nestedTerms } from './nested-terms.js';
import { BucketNumbers } from './rows-in-buckets.js';
import { codeValues, NumberOrdinals } from './row-values.js';
import type { Selected } from './selection.js';

type BucketFacet = Extract<CheckedFacet, { kind: 'terms' | 'histogram' }>;

/** Cells of a table of groups and ordinals that is counted in at once; beyond it rows are arranged by group first. */
export const mostCells = 2 ** 22;

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

/** The answer of a terms facet without others inside, from the counts of its ordinals. */
export function largestBuckets(
  counts: Uint32Array,
  { size, includeMissing }: Extract<CheckedFacet, { kind: 'terms' }>,
  { compare, termOf }: Pick<FieldValues, 'compare' | 'termOf'>,
): FacetResult {
  const { terms, other } = largestOf(counts, { compare, size, includeMissing, byTerm: false });
  return { kind: 'terms', buckets: terms.map(({ ordinal, count }) => ({ term: termOf(ordinal), count })), other };
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

interface FieldValues {
  valued: Valued[];
  /** Ordinals are below. */
  size: number;
  compare(a: number, b: number): number;
  termOf(ordinal: number): string | number | boolean | null;
}

/** @param interval null for the values themselves */
export async function valuesFor(
  field: FieldDefinition,
  interval: HistogramInterval | null,
  level: readonly Selected[],
  context: FacetContext,
): Promise<FieldValues> {
  const { turns } = context;
  const valued: Valued[] = [];
  if (valueKind(field.type) !== 'number') {
    const table = await context.table(field.id);
    for (const selected of level) {
      const column = context.column(selected.source, field.id);
      // Of a whole segment it is known how often each value stands in it, once it was asked for.
      const totals = selected.rows === null && column !== undefined ? selected.source.totals(field.id, column) : null;
      valued.push({ selected, values: codeValues(column), totals });
      if (turns.isDue) await turns.next();
    }
    return {
      valued,
      size: table.size + 1,
      compare: (a, b) => table.compare(a, b),
      termOf: (ordinal) => (ordinal === 0 ? null : table.textOf(ordinal)),
    };
  }
  const numbers = new NumberOrdinals(interval);
  for (const selected of level) {
    const common = numbers.common(selected, field.id);
    if (common !== null) valued.push({ selected, values: common, totals: null });
    else {
      const column = context.column(selected.source, field.id);
      valued.push({ selected, values: numbers.valuesOf(selected, column), totals: null });
    }
    if (turns.isDue) await turns.next();
  }
  const { values } = numbers;
  return {
    valued,
    size: values.length,
    compare: (a, b) => (values[a] ?? 0) - (values[b] ?? 0),
    termOf: (ordinal) => asValue(field, values[ordinal] ?? NaN),
  };
}
