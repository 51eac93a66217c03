/** Rows that a query or a bucket of a facet is about, source by source. */
import type { RowSource } from '../segments/row-source.js';
import type { Mask } from './row-mask.js';

export interface Selected {
  source: RowSource;
  /** Ascending; a row may stand more than once where a list put it into several buckets. */
  rows: Uint32Array;
  /** The bucket of each row; null when all are in bucket 0. */
  groups: Uint32Array | null;
}

/** Rows that the mask lets through and that are not gone; null when there are none. */
export function selectRows(source: RowSource, mask: Mask): Selected | null {
  if (mask === 'none') return null;
  const { rows: total, deleted } = source;
  const rows = new Uint32Array(total);
  let count = 0;
  if (mask === 'all' && deleted === null) {
    for (; count < total; count++) rows[count] = count;
  } else if (mask === 'all') {
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
  return count === 0 ? null : { source, rows: rows.subarray(0, count), groups: null };
}
