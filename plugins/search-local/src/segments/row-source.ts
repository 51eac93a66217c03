import type { Column } from '../columns/column.js';

/** Columns of the index itself; no field id begins with `$`. */
export const ownColumns = { id: '$id', run: '$run', completed: '$completed' } as const;

/** Smallest and largest number of a column, and how many rows have none. */
export interface Extent {
  low: number;
  high: number;
  missing: number;
}

/** Rows by number, ascending; every row; or none. */
export type KeptRows = 'all' | 'none' | Uint32Array;

/** Rows of one day that a query reads: an immutable segment, or the head as it was when the query began. */
export interface RowSource {
  readonly day: string;
  readonly rows: number;
  /** Rows stand in the order of their submission. */
  readonly isByTime: boolean;
  /** 1 where the row is gone; null when none is. */
  readonly deleted: Uint8Array | null;
  /** Hash of the definition that the field's values were indexed by; undefined when the field was not known then. */
  hashOf(name: string): string | undefined;
  /** Null when it is not known, or no row has a number. */
  extentOf(name: string): Extent | null;
  /** Undefined when the field is missing in every row. Throws `Internal SEARCH_SEGMENT_DAMAGED`. */
  column(name: string): Column | undefined;
  /** How often each code stands in all rows; null where counting the rows again is as quick. */
  totals(name: string, column: Column): { ordinals: Uint32Array; counts: Uint32Array } | null;
  /** Rows that are not gone and meet a filter, where that is known since `keepRows`. */
  rowsMeeting(filter: string): KeptRows | undefined;
  /** Keeps the rows of a filter, by a text that no other filter has, as long as there is room. */
  keepRows(filter: string, rows: KeptRows): void;
}

/** Marks rows as gone in a copy, so that queries that run go on seeing what they began with. */
export function withDeleted(deleted: Uint8Array | null, length: number, rows: readonly number[]): Uint8Array {
  const copy = new Uint8Array(length);
  if (deleted !== null) copy.set(deleted.subarray(0, length));
  for (const row of rows) copy[row] = 1;
  return copy;
}

export function countDeleted(deleted: Uint8Array | null): number {
  let count = 0;
  if (deleted !== null) for (const flag of deleted) count += flag;
  return count;
}
