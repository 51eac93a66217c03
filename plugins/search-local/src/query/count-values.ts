/**
 * Counting and sorting out rows by the ordinals of their values. These loops are where a query's time goes: they walk
 * typed arrays by index (`for of` over arrays of several widths takes more than twice as long).
 */
import type { Codes } from '../columns/column.js';
import type { RowValues } from './row-values.js';
import { rowsOf, type Selected } from './selection.js';

/** A selection with the ordinals of its rows. */
export interface Valued {
  selected: Selected;
  values: RowValues;
}

/** Adds the rows of each group to `counts[group * size + ordinal]`. */
export function countInto(counts: Uint32Array, { selected, values }: Valued, size: number): void {
  switch (values.kind) {
    case 'same':
      return countSame(counts, selected, values.ordinal, size);
    case 'codes':
      return countCodes(counts, selected, values.codes, size);
    case 'entries':
      return countEntries(counts, values.of, values.ordinals, size);
  }
}

function countSame(counts: Uint32Array, { groups, count }: Selected, ordinal: number, size: number): void {
  if (typeof groups === 'number') {
    const cell = groups * size + ordinal;
    counts[cell] = (counts[cell] ?? 0) + count;
    return;
  }
  for (let index = 0; index < count; index++) {
    const cell = (groups[index] ?? 0) * size + ordinal;
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
}

function countCodes(counts: Uint32Array, { rows, groups, count }: Selected, codes: Codes, size: number): void {
  if (typeof groups === 'number') {
    const first = groups * size;
    if (rows === null) {
      for (let row = 0; row < count; row++) {
        const cell = first + (codes[row] ?? 0);
        counts[cell] = (counts[cell] ?? 0) + 1;
      }
      return;
    }
    for (let index = 0; index < count; index++) {
      const cell = first + (codes[rows[index] ?? 0] ?? 0);
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
    return;
  }
  for (let index = 0; index < count; index++) {
    const cell = (groups[index] ?? 0) * size + (codes[rows === null ? index : (rows[index] ?? 0)] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
}

function countEntries(counts: Uint32Array, { groups, count }: Selected, ordinals: Uint32Array, size: number): void {
  for (let index = 0; index < count; index++) {
    const group = typeof groups === 'number' ? groups : (groups[index] ?? 0);
    const cell = group * size + (ordinals[index] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
}

/** The same with an ordinal for each row, for what has to look at every one. */
export function entriesOf({ selected, values }: Valued): { of: Selected; ordinals: Uint32Array } {
  if (values.kind === 'entries') return values;
  const ordinals = new Uint32Array(selected.count);
  if (values.kind === 'same') return { of: selected, ordinals: ordinals.fill(values.ordinal) };
  const { codes } = values;
  const { rows } = selected;
  for (let index = 0; index < ordinals.length; index++) {
    ordinals[index] = codes[rows === null ? index : (rows[index] ?? 0)] ?? 0;
  }
  return { of: selected, ordinals };
}

/**
 * The rows whose cell (`group * size + ordinal`) has a bucket, with the bucket as their group.
 * @param bucketOf number of a cell's bucket plus one; 0 for none
 */
export function rowsInBuckets(valued: Valued, size: number, bucketOf: (cell: number) => number): Selected {
  const { selected, values } = valued;
  if (values.kind === 'same' && typeof selected.groups === 'number') {
    const bucket = bucketOf(selected.groups * size + values.ordinal);
    if (bucket > 0) return { ...selected, groups: bucket - 1 };
    return { source: selected.source, rows: new Uint32Array(0), count: 0, groups: 0 };
  }
  const { of, ordinals } = entriesOf(valued);
  const rows = rowsOf(of);
  const inside = new Uint32Array(of.count);
  const numbers = new Uint32Array(of.count);
  let count = 0;
  for (let index = 0; index < of.count; index++) {
    const group = typeof of.groups === 'number' ? of.groups : (of.groups[index] ?? 0);
    const bucket = bucketOf(group * size + (ordinals[index] ?? 0));
    if (bucket === 0) continue;
    inside[count] = rows[index] ?? 0;
    numbers[count++] = bucket - 1;
  }
  return { source: of.source, rows: inside.subarray(0, count), count, groups: numbers.subarray(0, count) };
}
