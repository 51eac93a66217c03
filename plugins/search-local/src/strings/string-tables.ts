/** The string tables of an index, one file a field, read when a field is first asked for. */
import { open, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cell } from '../columns/growing-columns.js';
import type { LoggedRow } from '../row-log.js';
import { StringTable } from './string-table.js';
import { TextMatches } from './text-matches.js';

/** What the catalog knows of a table's file. Bytes behind `bytes` were never committed. */
export interface TableRecord {
  bytes: number;
  size: number;
}

interface OpenTable {
  table: StringTable;
  matches: TextMatches;
  /** What is durable. */
  saved: TableRecord;
}

export class StringTables {
  private readonly tables = new Map<string, OpenTable>();
  private readonly opening = new Map<string, Promise<OpenTable>>();

  constructor(
    private readonly folder: string,
    private readonly records: ReadonlyMap<string, TableRecord>,
  ) {}

  get memory(): number {
    let bytes = 0;
    for (const { table } of this.tables.values()) bytes += table.memory;
    return bytes;
  }

  async table(field: string): Promise<StringTable> {
    return (await this.opened(field)).table;
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
  async save(): Promise<Map<string, TableRecord>> {
    const records = new Map(this.records);
    for (const [field, open] of this.tables) {
      const { size } = open.table;
      if (size > open.saved.size) await this.append(field, open, size);
      // A table that was only asked holds nothing and has no file.
      if (open.saved.size > 0) records.set(field, open.saved);
    }
    return records;
  }

  private cellOf(field: string, value: string | number | string[]): Cell {
    if (typeof value === 'number') return { number: value };
    const table = this.tables.get(field)?.table;
    if (table === undefined) throw new Error(`The string table of ${field} is not open.`);
    return typeof value === 'string' ? { code: table.intern(value) } : { codes: value.map((one) => table.intern(one)) };
  }

  private async append(field: string, table: OpenTable, size: number): Promise<void> {
    const bytes = table.table.encodeAfter(table.saved.size);
    const file = await open(this.path(field), 'a');
    try {
      await file.truncate(table.saved.bytes);
      await file.appendFile(bytes);
      await file.datasync();
    } finally {
      await file.close();
    }
    table.saved = { bytes: table.saved.bytes + bytes.length, size };
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
    const saved = this.records.get(field);
    if (saved !== undefined && saved.size > 0) {
      await truncate(this.path(field), saved.bytes);
      table.decode(await readFile(this.path(field)), saved.size);
    }
    return { table, matches: new TextMatches(table), saved: saved ?? { bytes: 0, size: 0 } };
  }

  private path(field: string): string {
    return join(this.folder, `${encodeURIComponent(field)}.strings`);
  }
}
