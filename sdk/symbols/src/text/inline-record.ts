import type { RecordCursor } from './record-cursor.js';

/** One INLINE record. */
export interface InlineRecord {
  depth: number;
  callLine: number;
  /** -1 in the old vintage, which does not have it. */
  callFile: number;
  origin: number;
  /** Address and size in turns. */
  ranges: number[];
}

/**
 * `INLINE depth call_line call_file origin (address size)+`. The old vintage (LLVM before 2021) has no call_file; the
 * number of fields tells them apart: it is even in the new one, odd in the old. Null when it is neither.
 */
export function readInline(cursor: RecordCursor): InlineRecord | null {
  const start = cursor.at;
  let fieldCount = 0;
  while (cursor.hasMore) {
    cursor.skipWord();
    fieldCount++;
  }
  const isOld = fieldCount % 2 === 1;
  if (fieldCount < (isOld ? 5 : 6)) return null;
  cursor.at = start;
  const depth = cursor.decimal();
  const callLine = cursor.decimal();
  const callFile = isOld ? -1 : cursor.decimal();
  const origin = cursor.decimal();
  const ranges: number[] = [];
  while (!cursor.isBad && cursor.hasMore) ranges.push(cursor.address(), cursor.hexWord());
  return cursor.isBad ? null : { depth, callLine, callFile, origin, ranges };
}
