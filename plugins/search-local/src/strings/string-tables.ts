/** The string tables of an index, one file a field, read when a field is first asked for. */
import { open, readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cell } from '../columns/growing-columns.js';
import type { LoggedRow } from '../row-log.js';
import { writeDurably } from '../segments/segment-file.js';
import { StringTable } from './string-table.js';
import { TextMatches } from './text-matches.js';
import type { UsedStrings } from './used-strings.js';
import { WordIndexes } from './word-indexes.js';

/** What the catalog knows of a table's file. Bytes behind `bytes` were never committed. */
export interface TableRecord {
  /** Name of the file; another one whenever strings were blanked. */
  file: string;
  bytes: number;
  size: number;
}

interface OpenTable {
  table: StringTable;
  matches: TextMatches;
}

export class StringTables {
  private readonly tables = new Map<string, OpenTable>();
  private readonly opening = new Map<string, Promise<OpenTable>>();
  /** As the catalog knows them, or will with its next commit. */
  private readonly records: Map<string, TableRecord>;
  private readonly words: WordIndexes;

  constructor(
    private readonly folder: string,
    records: ReadonlyMap<string, TableRecord>,
    onFailure: (error: unknown) => void,
  ) {
    this.records = new Map(records);
    this.words = new WordIndexes(onFailure);
  }

  /** Bytes on disk. */
  get size(): number {
    let bytes = 0;
    for (const record of this.records.values()) bytes += record.bytes;
    return bytes;
  }

  get memory(): number {
    let bytes = 0;
    for (const { table } of this.tables.values()) bytes += table.memory;
    return bytes;
  }

  async table(field: string): Promise<StringTable> {
    return (await this.opened(field)).table;
  }

  /** Codes of strings that may hold the words; null when they are to be scanned. See `WordIndex.candidates`. */
  wordCandidates(table: StringTable, words: readonly string[]): number[] | null {
    return this.words.candidates(table, words, table.size);
  }

  /** Resolves when the word indexes that were asked for are built. */
  wordsSettled(): Promise<void> {
    return this.words.settled();
  }

  async matches(field: string): Promise<TextMatches> {
    return (await this.opened(field)).matches;
  }

  /** Opens the tables of all text fields of the rows. */
  async openFor(rows: Iterable<LoggedRow>): Promise<void> {
    const fields = new Set<string>();
    for (const { values } of rows) {
      for (const [name, value] of Object.entries(values)) if (typeof value !== 'number') fields.add(name);
    }
    for (const field of fields) await this.opened(field);
  }

  /** Values as cells; strings that are new get their codes. The fields' tables must be open. */
  cellsOf(values: LoggedRow['values']): [string, Cell][] {
    return Object.entries(values).map(([name, value]) => [name, this.cellOf(name, value)]);
  }

  /** Makes new strings durable; resolves with what the catalog is to record. */
  async save(): Promise<ReadonlyMap<string, TableRecord>> {
    for (const [field, { table }] of this.tables) {
      const saved = this.savedOf(field);
      // A table that was only asked holds nothing and has no file.
      if (table.size > saved.size) this.records.set(field, await this.append(table, saved));
    }
    return this.records;
  }

  /**
   * Writes every table that has a string which no row has, without it; codes stay as they are. Called when no row is
   * in memory only. Resolves with the files to unlink once the catalog names the new ones.
   */
  async blankAllBut(used: UsedStrings): Promise<string[]> {
    const old: string[] = [];
    for (const field of new Set([...this.records.keys(), ...this.tables.keys()])) {
      const { table } = await this.opened(field);
      const inUse = used.of(field) ?? new Uint8Array(0);
      const blanked = table.withBlanks((code) => inUse[code] !== 1);
      if (blanked === null) continue;
      const saved = this.savedOf(field);
      const file = nextName(saved.file);
      const bytes = blanked.encodeAfter(0);
      await writeDurably(join(this.folder, file), [bytes]);
      this.records.set(field, { file, bytes: bytes.length, size: blanked.size });
      this.tables.set(field, { table: blanked, matches: new TextMatches(blanked, this.words) });
      old.push(saved.file);
    }
    return old;
  }

  async unlink(files: readonly string[]): Promise<void> {
    for (const file of files) await rm(join(this.folder, file), { force: true });
  }

  private cellOf(field: string, value: string | number | string[]): Cell {
    if (typeof value === 'number') return { number: value };
    const table = this.tables.get(field)?.table;
    if (table === undefined) throw new Error(`The string table of ${field} is not open.`);
    return typeof value === 'string' ? { code: table.intern(value) } : { codes: value.map((one) => table.intern(one)) };
  }

  private async append(table: StringTable, saved: TableRecord): Promise<TableRecord> {
    const { size } = table;
    const bytes = table.encodeAfter(saved.size);
    const file = await open(join(this.folder, saved.file), 'a');
    try {
      await file.truncate(saved.bytes);
      await file.appendFile(bytes);
      await file.datasync();
    } finally {
      await file.close();
    }
    return { file: saved.file, bytes: saved.bytes + bytes.length, size };
  }

  private savedOf(field: string): TableRecord {
    return this.records.get(field) ?? { file: `${encodeURIComponent(field)}.0.strings`, bytes: 0, size: 0 };
  }

  private async opened(field: string): Promise<OpenTable> {
    const known = this.tables.get(field);
    if (known !== undefined) return known;
    const opening = this.opening.get(field) ?? this.read(field);
    this.opening.set(field, opening);
    try {
      const table = await opening;
      this.tables.set(field, table);
      return table;
    } finally {
      this.opening.delete(field);
    }
  }

  private async read(field: string): Promise<OpenTable> {
    const table = new StringTable();
    const saved = this.savedOf(field);
    if (saved.size > 0) {
      const path = join(this.folder, saved.file);
      await truncate(path, saved.bytes);
      table.decode(await readFile(path), saved.size);
    }
    return { table, matches: new TextMatches(table, this.words) };
  }
}

/** `signature.3.strings` becomes `signature.4.strings`. */
function nextName(file: string): string {
  return file.replace(/\.(\d+)\.strings$/, (_, number: string) => `.${Number(number) + 1}.strings`);
}
