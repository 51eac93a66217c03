/**
 * One whole index in one folder: string tables, segments by day, the head in memory and its log. Writing is done one
 * batch at a time; queries see a snapshot and never wait for writers.
 *
 * A kill at any moment costs nothing that was acknowledged: batches are logged before they show, and flushes and
 * merges write new files that count only once the catalog names them.
 */
import { rm } from 'node:fs/promises';
import type { CrashId } from '@faultline/sdk';
import { crashIdDay } from '@faultline/sdk/crash-id';
import { ColumnCache } from './columns/column-cache.js';
import { numberAt, type Column } from './columns/column.js';
import { idFromBytes, idToBytes, type IdLookup } from './columns/ids.js';
import { Head } from './head.js';
import { IndexFiles } from './index-files.js';
import { mergeCandidates } from './merge-policy.js';
import { OneAtATime } from './one-at-a-time.js';
import { Turns } from './query/turns.js';
import { refilledSegment } from './refill-segment.js';
import { RowLog, type LoggedRow } from './row-log.js';
import { gatherRows } from './segments/gather-rows.js';
import { ownColumns, type RowSource } from './segments/row-source.js';
import type { Segment, SegmentCache } from './segments/segment.js';
import { StringTables } from './strings/string-tables.js';

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

export class CrashIndex {
  private readonly segments = new Map<string, Segment[]>();
  private head = new Head(new Map());
  private readonly writing = new OneAtATime();
  private readonly merging = new OneAtATime();
  private readonly tables: StringTables;
  private isClosed = false;
  /** Largest `completed_datetime`; -Infinity when there is none. */
  private newestCompleted = -Infinity;
  private log!: RowLog;

  private constructor(
    private readonly options: CrashIndexOptions,
    private readonly files: IndexFiles,
    private readonly cache: SegmentCache,
  ) {
    this.tables = new StringTables(files.stringsFolder, files.tables);
  }

  /** Opens or makes the index. Throws when what is there is damaged or of another format. */
  static async open(options: CrashIndexOptions): Promise<CrashIndex> {
    const cache = new ColumnCache<Column | IdLookup>(options.cacheSize);
    const files = await IndexFiles.open(options.folder, cache);
    const index = new CrashIndex(options, files, cache);
    for (const segment of await files.openSegments()) index.show(segment);
    await files.sweep();
    index.log = await RowLog.open(files.logPath(files.log), async (record) => {
      if (record.kind === 'remove') await index.applyRemoval(record.ids);
      else await index.applyRows(record.rows, new Map(Object.entries(record.hashes)));
    });
    return index;
  }

  get rows(): number {
    return this.allSegments().reduce((sum, { liveRows }) => sum + liveRows, this.head.liveRows);
  }

  /** `completed_datetime` of the newest crash that was indexed; null when there is none. */
  get newest(): string | null {
    return this.newestCompleted === -Infinity ? null : new Date(this.newestCompleted).toISOString();
  }

  get days(): string[] {
    return [...new Set([...this.segments.keys(), ...this.head.dayNames])].sort();
  }

  /** Bytes on disk. */
  get size(): number {
    const strings = [...this.files.tables.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    return this.allSegments().reduce((sum, { size }) => sum + size, strings + this.log.size);
  }

  /** Bytes in memory for string tables and cached columns. */
  get memory(): number {
    return this.tables.memory + this.cache.size;
  }

  rowsOfDay(day: string): number {
    const segments = this.segments.get(day) ?? [];
    return segments.reduce((sum, { liveRows }) => sum + liveRows, this.head.rowsOfDay(day));
  }

  /**
   * Adds or replaces crashes; durable and found on return. A run that is not newer than what is there is skipped.
   * @param hashes of the definitions that `rows` were made by
   */
  index(rows: readonly LoggedRow[], hashes: Hashes): Promise<void> {
    return this.writing.run(async () => {
      if (this.head.rows > 0 && !areSame(hashes, this.head.hashes)) await this.flushHead();
      const wanted = await this.newerThanIndexed(rows);
      if (wanted.length === 0) return;
      await this.log.append({ kind: 'index', hashes: Object.fromEntries(hashes), rows: wanted });
      await this.applyRows(wanted, hashes);
      if (this.head.rows >= this.options.flushRows) await this.flushHead();
    });
  }

  remove(ids: readonly CrashId[]): Promise<void> {
    return this.writing.run(async () => {
      await this.log.append({ kind: 'remove', ids: [...ids] });
      await this.applyRemoval(ids);
    });
  }

  /** Writes the head to segments. */
  flush(): Promise<void> {
    return this.writing.run(() => this.flushHead());
  }

  snapshot(isWanted: (source: RowSource) => boolean): IndexSnapshot {
    const held = this.allSegments().filter((segment) => isWanted(segment.snapshot()));
    for (const segment of held) segment.acquire();
    return {
      sources: [...held.map((segment) => segment.snapshot()), ...this.head.snapshots().filter(isWanted)],
      tables: this.tables,
      release: async () => {
        for (const segment of held) await segment.release();
      },
    };
  }

  /** Run and time of completion of a crash that is indexed; null when it is not. */
  async find(id: CrashId): Promise<{ run: number; completed: number } | null> {
    const inHead = this.head.find(id);
    if (inHead !== null) return runAt(inHead.source, inHead.row);
    const bytes = idToBytes(id);
    for (const segment of this.segments.get(crashIdDay(id)) ?? []) {
      const row = await segment.rowOf(bytes);
      if (row >= 0) return runAt(segment, row);
    }
    return null;
  }

  /** All crashes of a day that are indexed. */
  async idsOfDay(day: string): Promise<CrashId[]> {
    const snapshot = this.snapshot((source) => source.day === day);
    try {
      const ids: CrashId[] = [];
      for (const source of snapshot.sources) {
        const column = (await source.load([ownColumns.id])).get(ownColumns.id);
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
    for (const segment of this.allSegments()) {
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
    await this.merging.run(async () => {
      for (const segment of [...(this.segments.get(day) ?? [])]) {
        const refilled = await this.files.addSegment(await refilledSegment(segment, hashes, rows, this.tables));
        await this.writing.run(() => this.replaceSegments([segment], refilled, null));
      }
    });
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.flush();
    await this.merging.run(() => Promise.resolve());
    await this.writing.run(() => this.log.close());
  }

  /** Proves that the index can write. */
  checkHealth(): Promise<void> {
    return this.files.probe();
  }

  private allSegments(): Segment[] {
    return [...this.segments.values()].flat();
  }

  private show(segment: Segment): void {
    this.newestCompleted = Math.max(this.newestCompleted, segment.extentOf(ownColumns.completed)?.high ?? -Infinity);
    this.segments.set(segment.day, [...(this.segments.get(segment.day) ?? []), segment]);
  }

  private async newerThanIndexed(rows: readonly LoggedRow[]): Promise<LoggedRow[]> {
    const newest = new Map<CrashId, LoggedRow>();
    for (const row of rows) if ((newest.get(row.id)?.run ?? -1) < row.run) newest.set(row.id, row);
    const wanted: LoggedRow[] = [];
    for (const row of newest.values()) {
      const indexed = await this.find(row.id);
      if (indexed === null || indexed.run < row.run) wanted.push(row);
    }
    return wanted;
  }

  /** Rows that are newer than what is there; what they replace goes in the same moment as they come. */
  private async applyRows(rows: readonly LoggedRow[], hashes: Hashes): Promise<void> {
    await this.tables.openFor(rows);
    const ids = rows.map(({ id }) => id);
    const replaced = await this.locate(ids);
    if (this.head.rows === 0) this.head = new Head(hashes);
    this.drop(replaced, ids);
    this.head.add(rows, this.tables);
    for (const { completed } of rows) this.newestCompleted = Math.max(this.newestCompleted, completed ?? -Infinity);
  }

  private async applyRemoval(ids: readonly CrashId[]): Promise<void> {
    this.drop(await this.locate(ids), ids);
  }

  private async locate(ids: readonly CrashId[]): Promise<Map<Segment, number[]>> {
    const found = new Map<Segment, number[]>();
    for (const id of ids) {
      const bytes = idToBytes(id);
      for (const segment of this.segments.get(crashIdDay(id)) ?? []) {
        const row = await segment.rowOf(bytes);
        if (row < 0) continue;
        const rows = found.get(segment) ?? [];
        rows.push(row);
        found.set(segment, rows);
      }
    }
    return found;
  }

  private drop(rows: ReadonlyMap<Segment, number[]>, ids: readonly CrashId[]): void {
    for (const [segment, gone] of rows) segment.delete(gone);
    this.head.delete(ids);
  }

  private async flushHead(): Promise<void> {
    if (this.head.rows === 0 && !this.allSegments().some(({ isChanged }) => isChanged)) return;
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
      await files.commit([...this.allSegments(), ...added], this.tables, before + 1);
    } catch (error) {
      // The head and its log stay as they were; files that no catalog names are swept at the next start.
      await next.close();
      throw error;
    }
    for (const segment of added) this.show(segment);
    this.head = new Head(this.head.hashes);
    const old = this.log;
    this.log = next;
    await old.close();
    await rm(files.logPath(before), { force: true });
    this.mergeSoon();
  }

  private mergeSoon(): void {
    this.merging
      .run(async () => {
        while (!this.isClosed) {
          const chosen = mergeCandidates(this.segments.values());
          if (chosen === null) return;
          await this.merge(chosen);
        }
      })
      .catch((error: unknown) => this.options.onFailure(error));
  }

  private async merge(chosen: Segment[]): Promise<void> {
    const hashes = new Map<string, string>();
    for (const segment of chosen) {
      for (const name of segment.fields) hashes.set(name, segment.hashOf(name) ?? '');
    }
    const sources = chosen.map((segment) => segment.snapshot());
    const gathered = await gatherRows(sources, hashes, new Turns());
    const [day = ''] = sources.map((source) => source.day);
    const merged = gathered.rows === 0 ? null : await this.files.addSegment({ day, ...gathered });
    await this.writing.run(() => this.replaceSegments(chosen, merged, gathered.places));
  }

  /**
   * Rows that went while the new segment was made go from it too.
   * @param places new rows of the old ones, by segment; null when the rows stayed where they were
   */
  private async replaceSegments(old: Segment[], merged: Segment | null, places: Int32Array[] | null): Promise<void> {
    const gone: number[] = [];
    for (const [index, segment] of old.entries()) {
      segment.deleted?.forEach((flag, row) => {
        const place = places === null ? row : (places[index]?.[row] ?? -1);
        if (flag === 1 && place >= 0) gone.push(place);
      });
    }
    if (gone.length > 0) merged?.delete(gone);
    const rest = this.allSegments().filter((segment) => !old.includes(segment));
    await this.files.commit(merged === null ? rest : [...rest, merged], this.tables, this.files.log);
    this.segments.clear();
    for (const segment of merged === null ? rest : [...rest, merged]) this.show(segment);
    for (const segment of old) await segment.retire();
  }
}

function areSame(a: Hashes, b: Hashes): boolean {
  return a.size === b.size && [...a].every(([name, hash]) => b.get(name) === hash);
}

async function runAt(source: Pick<RowSource, 'load'>, row: number): Promise<{ run: number; completed: number }> {
  const columns = await source.load([ownColumns.run, ownColumns.completed]);
  const run = columns.get(ownColumns.run);
  const completed = columns.get(ownColumns.completed);
  return {
    run: run === undefined ? 0 : numberAt(run, row),
    completed: completed === undefined ? NaN : numberAt(completed, row),
  };
}
