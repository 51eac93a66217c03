/**
 * One field of one segment, as arrays with an entry a row. "Missing" is folded in: code 0, NaN, an empty list.
 */
export type Codes = Uint8Array | Uint16Array | Uint32Array;

export type Column =
  /** Codes of the field's string table. */
  | { kind: 'codes'; codes: Codes }
  /** Whole numbers near each other: `base + code - 1`. */
  | { kind: 'packed'; codes: Codes; base: number }
  | { kind: 'doubles'; values: Float64Array }
  /** Codes of row r stand from `starts[r]` to `starts[r + 1]`. */
  | { kind: 'lists'; starts: Uint32Array; codes: Codes }
  /** 16 bytes a row. */
  | { kind: 'ids'; bytes: Uint8Array };

export function columnMemory(column: Column): number {
  switch (column.kind) {
    case 'codes':
    case 'packed':
      return column.codes.byteLength;
    case 'doubles':
      return column.values.byteLength;
    case 'lists':
      return column.starts.byteLength + column.codes.byteLength;
    case 'ids':
      return column.bytes.byteLength;
  }
}

/** The number in a row; NaN when missing. */
export function numberAt(column: Column, row: number): number {
  if (column.kind === 'doubles') return column.values[row] ?? NaN;
  if (column.kind !== 'packed') return NaN;
  const code = column.codes[row] ?? 0;
  return code === 0 ? NaN : column.base + code - 1;
}

/** The code in a row; 0 when missing. */
export function codeAt(column: Column, row: number): number {
  return column.kind === 'codes' ? (column.codes[row] ?? 0) : 0;
}

/** Codes in the narrowest array that holds them. */
export function narrowed(codes: Uint32Array): Codes {
  let largest = 0;
  for (const code of codes) if (code > largest) largest = code;
  if (largest < 2 ** 8) return Uint8Array.from(codes);
  return largest < 2 ** 16 ? Uint16Array.from(codes) : codes;
}

/** Numbers (NaN is missing) packed when they are whole and near each other. */
export function packedNumbers(values: Float64Array): Column {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    if (!Number.isSafeInteger(value)) return { kind: 'doubles', values };
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (high - low > 2 ** 32 - 3) return { kind: 'doubles', values };
  const base = low === Infinity ? 0 : low;
  const codes = new Uint32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? NaN;
    codes[row] = Number.isNaN(value) ? 0 : value - base + 1;
  }
  return { kind: 'packed', codes: narrowed(codes), base };
}

/** The column in its smallest form. */
export function compacted(column: Column): Column {
  if (column.kind === 'doubles') return packedNumbers(column.values);
  if (column.kind === 'codes' || column.kind === 'lists') {
    return { ...column, codes: narrowed(Uint32Array.from(column.codes)) };
  }
  return column;
}

/** Smallest and largest number and the number of missing ones; null when there is none at all. */
export function extentOf(column: Column, rows: number): { low: number; high: number; missing: number } | null {
  let low = Infinity;
  let high = -Infinity;
  let missing = 0;
  for (let row = 0; row < rows; row++) {
    const value = numberAt(column, row);
    if (Number.isNaN(value)) missing++;
    else {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low === Infinity ? null : { low, high, missing };
}
