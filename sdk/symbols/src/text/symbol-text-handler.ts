import type { Bytes, ModuleOffset } from '@faultline/sdk/units';

/** The first record of a symbol file: `MODULE os architecture id name`. Hostile text; empty strings when absent. */
export interface ModuleRecord {
  os: string;
  architecture: string;
  debugId: string;
  name: string;
}

/** Why a line was not used. Stable words, for programs and for tests. */
export type SymbolProblemReason =
  | 'unknown record'
  | 'malformed record'
  | 'line too long'
  | 'line row outside a function'
  | 'INLINE outside a function'
  | 'CFI row without INIT'
  | 'MODULE is not the first record'
  | 'address too large'
  | 'too many rows in one record'
  | 'too many public symbols'
  | 'not UTF-8'
  | 'id defined twice'
  | 'undefined FILE id'
  | 'undefined INLINE_ORIGIN id'
  | 'unused STACK WIN type'
  | 'no MODULE record'
  | 'no final newline';

/** One line that was skipped, or used with a doubt. */
export interface SymbolProblem {
  /** From 1. */
  line: number;
  reason: SymbolProblemReason;
  /** The start of the line, at most 120 characters; hostile text. */
  text: string;
}

/** The numbers of a STACK WIN record, as read; sizes in bytes. */
export interface WinRecordFields {
  /** 0 (FPO) or 4 (framedata). */
  type: number;
  address: ModuleOffset;
  codeSize: Bytes;
  prologueSize: Bytes;
  epilogueSize: Bytes;
  parameterSize: Bytes;
  savedRegisterSize: Bytes;
  localSize: Bytes;
  maxStackSize: Bytes;
  hasProgram: boolean;
}

/**
 * What the parser tells of a symbol file, in file order. Text stays bytes: `bytes.subarray(start, end)` is valid only
 * during the call. Numbers are checked: addresses below 2^52, everything else below 2^32.
 */
export interface SymbolTextHandler {
  module(record: ModuleRecord): void;
  /** The text behind `INFO `. */
  info(text: string): void;
  file(id: number, bytes: Uint8Array, start: number, end: number): void;
  inlineOrigin(id: number, bytes: Uint8Array, start: number, end: number): void;
  beginFunction(
    address: ModuleOffset,
    size: Bytes,
    parameterSize: Bytes,
    isFolded: boolean,
    bytes: Uint8Array,
    nameStart: number,
    nameEnd: number,
  ): void;
  /** @returns false when the row could not be kept */
  lineRow(address: ModuleOffset, size: Bytes, line: number, file: number): boolean;
  /** One range of an INLINE record. `callFile` is -1 in files of the old vintage, which do not have it. */
  inline(
    depth: number,
    callLine: number,
    callFile: number,
    origin: number,
    address: ModuleOffset,
    size: Bytes,
  ): boolean;
  endFunction(): void;
  /** @returns false when the symbol could not be kept */
  publicSymbol(
    address: ModuleOffset,
    parameterSize: Bytes,
    isFolded: boolean,
    bytes: Uint8Array,
    nameStart: number,
    nameEnd: number,
  ): boolean;
  beginCfi(address: ModuleOffset, size: Bytes, bytes: Uint8Array, start: number, end: number): void;
  /** @returns false when the row could not be kept */
  cfiRow(address: ModuleOffset, bytes: Uint8Array, start: number, end: number): boolean;
  endCfi(): void;
  /** The program, or for type 0 the last field, is `bytes.subarray(start, end)`. */
  winRecord(fields: WinRecordFields, bytes: Uint8Array, start: number, end: number): void;
  problem(problem: SymbolProblem): void;
}
