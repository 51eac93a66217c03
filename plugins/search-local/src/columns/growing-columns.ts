/** Columns that take one row after another; what is not set is missing. */
import type { Column } from './column.js';

/** One value of a row: a code of the string table, a number, or codes of a list. */
export type Cell = { code: number } | { number: number } | { codes: readonly number[] };

export class GrowingCodes {
  private codes = new Uint32Array(64);

  set(row: number, code: number): void {
    this.reserve(row);
    this.codes[row] = code;
  }

  column(rows: number): Column {
    this.reserve(rows);
    return { kind: 'codes', codes: this.codes.subarray(0, rows) };
  }

  private reserve(row: number): void {
    if (row < this.codes.length) return;
    const larger = new Uint32Array(Math.max(row + 1, this.codes.length * 2));
    larger.set(this.codes);
    this.codes = larger;
  }
}

export class GrowingNumbers {
  private values = new Float64Array(64).fill(NaN);

  set(row: number, value: number): void {
    this.reserve(row);
    this.values[row] = value;
  }

  column(rows: number): Column {
    this.reserve(rows);
    return { kind: 'doubles', values: this.values.subarray(0, rows) };
  }

  private reserve(row: number): void {
    if (row < this.values.length) return;
    const larger = new Float64Array(Math.max(row + 1, this.values.length * 2)).fill(NaN, this.values.length);
    larger.set(this.values);
    this.values = larger;
  }
}

export class GrowingLists {
  private starts = new Uint32Array(64);
  private filled = 0;
  private codes = new Uint32Array(64);

  /** Rows come in ascending order. */
  set(row: number, codes: readonly number[]): void {
    this.fillTo(row);
    const start = this.starts[row] ?? 0;
    if (start + codes.length > this.codes.length) {
      const larger = new Uint32Array(Math.max(start + codes.length, this.codes.length * 2));
      larger.set(this.codes);
      this.codes = larger;
    }
    this.codes.set(codes, start);
    this.starts[row + 1] = start + codes.length;
    this.filled = row + 1;
  }

  column(rows: number): Column {
    this.fillTo(rows);
    const starts = this.starts.subarray(0, rows + 1);
    return { kind: 'lists', starts, codes: this.codes.subarray(0, starts[rows] ?? 0) };
  }

  private fillTo(row: number): void {
    if (row + 2 > this.starts.length) {
      const larger = new Uint32Array(Math.max(row + 2, this.starts.length * 2));
      larger.set(this.starts);
      this.starts = larger;
    }
    const end = this.starts[this.filled] ?? 0;
    while (this.filled < row) this.starts[++this.filled] = end;
  }
}

export type GrowingColumn = GrowingCodes | GrowingNumbers | GrowingLists;

export function growingColumnFor(cell: Cell): GrowingColumn {
  if ('code' in cell) return new GrowingCodes();
  return 'number' in cell ? new GrowingNumbers() : new GrowingLists();
}

/** Sets a cell where the column's kind fits it; a cell of another kind stays missing. */
export function setCell(column: GrowingColumn, row: number, cell: Cell): void {
  if (column instanceof GrowingCodes && 'code' in cell) column.set(row, cell.code);
  if (column instanceof GrowingNumbers && 'number' in cell) column.set(row, cell.number);
  if (column instanceof GrowingLists && 'codes' in cell) column.set(row, cell.codes);
}
