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
  /** Of row r from `starts[r]` to `starts[r + 1]`. Each element counts; an empty list counts once, as missing. */
  | { kind: 'lists'; starts: Uint32Array; codes: Codes }
  /** By place in the selection. */
  | { kind: 'placed'; ordinals: Uint32Array };

/** Codes of a text or list field. */
export function codeValues(column: Column | undefined): RowValues {
  if (column?.kind === 'codes' || column?.kind === 'lists') return column;
  return { kind: 'same', ordinal: 0 };
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
    const ordinals = new Uint32Array(selected.count);
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
    return { kind: 'placed', ordinals };
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
