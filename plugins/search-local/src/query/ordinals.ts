/**
 * Values of a facet's field as small numbers, the same over all sources: 0 is missing. Texts have their codes; numbers
 * and histogram steps get numbers in the order of their first sight.
 */
import { nextStep, stepStart, type HistogramInterval } from '@faultline/sdk/search';
import type { Codes, Column } from '../columns/column.js';
import type { Selected } from './selection.js';

/** A selection with the ordinal of each row. */
export interface Counted extends Selected {
  ordinals: Uint32Array;
}

/** Codes of a text or list field. An element of a list counts each; a missing list counts once, as missing. */
export function codeOrdinals(selected: Selected, column: Column | undefined): Counted {
  const { rows } = selected;
  if (column?.kind === 'lists') return listOrdinals(selected, column);
  const ordinals = new Uint32Array(rows.length);
  if (column?.kind !== 'codes') return { ...selected, ordinals };
  const { codes } = column;
  for (let index = 0; index < rows.length; index++) ordinals[index] = codes[rows[index] ?? 0] ?? 0;
  return { ...selected, ordinals };
}

function listOrdinals(selected: Selected, { starts, codes }: { starts: Uint32Array; codes: Codes }): Counted {
  let total = 0;
  for (const row of selected.rows) total += Math.max(1, (starts[row + 1] ?? 0) - (starts[row] ?? 0));
  const rows = new Uint32Array(total);
  const groups = selected.groups === null ? null : new Uint32Array(total);
  const ordinals = new Uint32Array(total);
  let at = 0;
  for (let index = 0; index < selected.rows.length; index++) {
    const row = selected.rows[index] ?? 0;
    const start = starts[row] ?? 0;
    const end = starts[row + 1] ?? 0;
    for (let entry = start; entry < Math.max(end, start + 1); entry++) {
      rows[at] = row;
      if (groups !== null) groups[at] = selected.groups?.[index] ?? 0;
      ordinals[at++] = entry < end ? (codes[entry] ?? 0) : 0;
    }
  }
  return { source: selected.source, rows, groups, ordinals };
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

  count(selected: Selected, column: Column | undefined): Counted {
    const { rows } = selected;
    const ordinals = new Uint32Array(rows.length);
    if (column?.kind === 'packed' && !(column.codes instanceof Uint32Array)) {
      this.countNarrow(rows, column, ordinals);
    } else if (column?.kind === 'packed') {
      const { codes, base } = column;
      for (let index = 0; index < rows.length; index++) {
        const code = codes[rows[index] ?? 0] ?? 0;
        if (code !== 0) ordinals[index] = this.ordinalOf(base + code - 1);
      }
    } else if (column?.kind === 'doubles') {
      const { values } = column;
      for (let index = 0; index < rows.length; index++) {
        const value = values[rows[index] ?? 0] ?? NaN;
        if (!Number.isNaN(value)) ordinals[index] = this.ordinalOf(value);
      }
    }
    return { ...selected, ordinals };
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
