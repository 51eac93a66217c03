import type { ChosenTerms } from './largest-terms.js';
import { placed, type Valued } from './count-values.js';
import { rowsOf, type Selected } from './selection.js';

/** Cells beyond which a table of all would be larger than what it says. */
const mostCells = 2 ** 24;

/** Which bucket a cell (`group * size + ordinal`) is: its number plus one, 0 for none. In the order of the answer. */
export class BucketNumbers {
  private readonly dense: Uint32Array | null;
  private readonly sparse = new Map<number, number>();
  private scratch = { inside: new Uint32Array(0), numbers: new Uint32Array(0) };

  constructor(
    chosen: readonly ChosenTerms[],
    private readonly size: number,
  ) {
    const cells = chosen.length * size;
    this.dense = cells <= mostCells ? new Uint32Array(cells) : null;
    let next = 0;
    for (const [group, { terms }] of chosen.entries()) {
      for (const { ordinal } of terms) {
        next++;
        if (this.dense === null) this.sparse.set(group * size + ordinal, next);
        else this.dense[group * size + ordinal] = next;
      }
    }
  }

  /** Bucket number plus one by ordinal, where there is one group; else null. */
  get ofOneGroup(): Uint32Array | null {
    return this.dense?.length === this.size ? this.dense : null;
  }

  /** The rows that are in a bucket, with the bucket as their group. */
  rowsInside(valued: Valued): Selected {
    const { selected, values } = valued;
    if (typeof selected.groups === 'number') {
      const first = selected.groups * this.size;
      if (values.kind === 'same') return this.allOrNone(selected, first + values.ordinal);
      if (values.kind === 'codes' && this.dense !== null) {
        const bucketOf = this.dense.subarray(first, first + this.size);
        const { codes } = values;
        const { rows } = selected;
        const { inside, numbers } = this.room(selected.count);
        let count = 0;
        // Without a jump a row: which rows are in a bucket follows no rule that a processor could learn.
        for (let index = 0; index < selected.count; index++) {
          const row = rows === null ? index : (rows[index] ?? 0);
          const bucket = bucketOf[codes[row] ?? 0] ?? 0;
          inside[count] = row;
          numbers[count] = bucket - 1;
          count += Math.min(bucket, 1);
        }
        return selectedFrom(selected, inside.slice(0, count), numbers.slice(0, count));
      }
    }
    return this.placesInside(valued);
  }

  private allOrNone(selected: Selected, cell: number): Selected {
    const bucket = this.bucketOf(cell);
    if (bucket > 0) return { ...selected, groups: bucket - 1 };
    return selectedFrom(selected, new Uint32Array(0), new Uint32Array(0));
  }

  private placesInside(valued: Valued): Selected {
    const { of, ordinals } = placed(valued);
    const rows = rowsOf(of);
    const { inside, numbers } = this.room(of.count);
    let count = 0;
    for (let index = 0; index < of.count; index++) {
      const group = typeof of.groups === 'number' ? of.groups : (of.groups[index] ?? 0);
      const bucket = this.bucketOf(group * this.size + (ordinals[index] ?? 0));
      if (bucket === 0) continue;
      inside[count] = rows[index] ?? 0;
      numbers[count++] = bucket - 1;
    }
    return selectedFrom(of, inside.slice(0, count), numbers.slice(0, count));
  }

  /** Used again for each source: fresh memory costs more than filling it. */
  private room(length: number): { inside: Uint32Array; numbers: Uint32Array } {
    if (this.scratch.inside.length < length) {
      this.scratch = { inside: new Uint32Array(length), numbers: new Uint32Array(length) };
    }
    return this.scratch;
  }

  private bucketOf(cell: number): number {
    return (this.dense === null ? this.sparse.get(cell) : this.dense[cell]) ?? 0;
  }
}

function selectedFrom({ source }: Selected, rows: Uint32Array, groups: Uint32Array): Selected {
  return { source, rows, count: rows.length, groups };
}
