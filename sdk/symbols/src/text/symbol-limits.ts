import type { Bytes } from '@faultline/sdk/units';

/** Bounds for hostile symbol files; each hit is reported, none is silent. */
export interface SymbolLimits {
  /** Longer files are refused (`SYMBOLS_TOO_LARGE`). */
  maxTextBytes: Bytes;
  /** Longer lines are skipped and reported; 82 KB C++ names were seen in real files. */
  maxLineBytes: Bytes;
  /** Line rows or inline ranges of one function, rows of one STACK CFI INIT; what is beyond is skipped and reported. */
  maxRowsPerRecord: number;
  /** Memory for the names of PUBLIC symbols, which are held until the end. */
  maxPublicBytes: Bytes;
  /** Problems kept with their text; all are counted. */
  maxProblems: number;
}

export const defaultSymbolLimits: SymbolLimits = {
  maxTextBytes: 4 * 2 ** 30,
  maxLineBytes: 2 ** 20,
  maxRowsPerRecord: 2_000_000,
  maxPublicBytes: 64 * 2 ** 20,
  maxProblems: 100,
};
