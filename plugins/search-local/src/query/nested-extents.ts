/** Smallest and largest number of each bucket, in one walk over the rows: when a signature was first and last seen. */
import type { FieldDefinition } from '@faultline/sdk';
import type { FacetResult } from '@faultline/sdk/search-query';
import { numberAt, type Column } from '../columns/column.js';
import type { Valued } from './count-values.js';
import { asValue, type FacetContext } from './facet-context.js';

interface Buckets {
  valued: readonly Valued[];
  /** Bucket number plus one by ordinal; 0 for none. */
  bucketOf: Uint32Array;
  /** Number of buckets. */
  total: number;
}

/** By bucket. */
export async function nestedExtents(
  field: FieldDefinition,
  { valued, bucketOf, total }: Buckets,
  { column: columnOf, turns }: FacetContext,
): Promise<FacetResult[]> {
  // Rows that are in no bucket are looked at too, as bucket 0: that is quicker than asking.
  const low = new Float64Array(total + 1).fill(Infinity);
  const high = new Float64Array(total + 1).fill(-Infinity);
  for (const one of valued) {
    const column = columnOf(one.selected.source, field.id);
    if (column !== undefined) extend({ low, high }, { valued: one, column, bucketOf });
    if (turns.isDue) await turns.next();
  }
  return Array.from({ length: total }, (_, bucket) => {
    const hasNone = low[bucket + 1] === Infinity;
    return {
      kind: 'extent',
      min: asValue(field, hasNone ? NaN : (low[bucket + 1] ?? NaN)),
      max: asValue(field, hasNone ? NaN : (high[bucket + 1] ?? NaN)),
    };
  });
}

interface Walk {
  valued: Valued;
  column: Column;
  bucketOf: Uint32Array;
}

function extend(extents: { low: Float64Array; high: Float64Array }, { valued, column, bucketOf }: Walk): void {
  const { low, high } = extents;
  const { selected, values } = valued;
  const { rows, count } = selected;
  const codes = values.kind === 'codes' ? values.codes : null;
  const common = values.kind === 'same' ? (bucketOf[values.ordinal] ?? 0) : 0;
  if (codes === null && common === 0) return;
  for (let index = 0; index < count; index++) {
    const row = rows === null ? index : (rows[index] ?? 0);
    const bucket = codes === null ? common : (bucketOf[codes[row] ?? 0] ?? 0);
    const value = numberAt(column, row);
    if (value < (low[bucket] ?? 0)) low[bucket] = value;
    if (value > (high[bucket] ?? 0)) high[bucket] = value;
  }
}
