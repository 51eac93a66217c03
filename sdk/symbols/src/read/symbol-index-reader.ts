import type {
  CfiRecords,
  InlineCall,
  ModuleSymbols,
  SymbolizedAddress,
  WinFrameRecord,
  WinFrameRecords,
} from '@faultline/sdk/module-symbols';
import type { MaybePromise, ModuleOffset } from '@faultline/sdk/units';
import { BodyReader } from '../format/body-reader.js';
import { corruptIndex } from '../format/corrupt-index.js';
import type { IndexDirectory } from '../format/directory.js';
import { blockEntries, rangeTables, tableNames, type TableName } from '../format/layout.js';
import { decodeText } from '../text/decode-text.js';
import { readFunction, type FunctionFacts } from './function-body.js';
import { KeyTable, type TableEntry } from './key-table.js';
import { PagedLookups } from './paged-lookups.js';
import type { PagedBytes } from './paged-bytes.js';

/** Names kept as strings per table, so that the frames of one walk decode each file name once. */
const rememberedNames = 512;
const uint32Limit = 2 ** 32;

/**
 * Symbols over an index. Answers come at once when their pages are in memory, else as a promise.
 * Rejects or throws only when the index is damaged (`SYMX_CORRUPT`) or its source can't be read.
 */
export class SymbolIndexReader implements ModuleSymbols {
  readonly moduleRecord: IndexDirectory['moduleRecord'];
  private readonly lookups: PagedLookups;
  private readonly tables: Record<TableName, KeyTable>;
  private readonly fileNames = new Map<number, string | null>();
  private readonly originNames = new Map<number, { name: string; file: number | null } | null>();

  constructor(
    readonly origin: string,
    readonly directory: IndexDirectory,
    pages: PagedBytes,
    samples: Float64Array,
    private readonly closeSource: () => Promise<void>,
  ) {
    this.moduleRecord = directory.moduleRecord;
    this.lookups = new PagedLookups(pages);
    const tables: Partial<Record<TableName, KeyTable>> = {};
    let at = 0;
    for (const name of tableNames) {
      const layout = directory.tables[name];
      const blocks = Math.ceil(layout.count / blockEntries);
      tables[name] = new KeyTable(pages, layout, rangeTables.includes(name), samples.subarray(at, at + blocks));
      at += blocks;
    }
    this.tables = tables as Record<TableName, KeyTable>;
  }

  symbolize(offset: ModuleOffset): MaybePromise<SymbolizedAddress | null> {
    return this.lookups.run(() => this.symbolizeNow(offset));
  }

  hasFunctionAt(offset: ModuleOffset): MaybePromise<boolean> {
    return this.lookups.run(() => this.hasFunctionNow(offset));
  }

  cfiAt(offset: ModuleOffset): MaybePromise<CfiRecords | null> {
    return this.lookups.run(() => this.cfiNow(offset));
  }

  winFramesAt(offset: ModuleOffset): MaybePromise<WinFrameRecords | null> {
    return this.lookups.run(() => {
      const frameData = this.winRecord(this.tables.winFrameData, 4, offset);
      const fpo = this.winRecord(this.tables.winFpo, 0, offset);
      return frameData === null && fpo === null ? null : { frameData, fpo };
    });
  }

  /** Closes the source. Lookups under way may reject. */
  close(): Promise<void> {
    return this.closeSource();
  }

  private symbolizeNow(offset: number): SymbolizedAddress | null {
    const { functions, publics } = this.tables;
    const entry = functions.covering(offset);
    if (entry !== null) return this.describeFunction(entry, offset);
    const symbol = this.publicAt(offset);
    if (symbol === null) return null;
    const reader = new BodyReader(publics.body(symbol));
    const name = decodeText(reader.text());
    const parameterSize = reader.varint();
    return {
      function: name,
      functionAddress: symbol.key,
      functionSize: 0,
      parameterSize,
      source: 'public',
      isFolded: reader.varint() === 1,
      file: null,
      line: null,
      inlines: [],
    };
  }

  private hasFunctionNow(offset: number): boolean {
    const { functions, publics } = this.tables;
    const previous = functions.atOrBefore(offset);
    if (previous !== null && offset < previous.key + previous.size) return true;
    const symbol = publics.atOrBefore(offset);
    return symbol !== null && (previous === null || previous.key < symbol.key);
  }

  /** The nearest PUBLIC before the address, unless a FUNC starts at it or between: then the address is that one's gap. */
  private publicAt(offset: number): TableEntry | null {
    const symbol = this.tables.publics.atOrBefore(offset);
    if (symbol === null) return null;
    const previous = this.tables.functions.atOrBefore(offset);
    return previous !== null && previous.key >= symbol.key ? null : symbol;
  }

  private describeFunction(entry: TableEntry, offset: number): SymbolizedAddress {
    const facts = readFunction(this.tables.functions.body(entry), entry.key, offset);
    const outermost = facts.inlines[0];
    const own =
      outermost === undefined
        ? facts.row
        : { address: outermost.address, line: outermost.callLine, file: outermost.callFile };
    const file = own === null ? null : this.fileName(this.callFile(own.file, facts, null));
    return {
      function: decodeText(facts.name),
      functionAddress: entry.key,
      functionSize: entry.size,
      parameterSize: facts.parameterSize,
      source: 'func',
      isFolded: facts.isFolded,
      file,
      // A line without its file says nothing to anyone; the peers leave it out of the outer frame, too.
      ...(own === null || file === null ? { line: null } : { line: own.line, lineAddress: own.address }),
      inlines: this.inlineCalls(facts),
    };
  }

  /** Each inlined body stands where the next deeper one is called; the innermost stands at the line row. */
  private inlineCalls(facts: FunctionFacts): InlineCall[] {
    const calls: InlineCall[] = [];
    facts.inlines.forEach((range, depth) => {
      const inlined = this.inlineOrigin(range.origin);
      if (inlined === null) return;
      const deeper = facts.inlines[depth + 1];
      const place = deeper === undefined ? facts.row : { line: deeper.callLine, file: deeper.callFile };
      calls.unshift({
        function: inlined.name,
        file: place === null ? null : this.fileName(this.callFile(place.file, facts, inlined.file)),
        line: place === null || place.line === 0 ? null : place.line,
      });
    });
    return calls;
  }

  /**
   * Files of the old INLINE vintage name no call files: a call stands in the file of the function that makes it, which
   * is its origin's file, and for the outermost one the file of the function's first row.
   */
  private callFile(file: number, facts: FunctionFacts, caller: number | null): number | null {
    return file >= 0 ? file : (caller ?? facts.firstFile);
  }

  private fileName(id: number | null): string | null {
    if (id === null) return null;
    const known = this.fileNames.get(id);
    if (known !== undefined) return known;
    const entry = this.tables.files.exactly(id);
    const name = entry === null ? null : decodeText(this.tables.files.body(entry));
    if (this.fileNames.size >= rememberedNames) this.fileNames.clear();
    this.fileNames.set(id, name);
    return name;
  }

  private inlineOrigin(id: number): { name: string; file: number | null } | null {
    const known = this.originNames.get(id);
    if (known !== undefined) return known;
    const entry = this.tables.origins.exactly(id);
    const origin = entry === null ? null : this.readOrigin(decodeText(this.tables.origins.body(entry)));
    if (this.originNames.size >= rememberedNames) this.originNames.clear();
    this.originNames.set(id, origin);
    return origin;
  }

  private readOrigin(text: string): { name: string; file: number | null } {
    const old = this.directory.isOldInlineVintage ? /^(\d+)\s+(.*)$/s.exec(text) : null;
    if (old === null) return { name: text, file: null };
    const file = Number(old[1]);
    return { name: old[2] ?? '', file: file < uint32Limit ? file : null };
  }

  private cfiNow(offset: number): CfiRecords | null {
    const { cfi } = this.tables;
    const entry = cfi.covering(offset);
    if (entry === null) return null;
    const reader = new BodyReader(cfi.body(entry));
    const rows = [this.rule(reader.varint())];
    const count = reader.varint();
    let address = entry.key;
    for (let index = 0; index < count; index++) {
      address += reader.signed();
      const rule = reader.varint();
      if (address > offset) break;
      rows.push(this.rule(rule));
    }
    return { initAddress: entry.key, initSize: entry.size, rows };
  }

  private winRecord(table: KeyTable, type: 0 | 4, offset: number): WinFrameRecord | null {
    const entry = table.covering(offset);
    if (entry === null) return null;
    const reader = new BodyReader(table.body(entry));
    const sizes = {
      prologueSize: reader.varint(),
      epilogueSize: reader.varint(),
      parameterSize: reader.varint(),
      savedRegisterSize: reader.varint(),
      localSize: reader.varint(),
      maxStackSize: reader.varint(),
    };
    const last = reader.varint();
    return {
      type,
      address: entry.key,
      codeSize: entry.size,
      ...sizes,
      program: type === 4 ? this.rule(last) : null,
      allocatesBasePointer: type === 0 && last === 1,
    };
  }

  private rule(number: number): string {
    const entry = this.tables.rules.exactly(number);
    if (entry === null) throw corruptIndex('a rule is missing');
    return decodeText(this.tables.rules.body(entry));
  }
}
