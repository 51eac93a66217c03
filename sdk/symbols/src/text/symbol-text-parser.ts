/**
 * The `.sym` grammar (Breakpad's docs/symbol_files.md), read as a stream of bytes: never the whole file, no string
 * per record. A line that can't be used is told to the handler and skipped; what follows is read on.
 *
 * Order of things: `WholeLines` cuts chunks at newlines, and the lines are parsed in place. Line rows are nine tenths of
 * a real file, so they have a path of their own that looks at each byte once.
 *
 * A record at the top level closes the function or the CFI range before it, save FILE, INFO, INLINE_ORIGIN and lines
 * that are not understood: those may stand among the rows of a function (Breakpad takes them there, too).
 */
import { FaultlineError } from '@faultline/sdk/errors';
import { carriageReturn, hexValue, newline, space } from './byte-class.js';
import { decodeText } from './decode-text.js';
import { keywords, letter } from './keyword.js';
import { readInline } from './inline-record.js';
import { readModuleRecord } from './module-record.js';
import { addressLimit, RecordCursor, wordLimit } from './record-cursor.js';
import { WholeLines } from './whole-lines.js';
import { readWinFields } from './win-record.js';
import type { SymbolLimits } from './symbol-limits.js';
import type { SymbolProblemReason, SymbolTextHandler } from './symbol-text-handler.js';

const placeholderName = new TextEncoder().encode('<name omitted>');

/** What rows attach to. `bad`: the record that opened it was not understood, and its rows go with it. */
type Scope = 'none' | 'open' | 'bad';

export class SymbolTextParser {
  /** Lines read so far. */
  lines = 0;
  /** Bytes read so far. */
  bytesRead = 0;

  private readonly wholeLines: WholeLines;
  private functionScope: Scope = 'none';
  private cfiScope: Scope = 'none';
  private hasRecords = false;
  private readonly cursor = new RecordCursor();

  /** @param isWholeFile false for a later part of a file that was split: no MODULE record is expected there */
  constructor(
    private readonly handler: SymbolTextHandler,
    private readonly limits: SymbolLimits,
    private readonly isWholeFile = true,
  ) {
    this.wholeLines = new WholeLines(
      {
        takeLines: (bytes, start, end) => this.parseLines(bytes, start, end),
        takeLongLine: (bytes) => {
          this.lines++;
          this.tell('line too long', bytes, 0, bytes.length);
        },
      },
      limits.maxLineBytes,
    );
  }

  /** The chunk is not kept; it may be reused after the call. */
  push(chunk: Uint8Array): void {
    this.bytesRead += chunk.byteLength;
    if (this.bytesRead > this.limits.maxTextBytes) {
      throw new FaultlineError('TooLarge', 'SYMBOLS_TOO_LARGE', 'The symbol file is larger than the limit.', {
        details: { maxTextBytes: this.limits.maxTextBytes },
      });
    }
    this.wholeLines.push(chunk);
  }

  /** Reads the last line, which need not end, and closes what is open. */
  finish(): void {
    const unended = this.wholeLines.finish();
    if (unended !== null) this.tell('no final newline', unended, 0, unended.length);
    this.closeAll();
  }

  /** `bytes[end - 1]` is a newline: it stops every loop below, so none of them needs to look at `end`. */
  private parseLines(bytes: Uint8Array, start: number, end: number): void {
    const { handler } = this;
    let at = start;
    while (at < end) {
      this.lines++;
      const lineStart = at;
      let digit = hexValue[bytes[at] as number] as number;
      if (digit > 15 || this.functionScope !== 'open') {
        at = this.parseOtherLine(bytes, lineStart);
        continue;
      }
      let address = digit;
      while ((digit = hexValue[bytes[++at] as number] as number) < 16) address = address * 16 + digit;
      let isGood = bytes[at] === space;
      while (bytes[at] === space) at++;
      let size = 0;
      const sizeStart = at;
      while ((digit = hexValue[bytes[at] as number] as number) < 16) {
        size = size * 16 + digit;
        at++;
      }
      isGood &&= at > sizeStart && bytes[at] === space;
      while (bytes[at] === space) at++;
      let line = 0;
      const numberStart = at;
      while ((digit = (bytes[at] as number) - 48) >= 0 && digit < 10) {
        line = line * 10 + digit;
        at++;
      }
      isGood &&= at > numberStart && bytes[at] === space;
      while (bytes[at] === space) at++;
      let file = 0;
      const fileStart = at;
      while ((digit = (bytes[at] as number) - 48) >= 0 && digit < 10) {
        file = file * 10 + digit;
        at++;
      }
      isGood &&= at > fileStart;
      while (bytes[at] === carriageReturn || bytes[at] === space) at++;
      if (
        !isGood ||
        bytes[at] !== newline ||
        address >= addressLimit ||
        size >= wordLimit ||
        line >= wordLimit ||
        file >= wordLimit
      ) {
        at = this.parseOtherLine(bytes, lineStart);
        continue;
      }
      at++;
      this.hasRecords = true;
      if (!handler.lineRow(address, size, line, file)) {
        this.tell('too many rows in one record', bytes, lineStart, at - 1);
      }
    }
  }

  /** Any line that is not a plain row of an open function. Returns where the next line starts. */
  private parseOtherLine(bytes: Uint8Array, start: number): number {
    const newlineAt = bytes.indexOf(newline, start);
    let end = newlineAt;
    while (end > start && bytes[end - 1] === carriageReturn) end--;
    if (end - start > this.limits.maxLineBytes) this.tell('line too long', bytes, start, end);
    else if (end > start) this.parseRecord(bytes, start, end);
    return newlineAt + 1;
  }

  private parseRecord(bytes: Uint8Array, start: number, end: number): void {
    const isFirst = !this.hasRecords;
    this.hasRecords = true;
    if (isFirst && this.isWholeFile && !keywords.module.standsAt(bytes, start, end)) {
      this.tell('no MODULE record', bytes, start, end);
    }
    const problem = this.dispatch(bytes, start, end, isFirst);
    if (problem !== null) this.tell(problem, bytes, start, end);
  }

  private dispatch(bytes: Uint8Array, start: number, end: number, isFirst: boolean): SymbolProblemReason | null {
    switch (bytes[start]) {
      case letter.S:
        if (keywords.stackCfiInit.standsAt(bytes, start, end)) return this.parseCfiInit(bytes, start, end);
        if (keywords.stackCfi.standsAt(bytes, start, end)) return this.parseCfiRow(bytes, start, end);
        if (keywords.stackWin.standsAt(bytes, start, end)) return this.parseWin(bytes, start, end);
        break;
      case letter.F:
        if (keywords.func.standsAt(bytes, start, end)) return this.parseFunction(bytes, start, end);
        if (keywords.file.standsAt(bytes, start, end)) return this.parseNumberedName(bytes, start, end, true);
        break;
      case letter.I:
        if (keywords.inline.standsAt(bytes, start, end)) return this.parseInline(bytes, start, end);
        if (keywords.inlineOrigin.standsAt(bytes, start, end)) return this.parseNumberedName(bytes, start, end, false);
        if (keywords.info.standsAt(bytes, start, end)) {
          this.handler.info(decodeText(bytes.subarray(start + keywords.info.length, end)).trim());
          return null;
        }
        break;
      case letter.P:
        if (keywords.public.standsAt(bytes, start, end)) return this.parsePublic(bytes, start, end);
        break;
      case letter.M:
        if (keywords.module.standsAt(bytes, start, end)) return this.parseModule(bytes, start, end, isFirst);
        break;
      default:
        break;
    }
    if ((hexValue[bytes[start] as number] as number) < 16) {
      if (this.functionScope === 'bad') return null;
      return this.functionScope === 'open' ? 'malformed record' : 'line row outside a function';
    }
    return 'unknown record';
  }

  /** FILE or INLINE_ORIGIN: a decimal id and a name. */
  private parseNumberedName(
    bytes: Uint8Array,
    start: number,
    end: number,
    isFile: boolean,
  ): SymbolProblemReason | null {
    const keyword = isFile ? keywords.file : keywords.inlineOrigin;
    const cursor = this.fields(bytes, start + keyword.length, end);
    const id = cursor.decimal();
    if (cursor.isBad) return 'malformed record';
    const nameStart = cursor.toRest().at;
    if (isFile) this.handler.file(id, bytes, nameStart, end);
    else this.handler.inlineOrigin(id, bytes, nameStart, end);
    return null;
  }

  private parseModule(bytes: Uint8Array, start: number, end: number, isFirst: boolean): SymbolProblemReason | null {
    this.closeAll();
    if (!isFirst) return 'MODULE is not the first record';
    const record = readModuleRecord(bytes, start, end);
    if (record === null) return 'malformed record';
    this.handler.module(record);
    return null;
  }

  private parseFunction(bytes: Uint8Array, start: number, end: number): SymbolProblemReason | null {
    this.closeAll();
    this.functionScope = 'bad';
    const cursor = this.fields(bytes, start + keywords.func.length, end);
    const isFolded = cursor.takeFoldedMark();
    const address = cursor.address();
    const size = cursor.hexWord();
    const parameterSize = cursor.hexWord();
    if (cursor.isBad) return 'malformed record';
    if (address + size >= addressLimit) return 'address too large';
    const nameStart = cursor.toRest().at;
    this.functionScope = 'open';
    if (nameStart === end) {
      // Folklore: files with `FUNC 1000 10 0 ` and no name exist; Breakpad's own generator writes this placeholder.
      this.handler.beginFunction(address, size, parameterSize, isFolded, placeholderName, 0, placeholderName.length);
    } else {
      this.handler.beginFunction(address, size, parameterSize, isFolded, bytes, nameStart, end);
    }
    return null;
  }

  private parseInline(bytes: Uint8Array, start: number, end: number): SymbolProblemReason | null {
    if (this.functionScope === 'bad') return null;
    if (this.functionScope === 'none') return 'INLINE outside a function';
    const record = readInline(this.fields(bytes, start + keywords.inline.length, end));
    if (record === null) return 'malformed record';
    const { depth, callLine, callFile, origin, ranges } = record;
    for (let index = 0; index < ranges.length; index += 2) {
      const address = ranges[index] as number;
      const size = ranges[index + 1] as number;
      if (!this.handler.inline(depth, callLine, callFile, origin, address, size)) return 'too many rows in one record';
    }
    return null;
  }

  private parsePublic(bytes: Uint8Array, start: number, end: number): SymbolProblemReason | null {
    this.closeAll();
    const cursor = this.fields(bytes, start + keywords.public.length, end);
    const isFolded = cursor.takeFoldedMark();
    const address = cursor.address();
    const parameterSize = cursor.hexWord();
    if (cursor.isBad) return 'malformed record';
    const nameStart = cursor.toRest().at;
    const isKept =
      nameStart === end
        ? this.handler.publicSymbol(address, parameterSize, isFolded, placeholderName, 0, placeholderName.length)
        : this.handler.publicSymbol(address, parameterSize, isFolded, bytes, nameStart, end);
    return isKept ? null : 'too many public symbols';
  }

  private parseCfiInit(bytes: Uint8Array, start: number, end: number): SymbolProblemReason | null {
    this.closeAll();
    this.cfiScope = 'bad';
    const cursor = this.fields(bytes, start + keywords.stackCfiInit.length, end);
    const address = cursor.address();
    const size = cursor.hexWord();
    if (cursor.isBad) return 'malformed record';
    if (address + size >= addressLimit) return 'address too large';
    this.cfiScope = 'open';
    this.handler.beginCfi(address, size, bytes, cursor.toRest().at, end);
    return null;
  }

  private parseCfiRow(bytes: Uint8Array, start: number, end: number): SymbolProblemReason | null {
    if (this.cfiScope === 'bad') return null;
    if (this.cfiScope === 'none') return 'CFI row without INIT';
    const cursor = this.fields(bytes, start + keywords.stackCfi.length, end);
    const address = cursor.address();
    if (cursor.isBad) return 'malformed record';
    const isKept = this.handler.cfiRow(address, bytes, cursor.toRest().at, end);
    return isKept ? null : 'too many rows in one record';
  }

  private parseWin(bytes: Uint8Array, start: number, end: number): SymbolProblemReason | null {
    this.closeAll();
    const cursor = this.fields(bytes, start + keywords.stackWin.length, end);
    const fields = readWinFields(cursor);
    if (typeof fields === 'string') return fields;
    this.handler.winRecord(fields, bytes, cursor.toRest().at, end);
    return null;
  }

  private fields(bytes: Uint8Array, from: number, end: number): RecordCursor {
    return this.cursor.start(bytes, from, end);
  }

  private closeAll(): void {
    if (this.functionScope === 'open') this.handler.endFunction();
    if (this.cfiScope === 'open') this.handler.endCfi();
    this.functionScope = 'none';
    this.cfiScope = 'none';
  }

  private tell(reason: SymbolProblemReason, bytes: Uint8Array, start: number, end: number): void {
    const text = decodeText(bytes.subarray(start, Math.min(end, start + 120)));
    this.handler.problem({ line: this.lines, reason, text });
  }
}
