/** Rows that a query or a bucket of a facet is about, source by source. */
import type { RowSource } from '../segments/row-source.js';
import type { Mask } from './row-mask.js';

export interface Selected {
  source: RowSource;
  /** Ascending; a row may stand more than once where a list put it into several buckets. Null: all rows. */
  rows: Uint32Array | null;
  count: number;
  /** The bucket of each row, in the order of `rows`; a number when all are in one. */
  groups: Uint32Array | number;
}

/** Rows that the mask lets through and that are not gone; null when there are none. */
export function selectRows(source: RowSource, mask: Mask): Selected | null {
  if (mask === 'none') return null;
  const { rows: total, deleted } = source;
  if (mask === 'all' && deleted === null) return { source, rows: null, count: total, groups: 0 };
  const rows = new Uint32Array(total);
  let count = 0;
  if (mask === 'all') {
    for (let row = 0; row < total; row++) {
      rows[count] = row;
      count += 1 - (deleted?.[row] ?? 0);
    }
  } else if (deleted === null) {
    for (let row = 0; row < total; row++) {
      rows[count] = row;
      count += mask[row] ?? 0;
    }
  } else {
    for (let row = 0; row < total; row++) {
      rows[count] = row;
      count += (mask[row] ?? 0) & (1 - (deleted[row] ?? 0));
    }
  }
  return count === 0 ? null : { source, rows: rows.subarray(0, count), count, groups: 0 };
}

/** The rows by number. */
export function rowsOf({ rows, count }: Selected): Uint32Array {
  if (rows !== null) return rows;
  const all = new Uint32Array(count);
  for (let row = 0; row < count; row++) all[row] = row;
  return all;
}
