import { decodeText } from '../text/decode-text.js';
import type {
  ModuleRecord,
  SymbolProblem,
  SymbolProblemReason,
  SymbolTextHandler,
} from '../text/symbol-text-handler.js';

/** How many records of each kind a file has. */
export interface RecordCounts {
  functions: number;
  folded: number;
  lines: number;
  inlines: number;
  inlineOrigins: number;
  files: number;
  publics: number;
  cfiInits: number;
  cfiRows: number;
  winFrameData: number;
  winFpo: number;
}

/** Counts records and looks for what the grammar allows but nobody can use. */
export class CheckingHandler implements SymbolTextHandler {
  moduleRecord: ModuleRecord | null = null;
  readonly counts: RecordCounts = {
    functions: 0,
    folded: 0,
    lines: 0,
    inlines: 0,
    inlineOrigins: 0,
    files: 0,
    publics: 0,
    cfiInits: 0,
    cfiRows: 0,
    winFrameData: 0,
    winFpo: 0,
  };
  readonly problems: { total: number; first: SymbolProblem[] } = { total: 0, first: [] };
  private readonly files = new Set<number>();
  private readonly origins = new Set<number>();
  private readonly told = new Set<string>();
  private readonly strict = new TextDecoder('utf-8', { fatal: true });

  constructor(
    private readonly maxProblems: number,
    private readonly currentLine: () => number,
  ) {}

  module(record: ModuleRecord): void {
    this.moduleRecord = record;
  }

  info(): void {}

  file(id: number, bytes: Uint8Array, start: number, end: number): void {
    this.counts.files++;
    this.define(this.files, id, bytes, start, end);
  }

  inlineOrigin(id: number, bytes: Uint8Array, start: number, end: number): void {
    this.counts.inlineOrigins++;
    this.define(this.origins, id, bytes, start, end);
  }

  beginFunction(
    _address: number,
    _size: number,
    _parameterSize: number,
    isFolded: boolean,
    bytes: Uint8Array,
    nameStart: number,
    nameEnd: number,
  ): void {
    this.counts.functions++;
    if (isFolded) this.counts.folded++;
    this.checkText(bytes, nameStart, nameEnd);
  }

  lineRow(_address: number, _size: number, _line: number, file: number): boolean {
    this.counts.lines++;
    if (!this.files.has(file)) this.tellOnce('undefined FILE id', `FILE ${file}`);
    return true;
  }

  inline(_depth: number, _callLine: number, callFile: number, origin: number): boolean {
    this.counts.inlines++;
    if (callFile >= 0 && !this.files.has(callFile)) this.tellOnce('undefined FILE id', `FILE ${callFile}`);
    if (!this.origins.has(origin)) this.tellOnce('undefined INLINE_ORIGIN id', `INLINE_ORIGIN ${origin}`);
    return true;
  }

  endFunction(): void {}

  publicSymbol(
    _address: number,
    _parameterSize: number,
    _isFolded: boolean,
    bytes: Uint8Array,
    nameStart: number,
    nameEnd: number,
  ): boolean {
    this.counts.publics++;
    this.checkText(bytes, nameStart, nameEnd);
    return true;
  }

  beginCfi(): void {
    this.counts.cfiInits++;
  }

  cfiRow(): boolean {
    this.counts.cfiRows++;
    return true;
  }

  endCfi(): void {}

  winRecord(fields: { type: number }): void {
    if (fields.type === 4) this.counts.winFrameData++;
    else this.counts.winFpo++;
  }

  problem(problem: SymbolProblem): void {
    this.problems.total++;
    if (this.problems.first.length < this.maxProblems) this.problems.first.push(problem);
  }

  private define(ids: Set<number>, id: number, bytes: Uint8Array, start: number, end: number): void {
    if (ids.has(id)) this.tell('id defined twice', decodeText(bytes.subarray(start, Math.min(end, start + 120))));
    ids.add(id);
    this.checkText(bytes, start, end);
  }

  private checkText(bytes: Uint8Array, start: number, end: number): void {
    try {
      this.strict.decode(bytes.subarray(start, end));
    } catch {
      // TextDecoder says no more than that; the text below shows where, with U+FFFD.
      this.tell('not UTF-8', decodeText(bytes.subarray(start, Math.min(end, start + 120))));
    }
  }

  /** One missing id is one problem, however many rows name it. */
  private tellOnce(reason: SymbolProblemReason, what: string): void {
    if (this.told.has(what) || this.told.size >= 100_000) return;
    this.told.add(what);
    this.tell(reason, what);
  }

  private tell(reason: SymbolProblemReason, text: string): void {
    this.problem({ line: this.currentLine(), reason, text });
  }
}
