/** Rows that a query or a bucket of a facet is about, source by source. */
import type { KeptRows, RowSource } from '../segments/row-source.js';

export interface Selected {
  source: RowSource;
  /** Ascending; a row may stand more than once where a list put it into several buckets. Null: all rows. */
  rows: Uint32Array | null;
  count: number;
  /** The bucket of each row, in the order of `rows`; a number when all are in one. */
  groups: Uint32Array | number;
}

/** All of these rows, in one bucket. */
export function selected(source: RowSource, rows: Exclude<KeptRows, 'none'>): Selected {
  return rows === 'all'
    ? { source, rows: null, count: source.rows, groups: 0 }
    : { source, rows, count: rows.length, groups: 0 };
}

/** The rows by number. */
export function rowsOf({ rows, count }: Selected): Uint32Array {
  if (rows !== null) return rows;
  const all = new Uint32Array(count);
  for (let row = 0; row < count; row++) all[row] = row;
  return all;
}
