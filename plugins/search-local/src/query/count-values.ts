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
  /** How often each ordinal stands in all rows of the source, where that is known. */
  totals: OrdinalTotals | null;
}

/** Count `counts[i]` of the ordinal `ordinals[i]`. */
export interface OrdinalTotals {
  ordinals: Uint32Array;
  counts: Uint32Array;
}

type Lists = Extract<RowValues, { kind: 'lists' }>;

/** Adds the rows of each group to `counts[group * size + ordinal]`. */
export function countInto(counts: Uint32Array, { selected, values, totals }: Valued, size: number): void {
  if (totals !== null && selected.rows === null && typeof selected.groups === 'number') {
    return addTotals(counts, totals, selected.groups * size);
  }
  switch (values.kind) {
    case 'same':
      return countSame(counts, selected, values.ordinal, size);
    case 'codes':
      return countCodes(counts, selected, values.codes, size);
    case 'lists':
      return countLists(counts, selected, values, size);
    case 'placed':
      return countPlaced(counts, selected, values.ordinals, size);
  }
}

function addTotals(counts: Uint32Array, { ordinals, counts: totals }: OrdinalTotals, first: number): void {
  for (let index = 0; index < ordinals.length; index++) {
    const cell = first + (ordinals[index] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + (totals[index] ?? 0);
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

function countLists(counts: Uint32Array, selected: Selected, { starts, codes }: Lists, size: number): void {
  const { rows, groups, count } = selected;
  for (let index = 0; index < count; index++) {
    const row = rows === null ? index : (rows[index] ?? 0);
    const first = (typeof groups === 'number' ? groups : (groups[index] ?? 0)) * size;
    const start = starts[row] ?? 0;
    const end = starts[row + 1] ?? 0;
    if (start === end) counts[first] = (counts[first] ?? 0) + 1;
    for (let at = start; at < end; at++) {
      const cell = first + (codes[at] ?? 0);
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
  }
}

function countPlaced(counts: Uint32Array, { groups, count }: Selected, ordinals: Uint32Array, size: number): void {
  for (let index = 0; index < count; index++) {
    const group = typeof groups === 'number' ? groups : (groups[index] ?? 0);
    const cell = group * size + (ordinals[index] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
}

/** The same with an ordinal at each place, rows of lists as often as they have elements. */
export function placed({ selected, values }: Valued): { of: Selected; ordinals: Uint32Array } {
  if (values.kind === 'placed') return { of: selected, ordinals: values.ordinals };
  if (values.kind === 'lists') return placedLists(selected, values);
  const ordinals = new Uint32Array(selected.count);
  if (values.kind === 'same') return { of: selected, ordinals: ordinals.fill(values.ordinal) };
  const { codes } = values;
  const { rows } = selected;
  for (let index = 0; index < ordinals.length; index++) {
    ordinals[index] = codes[rows === null ? index : (rows[index] ?? 0)] ?? 0;
  }
  return { of: selected, ordinals };
}

function placedLists(selected: Selected, { starts, codes }: Lists): { of: Selected; ordinals: Uint32Array } {
  const { source, groups, count } = selected;
  const all = rowsOf(selected);
  let total = 0;
  for (let index = 0; index < count; index++) {
    const row = all[index] ?? 0;
    total += Math.max(1, (starts[row + 1] ?? 0) - (starts[row] ?? 0));
  }
  const rows = new Uint32Array(total);
  const numbers = typeof groups === 'number' ? null : new Uint32Array(total);
  const ordinals = new Uint32Array(total);
  let place = 0;
  for (let index = 0; index < count; index++) {
    const row = all[index] ?? 0;
    const start = starts[row] ?? 0;
    const end = starts[row + 1] ?? 0;
    for (let at = start; at < Math.max(end, start + 1); at++) {
      rows[place] = row;
      if (numbers !== null && typeof groups !== 'number') numbers[place] = groups[index] ?? 0;
      ordinals[place++] = at < end ? (codes[at] ?? 0) : 0;
    }
  }
  return { of: { source, rows, count: total, groups: numbers ?? groups }, ordinals };
}
