import type { SymbolChunks } from '../text/symbol-chunks.js';
import { decodeUtf16 } from '../text/decode-utf16.js';
import { defaultSymbolLimits, type SymbolLimits } from '../text/symbol-limits.js';
import { SymbolTextParser } from '../text/symbol-text-parser.js';
import type { ModuleRecord, SymbolProblem } from '../text/symbol-text-handler.js';
import { CheckingHandler, type RecordCounts } from './checking-handler.js';

/** What a look through a symbol file found. */
export interface SymbolFileReport {
  /** Null when the file has no MODULE record. */
  moduleRecord: ModuleRecord | null;
  counts: RecordCounts;
  bytes: number;
  lines: number;
  problems: {
    /** All of them; `first` holds the first `limits.maxProblems`. */
    total: number;
    first: SymbolProblem[];
  };
}

/**
 * Reads a symbol file and says, by line, what is wrong with it: lines that readers skip, names that are not UTF-8,
 * ids that nothing defines. It is a stream; memory is the sets of ids.
 * @throws FaultlineError `SYMBOLS_TOO_LARGE`
 */
export async function checkSymbolFile(
  chunks: SymbolChunks,
  options: { limits?: Partial<SymbolLimits> } = {},
): Promise<SymbolFileReport> {
  const limits = { ...defaultSymbolLimits, ...options.limits };
  const handler = new CheckingHandler(limits.maxProblems, () => parser.lines);
  const parser: SymbolTextParser = new SymbolTextParser(handler, limits);
  for await (const chunk of decodeUtf16(chunks)) parser.push(chunk);
  parser.finish();
  return {
    moduleRecord: handler.moduleRecord,
    counts: handler.counts,
    bytes: parser.bytesRead,
    lines: parser.lines,
    problems: handler.problems,
  };
}
