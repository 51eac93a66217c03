/**
 * Turns symbol text into the parts of an index: bodies in slabs that can be written away at once, and tables that
 * name them. A large file may be cut with `splitPoint` and each piece built by a worker; `writeIndex` joins the parts.
 */
import type { TableName } from '../format/layout.js';
import { tableNames } from '../format/layout.js';
import { ByteWriter } from '../format/byte-writer.js';
import { SymbolTextParser } from '../text/symbol-text-parser.js';
import type { SymbolLimits } from '../text/symbol-limits.js';
import { defaultSymbolLimits } from '../text/symbol-limits.js';
import type { ModuleRecord, SymbolProblem, SymbolTextHandler, WinRecordFields } from '../text/symbol-text-handler.js';
import { InlineRanges } from './inline-ranges.js';
import { LineRows } from './line-rows.js';
import { PublicNames } from './public-names.js';
import { appendRecord, emptyColumns, type RecordColumns } from './record-columns.js';
import { RuleDictionary } from './rule-dictionary.js';
import { SlabWriter, type Slab } from './slab-writer.js';

/** What one piece of a symbol file gave; plain data, so that a worker can post it (`partTransfers`). */
export interface SymbolPart {
  moduleRecord: ModuleRecord | null;
  info: { codeId: string; codeFile: string; generator: string };
  tables: Record<TableName, RecordColumns>;
  /** Bodies of the public symbols, which are chosen when all are known; `publics.bodies` are positions in here. */
  publicBodies: Uint8Array<ArrayBuffer>;
  oldInlines: number;
  newInlines: number;
  text: { bytes: number; lines: number };
  problems: { total: number; first: SymbolProblem[] };
}

export interface SymbolPartOptions {
  limits?: Partial<SymbolLimits>;
  /** Which piece of how many; a whole file is piece 0 of 1. */
  part?: { index: number; count: number };
}

export class SymbolPartBuilder implements SymbolTextHandler {
  private readonly limits: SymbolLimits;
  private readonly parser: SymbolTextParser;
  private readonly slabs = new SlabWriter();
  private readonly tables = Object.fromEntries(tableNames.map((name) => [name, emptyColumns()])) as Record<
    TableName,
    RecordColumns
  >;
  private readonly body = new ByteWriter(64 * 1024);
  private readonly rows = new LineRows();
  private readonly inlines = new InlineRanges();
  private readonly publics: PublicNames;
  private readonly rules: RuleDictionary;
  private readonly ruleStride: number;
  private readonly ruleStart: number;
  private moduleRecord: ModuleRecord | null = null;
  private readonly moduleInfo = { codeId: '', codeFile: '', generator: '' };
  private readonly problems: { total: number; first: SymbolProblem[] } = { total: 0, first: [] };
  private oldInlines = 0;
  private newInlines = 0;
  private current = { address: 0, size: 0, parameterSize: 0, isFolded: false };
  private readonly name = new ByteWriter(4096);
  private cfi = { address: 0, size: 0, initRule: 0 };
  private cfiRows: { address: number; rule: number }[] = [];

  constructor(options: SymbolPartOptions = {}) {
    this.limits = { ...defaultSymbolLimits, ...options.limits };
    const part = options.part ?? { index: 0, count: 1 };
    this.parser = new SymbolTextParser(this, this.limits, part.index === 0);
    this.publics = new PublicNames(this.limits.maxPublicBytes);
    // Numbers of several parts must not meet: part 1 of 3 numbers its rules 1, 4, 7, …
    this.ruleStart = part.index;
    this.ruleStride = part.count;
    this.rules = new RuleDictionary((number, bytes, start, end) => {
      appendRecord(this.tables.rules, this.globalRule(number), 0, this.slabs.append(bytes, start, end));
    });
  }

  /** Reads more of the text. The chunk may be reused after the call; take the full slabs after each. */
  push(chunk: Uint8Array): void {
    this.parser.push(chunk);
  }

  /** Slabs that became full; write or post them, then they are gone. */
  takeSlabs(): Slab[] {
    return this.slabs.takeFull();
  }

  /** Ends the text. The builder can't be used afterwards. */
  finish(): { part: SymbolPart; slabs: Slab[] } {
    this.parser.finish();
    const slabs = this.slabs.finish();
    const part: SymbolPart = {
      moduleRecord: this.moduleRecord,
      info: this.moduleInfo,
      tables: { ...this.tables, publics: this.publics.columns },
      publicBodies: this.publics.takeBodies(),
      oldInlines: this.oldInlines,
      newInlines: this.newInlines,
      text: { bytes: this.parser.bytesRead, lines: this.parser.lines },
      problems: this.problems,
    };
    return { part, slabs };
  }

  module(record: ModuleRecord): void {
    this.moduleRecord = record;
  }

  info(text: string): void {
    const [key = '', first = '', ...rest] = text.split(/\s+/);
    if (key === 'CODE_ID') {
      this.moduleInfo.codeId = first;
      this.moduleInfo.codeFile = rest.join(' ');
    } else if (key === 'GENERATOR') {
      this.moduleInfo.generator = [first, ...rest].join(' ');
    }
  }

  file(id: number, bytes: Uint8Array, start: number, end: number): void {
    appendRecord(this.tables.files, id, 0, this.slabs.append(bytes, start, end));
  }

  inlineOrigin(id: number, bytes: Uint8Array, start: number, end: number): void {
    appendRecord(this.tables.origins, id, 0, this.slabs.append(bytes, start, end));
  }

  beginFunction(
    address: number,
    size: number,
    parameterSize: number,
    isFolded: boolean,
    bytes: Uint8Array,
    nameStart: number,
    nameEnd: number,
  ): void {
    this.current.address = address;
    this.current.size = size;
    this.current.parameterSize = parameterSize;
    this.current.isFolded = isFolded;
    this.name.length = 0;
    this.name.text(bytes, nameStart, nameEnd);
  }

  lineRow(address: number, size: number, line: number, file: number): boolean {
    if (this.rows.count >= this.limits.maxRowsPerRecord) return false;
    if (size > 0) this.rows.add(address, size, line, file);
    return true;
  }

  inline(depth: number, callLine: number, callFile: number, origin: number, address: number, size: number): boolean {
    if (this.inlines.count >= this.limits.maxRowsPerRecord) return false;
    if (callFile < 0) this.oldInlines++;
    else this.newInlines++;
    this.inlines.add(depth, address, size, callFile, callLine, origin);
    return true;
  }

  endFunction(): void {
    const { current, body, name } = this;
    // A function of size 0 covers no address; its rows can't be asked for.
    if (current.size > 0) {
      body.length = 0;
      body.reserve(32);
      body.varint(current.isFolded ? 1 : 0);
      body.varint(current.parameterSize);
      body.raw(name.bytes, 0, name.length);
      this.rows.write(body, current.address);
      if (this.inlines.count > 0) this.inlines.write(body, current.address);
      appendRecord(this.tables.functions, current.address, current.size, this.slabs.append(body.bytes, 0, body.length));
    }
    this.rows.clear();
    this.inlines.clear();
  }

  publicSymbol(
    address: number,
    parameterSize: number,
    isFolded: boolean,
    bytes: Uint8Array,
    nameStart: number,
    nameEnd: number,
  ): boolean {
    return this.publics.add(address, parameterSize, isFolded, bytes, nameStart, nameEnd);
  }

  beginCfi(address: number, size: number, bytes: Uint8Array, start: number, end: number): void {
    this.cfi.address = address;
    this.cfi.size = size;
    this.cfi.initRule = this.ruleOf(bytes, start, end);
    this.cfiRows.length = 0;
  }

  cfiRow(address: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.cfiRows.length >= this.limits.maxRowsPerRecord) return false;
    this.cfiRows.push({ address, rule: this.ruleOf(bytes, start, end) });
    return true;
  }

  endCfi(): void {
    const { cfi, cfiRows, body } = this;
    if (cfi.size === 0) return;
    // Rows are asked for up to an address; a file that has them out of order means the same by address.
    cfiRows.sort((a, b) => a.address - b.address);
    body.length = 0;
    body.reserve(16 + cfiRows.length * 16);
    body.varint(cfi.initRule);
    body.varint(cfiRows.length);
    let last = cfi.address;
    for (const row of cfiRows) {
      body.signed(row.address - last);
      body.varint(row.rule);
      last = row.address;
    }
    appendRecord(this.tables.cfi, cfi.address, cfi.size, this.slabs.append(body.bytes, 0, body.length));
  }

  winRecord(fields: WinRecordFields, bytes: Uint8Array, start: number, end: number): void {
    if (fields.codeSize === 0) return;
    const { body } = this;
    const isFrameData = fields.type === 4;
    body.length = 0;
    body.reserve(80);
    body.varint(fields.prologueSize);
    body.varint(fields.epilogueSize);
    body.varint(fields.parameterSize);
    body.varint(fields.savedRegisterSize);
    body.varint(fields.localSize);
    body.varint(fields.maxStackSize);
    if (isFrameData) body.varint(this.ruleOf(bytes, start, end));
    else body.varint(start < end && bytes[start] !== 0x30 ? 1 : 0);
    const table = isFrameData ? this.tables.winFrameData : this.tables.winFpo;
    appendRecord(table, fields.address, fields.codeSize, this.slabs.append(body.bytes, 0, body.length));
  }

  problem(problem: SymbolProblem): void {
    this.problems.total++;
    if (this.problems.first.length < this.limits.maxProblems) this.problems.first.push(problem);
  }

  private ruleOf(bytes: Uint8Array, start: number, end: number): number {
    return this.globalRule(this.rules.numberOf(bytes, start, end));
  }

  private globalRule(number: number): number {
    return number * this.ruleStride + this.ruleStart;
  }
}

/** Buffers of a part, to be transferred rather than copied when a worker posts it. */
export function partTransfers(part: SymbolPart): ArrayBuffer[] {
  const columns = Object.values(part.tables).flatMap((table) => [
    table.keys.buffer,
    table.sizes.buffer,
    table.bodies.buffer,
  ]);
  return [...columns, part.publicBodies.buffer];
}
