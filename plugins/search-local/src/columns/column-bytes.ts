/** Columns as bytes of a segment file, and back. All numbers are little endian. */
import { endianness } from 'node:os';
import { FaultlineError } from '@faultline/sdk/errors';
import type { Codes, Column } from './column.js';

/** What the segment's header keeps of a column beside its bytes. */
export type ColumnShape =
  | { kind: 'codes'; width: 1 | 2 | 4 }
  | { kind: 'packed'; width: 1 | 2 | 4; base: number }
  | { kind: 'doubles' }
  | { kind: 'lists'; width: 1 | 2 | 4; entries: number }
  | { kind: 'ids' };

/** Typed arrays are written as they lie in memory. */
export function requireLittleEndian(): void {
  if (endianness() === 'LE') return;
  throw new FaultlineError('Unsupported', 'SEARCH_BIG_ENDIAN', 'The search index needs a little-endian processor.');
}

export function shapeOf(column: Column): ColumnShape {
  switch (column.kind) {
    case 'codes':
      return { kind: 'codes', width: widthOf(column.codes) };
    case 'packed':
      return { kind: 'packed', width: widthOf(column.codes), base: column.base };
    case 'lists':
      return { kind: 'lists', width: widthOf(column.codes), entries: column.codes.length };
    case 'doubles':
    case 'ids':
      return { kind: column.kind };
  }
}

export function bytesOf(column: Column): Buffer {
  switch (column.kind) {
    case 'codes':
    case 'packed':
      return asBytes(column.codes);
    case 'doubles':
      return asBytes(column.values);
    case 'lists':
      return Buffer.concat([asBytes(column.starts), asBytes(column.codes)]);
    case 'ids':
      return asBytes(column.bytes);
  }
}

/** Bytes that a column of this shape has. */
export function bytesNeeded(shape: ColumnShape, rows: number): number {
  switch (shape.kind) {
    case 'codes':
    case 'packed':
      return rows * shape.width;
    case 'doubles':
      return rows * 8;
    case 'lists':
      return (rows + 1) * 4 + shape.entries * shape.width;
    case 'ids':
      return rows * 16;
  }
}

/** @param bytes in a buffer of their own, so that arrays are aligned */
export function columnFrom(shape: ColumnShape, rows: number, bytes: ArrayBuffer): Column {
  switch (shape.kind) {
    case 'codes':
      return { kind: 'codes', codes: codesFrom(shape.width, bytes, 0) };
    case 'packed':
      return { kind: 'packed', codes: codesFrom(shape.width, bytes, 0), base: shape.base };
    case 'doubles':
      return { kind: 'doubles', values: new Float64Array(bytes) };
    case 'lists': {
      const starts = new Uint32Array(bytes, 0, rows + 1);
      return { kind: 'lists', starts, codes: codesFrom(shape.width, bytes, starts.byteLength) };
    }
    case 'ids':
      return { kind: 'ids', bytes: new Uint8Array(bytes) };
  }
}

function widthOf(codes: Codes): 1 | 2 | 4 {
  if (codes instanceof Uint8Array) return 1;
  return codes instanceof Uint16Array ? 2 : 4;
}

function codesFrom(width: 1 | 2 | 4, bytes: ArrayBuffer, offset: number): Codes {
  if (width === 1) return new Uint8Array(bytes, offset);
  return width === 2 ? new Uint16Array(bytes, offset) : new Uint32Array(bytes, offset);
}

function asBytes(array: Codes | Float64Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}
