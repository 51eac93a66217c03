import { rm } from 'node:fs/promises';
import type { CacheDrawer, ColumnCache } from '../columns/column-cache.js';
import { columnMemory, type Column } from '../columns/column.js';
import { IdLookup } from '../columns/ids.js';
import { codeTotals, totalsMemory, type CodeTotals } from './code-totals.js';
import { countDeleted, ownColumns, withDeleted, type Extent, type KeptRows, type RowSource } from './row-source.js';
import { readColumn, readHeader, type SegmentHeader, type StoredColumn } from './segment-file.js';

type Cached =
  | Column
  | CodeTotals
  | { kind: 'lookup'; lookup: IdLookup }
  /** Of the filter that it is kept under, when `deleted` were gone. */
  | { kind: 'rows'; rows: KeptRows; deleted: Uint8Array | null };

/** Columns, and what is worked out from them, of all segments share one bounded cache. */
export type SegmentCache = ColumnCache<Cached>;

/** Of what is kept for a filter, beside its rows. */
const keptRowsOverhead = 200;

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
  private readonly kept: CacheDrawer<Cached>;
  private seen: RowSource | null = null;
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
    cache: SegmentCache,
  ) {
    this.kept = cache.drawer();
    this.day = header.day;
    this.rows = header.rows;
    this.liveRows = header.rows;
    this.hashes = new Map(Object.entries(header.hashes));
    this.columns = new Map(header.columns.map((column) => [column.name, column]));
  }

  static open(file: { name: string; path: string; size: number }, cache: SegmentCache): Segment {
    const { header, bodyAt } = readHeader(file.path);
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
    if (this.seen !== null) return this.seen;
    const { day, rows, deleted } = this;
    this.seen = {
      day,
      rows,
      isByTime: true,
      deleted,
      hashOf: (name) => this.hashOf(name),
      extentOf: (name) => this.extentOf(name),
      column: (name) => this.column(name),
      totals: (name, column) => this.totals(name, column),
      rowsMeeting: (filter) => {
        const kept = this.kept.get(`rows ${filter}`);
        return kept?.kind === 'rows' && kept.deleted === deleted ? kept.rows : undefined;
      },
      keepRows: (filter, kept) => {
        const size = keptRowsOverhead + (typeof kept === 'string' ? 0 : kept.byteLength);
        this.kept.set(`rows ${filter}`, { kind: 'rows', rows: kept, deleted }, size);
      },
    };
    return this.seen;
  }

  private column(name: string): Column | undefined {
    const kept = asColumn(this.kept.get(name));
    if (kept !== undefined) return kept;
    const column = this.read(name);
    if (column !== undefined) this.kept.set(name, column, columnMemory(column));
    return column;
  }

  /** Null where counting the rows is as quick; that is noticed once. */
  private totals(name: string, column: Column): CodeTotals | null {
    const key = `${name} totals`;
    const kept = this.kept.get(key);
    if (kept !== undefined) return kept.kind === 'totals' ? kept : null;
    if (this.withoutTotals.has(name)) return null;
    const totals = codeTotals(column);
    if (totals === null) this.withoutTotals.add(name);
    else this.kept.set(key, totals, totalsMemory(totals));
    return totals;
  }

  /** A column for one pass over everything, which should not push out what queries use. */
  read(name: string): Column | undefined {
    const stored = this.columns.get(name);
    if (stored === undefined) return undefined;
    return (
      asColumn(this.kept.get(name)) ?? readColumn({ path: this.path, bodyAt: this.bodyAt, rows: this.rows }, stored)
    );
  }

  /** -1 when the crash has no row here, or its row is gone. */
  rowOf(id: Uint8Array): number {
    const row = this.lookup().rowOf(id);
    return row >= 0 && this.deleted?.[row] === 1 ? -1 : row;
  }

  private lookup(): IdLookup {
    const kept = this.kept.get('$lookup');
    if (kept?.kind === 'lookup') return kept.lookup;
    const ids = this.column(ownColumns.id);
    const lookup = new IdLookup(ids?.kind === 'ids' ? ids.bytes : new Uint8Array(0), ids === undefined ? 0 : this.rows);
    this.kept.set('$lookup', { kind: 'lookup', lookup }, lookup.memory);
    return lookup;
  }

  delete(rows: readonly number[]): void {
    this.deleted = withDeleted(this.deleted, this.rows, rows);
    this.liveRows = this.rows - countDeleted(this.deleted);
    this.isChanged = true;
    this.seen = null;
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
    this.kept.close();
    await rm(this.path, { force: true });
  }
}

function asColumn(kept: Cached | undefined): Column | undefined {
  switch (kept?.kind) {
    case undefined:
    case 'totals':
    case 'lookup':
    case 'rows':
      return undefined;
    default:
      return kept;
  }
}
