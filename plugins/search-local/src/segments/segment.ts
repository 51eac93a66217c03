import { rm } from 'node:fs/promises';
import type { ColumnCache } from '../columns/column-cache.js';
import { columnMemory, type Column } from '../columns/column.js';
import { IdLookup } from '../columns/ids.js';
import { countDeleted, ownColumns, withDeleted, type Extent, type RowSource } from './row-source.js';
import { codeTotals, totalsMemory, type CodeTotals } from './code-totals.js';
import { readColumns, readHeader, type SegmentHeader, type StoredColumn } from './segment-file.js';

/** Columns and id lookups of all segments share one bounded cache. */
export type SegmentCache = ColumnCache<Column | IdLookup | CodeTotals>;

/** Rows of one day in one immutable file; only which of them are gone changes. */
export class Segment {
  readonly day: string;
  readonly rows: number;
  deleted: Uint8Array | null = null;
  /** Rows that are not gone. */
  liveRows: number;
  /** True when `deleted` says more than the catalog. */
  isChanged = false;
  private readonly columns: ReadonlyMap<string, StoredColumn>;
  private readonly hashes: ReadonlyMap<string, string>;
  private readonly withoutTotals = new Set<string>();
  private readers = 0;
  private isRetired = false;

  private constructor(
    /** Name within the index folder, `2026-11-22/17`. */
    readonly name: string,
    readonly path: string,
    /** Of the file. */
    readonly size: number,
    header: SegmentHeader,
    private readonly bodyAt: number,
    private readonly cache: SegmentCache,
  ) {
    this.day = header.day;
    this.rows = header.rows;
    this.liveRows = header.rows;
    this.hashes = new Map(Object.entries(header.hashes));
    this.columns = new Map(header.columns.map((column) => [column.name, column]));
  }

  static async open(file: { name: string; path: string; size: number }, cache: SegmentCache): Promise<Segment> {
    const { header, bodyAt } = await readHeader(file.path);
    return new Segment(file.name, file.path, file.size, header, bodyAt, cache);
  }

  get names(): string[] {
    return [...this.columns.keys()];
  }

  /** Fields that were known when it was built, with a column or missing in all rows. */
  get fields(): string[] {
    return [...this.hashes.keys()];
  }

  hashOf(name: string): string | undefined {
    return this.hashes.get(name);
  }

  extentOf(name: string): Extent | null {
    return this.columns.get(name)?.extent ?? null;
  }

  /** What a query sees, whatever is deleted later. */
  snapshot(): RowSource {
    const { day, rows, deleted } = this;
    return {
      day,
      rows,
      isByTime: true,
      deleted,
      hashOf: (name) => this.hashOf(name),
      extentOf: (name) => this.extentOf(name),
      peek: (name) => this.peek(name),
      totals: (name, column) => this.totals(name, column),
      load: (names) => this.load(names),
    };
  }

  peek(name: string): Column | undefined {
    const kept = this.cache.get(this.key(name));
    return isColumn(kept) ? kept : undefined;
  }

  /** Null where counting the rows is as quick; that is noticed once. */
  private totals(name: string, column: Column): CodeTotals | null {
    const key = this.key(`${name} totals`);
    const kept = this.cache.get(key);
    if (kept !== undefined) return !(kept instanceof IdLookup) && kept.kind === 'totals' ? kept : null;
    if (this.withoutTotals.has(name)) return null;
    const totals = codeTotals(column);
    if (totals === null) this.withoutTotals.add(name);
    else this.cache.set(key, totals, totalsMemory(totals));
    return totals;
  }

  async load(names: readonly string[]): Promise<Map<string, Column>> {
    const columns = new Map<string, Column>();
    const absent: StoredColumn[] = [];
    for (const name of names) {
      const kept = this.cache.get(this.key(name));
      const stored = this.columns.get(name);
      if (isColumn(kept)) columns.set(name, kept);
      else if (stored !== undefined && !absent.includes(stored)) absent.push(stored);
    }
    if (absent.length === 0) return columns;
    for (const [name, column] of await readColumns(this.path, this.bodyAt, this.rows, absent)) {
      this.cache.set(this.key(name), column, columnMemory(column));
      columns.set(name, column);
    }
    return columns;
  }

  /** A column for one pass over everything, which should not push out what queries use. */
  async read(name: string): Promise<Column | undefined> {
    const kept = this.cache.get(this.key(name));
    const stored = this.columns.get(name);
    if (isColumn(kept)) return kept;
    if (stored === undefined) return undefined;
    return (await readColumns(this.path, this.bodyAt, this.rows, [stored])).get(name);
  }

  /** -1 when the crash has no row here, or its row is gone. */
  async rowOf(id: Uint8Array): Promise<number> {
    const key = this.key('$lookup');
    let lookup = this.cache.get(key);
    if (!(lookup instanceof IdLookup)) {
      const ids = (await this.load([ownColumns.id])).get(ownColumns.id);
      lookup = new IdLookup(ids?.kind === 'ids' ? ids.bytes : new Uint8Array(0), ids === undefined ? 0 : this.rows);
      this.cache.set(key, lookup, lookup.memory);
    }
    const row = lookup.rowOf(id);
    return row >= 0 && this.deleted?.[row] === 1 ? -1 : row;
  }

  delete(rows: readonly number[]): void {
    this.deleted = withDeleted(this.deleted, this.rows, rows);
    this.liveRows = this.rows - countDeleted(this.deleted);
    this.isChanged = true;
  }

  /** Keeps the file while a query reads it. */
  acquire(): void {
    this.readers++;
  }

  async release(): Promise<void> {
    this.readers--;
    await this.removeWhenUnused();
  }

  /** The catalog no longer names the file. */
  async retire(): Promise<void> {
    this.isRetired = true;
    await this.removeWhenUnused();
  }

  private async removeWhenUnused(): Promise<void> {
    if (!this.isRetired || this.readers > 0) return;
    for (const name of this.names) {
      this.cache.delete(this.key(name));
      this.cache.delete(this.key(`${name} totals`));
    }
    this.cache.delete(this.key('$lookup'));
    await rm(this.path, { force: true });
  }

  private key(column: string): string {
    return `${this.path} ${column}`;
  }
}

function isColumn(kept: Column | IdLookup | CodeTotals | undefined): kept is Column {
  return kept !== undefined && !(kept instanceof IdLookup) && kept.kind !== 'totals';
}
