/** The values of a field as ordinals to count by, and what is told of their counts. */
import type { FieldDefinition } from '@faultline/sdk';
import type { FacetResult } from '@faultline/sdk/search-query';
import { valueKind, type CheckedFacet, type HistogramInterval } from '@faultline/sdk/search';
import type { Valued } from './count-values.js';
import { asValue, type FacetContext } from './facet-context.js';
import { largestOf } from './largest-terms.js';
import { codeValues, NumberOrdinals } from './row-values.js';
import type { Selected } from './selection.js';

/** Cells of a table of groups and ordinals that is counted in at once; beyond it rows are arranged by group first. */
export const mostCells = 2 ** 22;

/** The answer of a terms facet without others inside, from the counts of its ordinals. */
export function largestBuckets(
  counts: Uint32Array,
  { size, includeMissing }: Extract<CheckedFacet, { kind: 'terms' }>,
  { compare, termOf }: Pick<FieldValues, 'compare' | 'termOf'>,
): FacetResult {
  const { terms, other } = largestOf(counts, { compare, size, includeMissing, byTerm: false });
  return { kind: 'terms', buckets: terms.map(({ ordinal, count }) => ({ term: termOf(ordinal), count })), other };
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
