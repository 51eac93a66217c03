/**
 * Values of a facet's field as small numbers, the same over all sources: 0 is missing. Texts have their codes; numbers
 * and histogram steps get numbers in the order of their first sight.
 */
import { nextStep, stepStart, type HistogramInterval } from '@faultline/sdk/search';
import type { Codes, Column } from '../columns/column.js';
import { rowsOf, type Selected } from './selection.js';

/** The ordinals of a selection's rows. */
export type RowValues =
  /** One for all rows. */
  | { kind: 'same'; ordinal: number }
  /** By row. */
  | { kind: 'codes'; codes: Codes }
  /** By place in `of`, which is the selection with the rows of lists as often as they have elements. */
  | { kind: 'entries'; of: Selected; ordinals: Uint32Array };

/** Codes of a text or list field. An element of a list counts each; a missing list counts once, as missing. */
export function codeValues(selected: Selected, column: Column | undefined): RowValues {
  if (column?.kind === 'lists') return listValues(selected, column);
  return column?.kind === 'codes' ? { kind: 'codes', codes: column.codes } : { kind: 'same', ordinal: 0 };
}

function listValues(selected: Selected, { starts, codes }: { starts: Uint32Array; codes: Codes }): RowValues {
  const all = rowsOf(selected);
  let total = 0;
  for (let index = 0; index < all.length; index++) {
    const row = all[index] ?? 0;
    total += Math.max(1, (starts[row + 1] ?? 0) - (starts[row] ?? 0));
  }
  const rows = new Uint32Array(total);
  const groupOf = typeof selected.groups === 'number' ? null : selected.groups;
  const groups = groupOf === null ? null : new Uint32Array(total);
  const ordinals = new Uint32Array(total);
  let at = 0;
  for (let index = 0; index < all.length; index++) {
    const row = all[index] ?? 0;
    const start = starts[row] ?? 0;
    const end = starts[row + 1] ?? 0;
    for (let entry = start; entry < Math.max(end, start + 1); entry++) {
      rows[at] = row;
      if (groups !== null) groups[at] = groupOf?.[index] ?? 0;
      ordinals[at++] = entry < end ? (codes[entry] ?? 0) : 0;
    }
  }
  const of = { source: selected.source, rows, count: total, groups: groups ?? selected.groups };
  return { kind: 'entries', of, ordinals };
}

/** Gives numbers, or the steps that hold them, their ordinals. */
export class NumberOrdinals {
  /** Value of each ordinal; at 0 stands NaN. */
  readonly values: number[] = [NaN];
  private readonly known = new Map<number, number>();
  private low = NaN;
  private high = NaN;
  private last = 0;

  /** @param interval null for the numbers themselves */
  constructor(private readonly interval: HistogramInterval | null) {}

  /** The ordinal that all rows of a source have, when its extent shows that there is one; null when not. */
  common(selected: Selected, field: string): RowValues | null {
    const extent = selected.source.extentOf(field);
    if (extent === null || extent.missing > 0 || this.interval === null) return null;
    if (stepStart(extent.low, this.interval) !== stepStart(extent.high, this.interval)) return null;
    return { kind: 'same', ordinal: this.ordinalOf(extent.low) };
  }

  valuesOf(selected: Selected, column: Column | undefined): RowValues {
    if (column?.kind !== 'packed' && column?.kind !== 'doubles') return { kind: 'same', ordinal: 0 };
    const rows = rowsOf(selected);
    const ordinals = new Uint32Array(rows.length);
    if (column.kind === 'doubles') {
      for (let index = 0; index < rows.length; index++) {
        const value = column.values[rows[index] ?? 0] ?? NaN;
        if (!Number.isNaN(value)) ordinals[index] = this.ordinalOf(value);
      }
    } else if (column.codes instanceof Uint32Array) {
      const { codes, base } = column;
      for (let index = 0; index < rows.length; index++) {
        const code = codes[rows[index] ?? 0] ?? 0;
        if (code !== 0) ordinals[index] = this.ordinalOf(base + code - 1);
      }
    } else this.countNarrow(rows, column, ordinals);
    return { kind: 'entries', of: { ...selected, rows }, ordinals };
  }

  /** Few distinct codes: each is looked up once. */
  private countNarrow(rows: Uint32Array, { codes, base }: { codes: Codes; base: number }, ordinals: Uint32Array): void {
    const byCode = new Uint32Array(codes instanceof Uint8Array ? 2 ** 8 : 2 ** 16);
    for (let index = 0; index < rows.length; index++) {
      const code = codes[rows[index] ?? 0] ?? 0;
      if (code === 0) continue;
      const known = byCode[code] ?? 0;
      if (known !== 0) ordinals[index] = known;
      else ordinals[index] = byCode[code] = this.ordinalOf(base + code - 1);
    }
  }

  /** Rows lie in order of time, so the next number is mostly in the step of the one before. */
  private ordinalOf(value: number): number {
    if (value >= this.low && value < this.high) return this.last;
    const key = this.interval === null ? value : stepStart(value, this.interval);
    let ordinal = this.known.get(key);
    if (ordinal === undefined) {
      ordinal = this.values.length;
      this.known.set(key, ordinal);
      this.values.push(key);
    }
    if (this.interval !== null) {
      this.low = key;
      this.high = nextStep(key, this.interval);
      this.last = ordinal;
    }
    return ordinal;
  }
}
