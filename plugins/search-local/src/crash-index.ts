/**
 * One whole index in one folder: string tables, segments by day, the head in memory and its log. Writing is done one
 * batch at a time; queries see a snapshot and never wait for writers.
 *
 * A kill at any moment costs nothing that was acknowledged: batches are logged before they show, and flushes and
 * merges write new files that count only once the catalog names them.
 */
import { rm } from 'node:fs/promises';
import type { CrashId } from '@faultline/sdk';
import { ColumnCache } from './columns/column-cache.js';
import { numberAt } from './columns/column.js';
import { idFromBytes } from './columns/ids.js';
import { Head } from './head.js';
import { IndexFiles } from './index-files.js';
import { OneAtATime } from './one-at-a-time.js';
import { Turns } from './query/turns.js';
import { RowLog, type LoggedRow } from './row-log.js';
import { SegmentSet } from './segment-set.js';
import { gatherRows } from './segments/gather-rows.js';
import { ownColumns, type RowSource } from './segments/row-source.js';
import type { Segment, SegmentCache } from './segments/segment.js';
import { StringTables } from './strings/string-tables.js';
import { Upkeep } from './upkeep.js';

export interface CrashIndexOptions {
  folder: string;
  /** Bytes of columns kept in memory. */
  cacheSize: number;
  /** The head is written to segments when it has so many rows. */
  flushRows: number;
  /** Work in the background failed. */
  onFailure(error: unknown): void;
}

/** What one query reads. Release it. */
export interface IndexSnapshot {
  sources: RowSource[];
  tables: StringTables;
  release(): Promise<void>;
}

type Hashes = ReadonlyMap<string, string>;

/** Rows that are put into the head before others get their turn. */
const rowsAtOnce = 64;

export class CrashIndex {
  private head = new Head(new Map());
  private readonly writing = new OneAtATime();
  private readonly segments = new SegmentSet();
  private readonly tables: StringTables;
  private readonly upkeep: Upkeep;
  private isClosed = false;
  private log!: RowLog;

  private constructor(
    private readonly options: CrashIndexOptions,
    private readonly files: IndexFiles,
    private readonly cache: SegmentCache,
  ) {
    const { segments, writing } = this;
    this.tables = new StringTables(files.stringsFolder, files.tables, options.onFailure.bind(options));
    this.upkeep = new Upkeep({ files, segments, tables: this.tables, writing, flush: () => this.flushHead() });
  }

  /** Opens or makes the index. Throws when what is there is damaged or of another format. */
  static async open(options: CrashIndexOptions): Promise<CrashIndex> {
    const cache: SegmentCache = new ColumnCache(options.cacheSize);
    const files = await IndexFiles.open(options.folder, cache);
    const index = new CrashIndex(options, files, cache);
    index.segments.set(await files.openSegments());
    await files.sweep();
    index.log = await RowLog.open(files.logPath(files.log), async (record) => {
      if (record.kind === 'remove') {
        files.isErasing = true;
        index.applyRemoval(record.ids);
      } else await index.applyRows(record.rows, new Map(Object.entries(record.hashes)));
    });
    // An erasure was cut short by a stop: its rows are gone already, their bytes are not.
    if (files.isErasing) index.inBackground(index.upkeep.scrub());
    return index;
  }

  get rows(): number {
    return this.segments.rows + this.head.liveRows;
  }

  /** `completed_datetime` of the newest crash that was indexed; null when there is none. */
  get newest(): string | null {
    const newest = Math.max(this.segments.newestCompleted, this.head.newestCompleted);
    return newest === -Infinity ? null : new Date(newest).toISOString();
  }

  get days(): string[] {
    return [...new Set([...this.segments.dayNames, ...this.head.dayNames])].sort();
  }

  /** Bytes on disk. */
  get size(): number {
    return this.segments.size + this.tables.size + this.log.size;
  }

  /** Bytes in memory for string tables and cached columns. */
  get memory(): number {
    return this.tables.memory + this.cache.size;
  }

  rowsOfDay(day: string): number {
    return this.segments.rowsOfDay(day) + this.head.rowsOfDay(day);
  }

  /**
   * Adds or replaces crashes; durable and found on return. A run that is not newer than what is there is skipped.
   * @param hashes of the definitions that `rows` were made by
   * @param text the JSON of `rows`, where it is at hand: the log takes it as it is
   */
  index(rows: readonly LoggedRow[], hashes: Hashes, text?: string): Promise<void> {
    return this.writing.run(async () => {
      if (this.head.rows > 0 && !areSame(hashes, this.head.hashes)) await this.flushHead();
      const wanted = this.newerThanIndexed(rows);
      if (wanted.length === 0) return;
      await this.log.appendRows(hashes, wanted.length === rows.length && text !== undefined ? text : wanted);
      await this.applyRows(wanted, hashes);
      if (this.head.rows >= this.options.flushRows) await this.flushHead();
    });
  }

  /** On return the crashes can't be found, and no byte of them is in the folder. */
  async remove(ids: readonly CrashId[]): Promise<void> {
    await this.writing.run(async () => {
      this.files.isErasing = true;
      await this.log.append({ kind: 'remove', ids: [...ids] });
      this.applyRemoval(ids);
    });
    await this.upkeep.scrub();
  }

  /** Writes the head to segments. */
  flush(): Promise<void> {
    return this.writing.run(() => this.flushHead());
  }

  snapshot(isWanted: (source: RowSource) => boolean): IndexSnapshot {
    const held = this.segments.all().filter((segment) => isWanted(segment.snapshot()));
    for (const segment of held) segment.acquire();
    return {
      sources: [...held.map((segment) => segment.snapshot()), ...this.head.snapshots().filter(isWanted)],
      tables: this.tables,
      release: async () => {
        for (const segment of held) await segment.release();
      },
    };
  }

  /** Newest run of each crash; null for one that is not indexed. */
  runsOf(ids: readonly CrashId[]): (number | null)[] {
    return ids.map((id) => this.runOf(id));
  }

  /** All crashes of a day that are indexed. */
  async idsOfDay(day: string): Promise<CrashId[]> {
    const snapshot = this.snapshot((source) => source.day === day);
    try {
      const ids: CrashId[] = [];
      for (const source of snapshot.sources) {
        const column = source.column(ownColumns.id);
        for (let row = 0; row < source.rows; row++) {
          if (column?.kind === 'ids' && source.deleted?.[row] !== 1) ids.push(idFromBytes(column.bytes, row));
        }
      }
      return ids;
    } finally {
      await snapshot.release();
    }
  }

  /** By day, fields that some segment indexed by another definition than `hashes` says. */
  outdated(hashes: Hashes): Map<string, string[]> {
    const outdated = new Map<string, string[]>();
    for (const segment of this.segments.all()) {
      const names = [...hashes].filter(([name, hash]) => segment.hashOf(name) !== hash).map(([name]) => name);
      if (names.length === 0) continue;
      outdated.set(segment.day, [...new Set([...(outdated.get(segment.day) ?? []), ...names])]);
    }
    return outdated;
  }

  /**
   * Indexes fields of one day again, leaving all other columns as they are.
   * @param rows the day's crashes with the values of just these fields
   */
  async refill(day: string, hashes: Hashes, rows: ReadonlyMap<CrashId, LoggedRow>): Promise<void> {
    await this.flush();
    await this.upkeep.refill(day, hashes, rows);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.upkeep.stop();
    await this.flush();
    await this.upkeep.settled();
    await this.writing.run(() => this.log.close());
  }

  private inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.options.onFailure(error));
  }

  private runOf(id: CrashId): number | null {
    const inHead = this.head.find(id);
    if (inHead !== null) return runAt(inHead.source, inHead.row);
    const found = this.segments.find(id);
    return found === null ? null : runAt(found.segment.snapshot(), found.row);
  }

  private newerThanIndexed(rows: readonly LoggedRow[]): LoggedRow[] {
    const newest = new Map<CrashId, LoggedRow>();
    for (const row of rows) if ((newest.get(row.id)?.run ?? -1) < row.run) newest.set(row.id, row);
    const wanted: LoggedRow[] = [];
    for (const row of newest.values()) {
      const run = this.runOf(row.id);
      if (run === null || run < row.run) wanted.push(row);
    }
    return wanted;
  }

  /** Rows that are newer than what is there; what one replaces goes in the same moment as it comes. */
  private async applyRows(rows: readonly LoggedRow[], hashes: Hashes): Promise<void> {
    await this.tables.openFor(rows);
    if (this.head.rows === 0) this.head = new Head(hashes);
    const turns = new Turns();
    for (let start = 0; start < rows.length; start += rowsAtOnce) {
      const some = rows.slice(start, start + rowsAtOnce);
      const ids = some.map(({ id }) => id);
      const replaced = this.segments.locate(ids);
      this.drop(replaced, ids);
      this.head.add(some, this.tables);
      await turns.next();
    }
  }

  private applyRemoval(ids: readonly CrashId[]): void {
    this.drop(this.segments.locate(ids), ids);
  }

  private drop(rows: ReadonlyMap<Segment, number[]>, ids: readonly CrashId[]): void {
    for (const [segment, gone] of rows) segment.delete(gone);
    this.head.delete(ids);
  }

  private async flushHead(): Promise<void> {
    const isChanged = this.log.size > 0 || this.segments.all().some((segment) => segment.isChanged);
    if (this.head.rows === 0 && !isChanged) return;
    const turns = new Turns();
    const added: Segment[] = [];
    for (const source of this.head.snapshots()) {
      const gathered = await gatherRows([source], this.head.hashes, turns);
      added.push(await this.files.addSegment({ day: source.day, ...gathered }));
    }
    const { files } = this;
    const before = files.log;
    const next = await RowLog.open(files.logPath(before + 1), () => Promise.resolve());
    try {
      await files.commit([...this.segments.all(), ...added], this.tables, before + 1);
    } catch (error) {
      // The head and its log stay as they were; files that no catalog names are swept at the next start.
      await next.close();
      throw error;
    }
    for (const segment of added) this.segments.add(segment);
    this.head = new Head(this.head.hashes);
    const old = this.log;
    this.log = next;
    await old.close();
    await rm(files.logPath(before), { force: true });
    this.inBackground(this.upkeep.mergeSoon());
  }
}

function areSame(a: Hashes, b: Hashes): boolean {
  return a.size === b.size && [...a].every(([name, hash]) => b.get(name) === hash);
}

function runAt(source: RowSource, row: number): number {
  const column = source.column(ownColumns.run);
  return column === undefined ? 0 : numberAt(column, row);
}
