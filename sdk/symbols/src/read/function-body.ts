import { BodyReader } from '../format/body-reader.js';

/** A line row that covers the address. */
export interface LineRow {
  address: number;
  line: number;
  file: number;
}

/** An inline range that covers the address. */
export interface InlineRange {
  address: number;
  /** -1 when the record does not say. */
  callFile: number;
  callLine: number;
  origin: number;
}

/** What a function's body says of one address. */
export interface FunctionFacts {
  name: Uint8Array;
  parameterSize: number;
  isFolded: boolean;
  row: LineRow | null;
  /** Of the row with the lowest address; the function's own file, for files that do not name call files. */
  firstFile: number | null;
  /** By depth, outermost first. */
  inlines: InlineRange[];
}

/** More nested inlines than any compiler makes; a hostile file could nest a million. */
const depthLimit = 256;

/** Decodes one function as far as `address` needs it. */
export function readFunction(bytes: Uint8Array, functionAddress: number, address: number): FunctionFacts {
  const reader = new BodyReader(bytes);
  const isFolded = reader.varint() === 1;
  const parameterSize = reader.varint();
  const name = reader.text();
  const { row, firstFile } = readRows(reader, functionAddress, address);
  const inlines = reader.isAtEnd ? [] : readInlines(reader, functionAddress, address);
  return { name, parameterSize, isFolded, row, firstFile, inlines };
}

function readRows(
  reader: BodyReader,
  functionAddress: number,
  address: number,
): { row: LineRow | null; firstFile: number | null } {
  const count = reader.varint();
  if (count === 0) return { row: null, firstFile: null };
  let at = functionAddress + reader.signed();
  let line = 0;
  let file = 0;
  let row: LineRow | null = null;
  let firstFile: number | null = null;
  for (let index = 0; index < count; index++) {
    const head = reader.varint();
    const flags = head % 4;
    if ((flags & 1) !== 0) at += reader.varint();
    line += reader.signed();
    if ((flags & 2) !== 0) file += reader.signed();
    const end = at + (head - flags) / 4;
    firstFile ??= file;
    if (address >= at && address < end) row = { address: at, line, file };
    at = end;
  }
  return { row, firstFile };
}

/** At each depth the last range that starts at or before the address decides; a depth without one ends the chain. */
function readInlines(reader: BodyReader, functionAddress: number, address: number): InlineRange[] {
  const count = reader.varint();
  const inlines: InlineRange[] = [];
  let depth = 0;
  let at = functionAddress;
  let candidate: InlineRange | null = null;
  for (let index = 0; index < count; index++) {
    const deeper = reader.varint();
    if (deeper > 0) {
      if (candidate === null || inlines.length >= depthLimit) return inlines;
      inlines.push(candidate);
      candidate = null;
      depth += deeper;
    }
    at += reader.signed();
    const size = reader.varint();
    const callFile = reader.varint() - 1;
    const callLine = reader.varint();
    const origin = reader.varint();
    if (depth > inlines.length) return inlines;
    if (at <= address) candidate = address < at + size ? { address: at, callFile, callLine, origin } : null;
  }
  if (candidate !== null) inlines.push(candidate);
  return inlines;
}
