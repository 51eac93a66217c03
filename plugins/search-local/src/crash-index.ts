/**
 * One whole index in one folder: string tables, segments by day, the head in memory and its log. Writing is done one
 * batch at a time; queries see a snapshot and never wait for writers.
 *
 * A kill at any moment costs nothing that was acknowledged: batches are logged before they show, and flushes and
 * merges write new files that count only once the catalog names them.
 */
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CrashId } from '@faultline/sdk';
import { crashIdDay } from '@faultline/sdk/crash-id';
import { emptyCatalog, readCatalog, writeCatalog, type Catalog } from './catalog.js';
import { ColumnCache } from './columns/column-cache.js';
import { numberAt, type Column } from './columns/column.js';
import type { Cell } from './columns/growing-columns.js';
import { idFromBytes, idToBytes, type IdLookup } from './columns/ids.js';
import { mergeCandidates } from './merge-policy.js';
import { OneAtATime } from './one-at-a-time.js';
import { Turns } from './query/turns.js';
import { RowLog, type LoggedRow } from './row-log.js';
import { gatherRows } from './segments/gather-rows.js';
import { HeadDay } from './segments/head-day.js';
import { ownColumns, type RowSource } from './segments/row-source.js';
import { writeDurably, writeSegment, type NewSegment } from './segments/segment-file.js';
import { Segment, type SegmentCache } from './segments/segment.js';
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

export class CrashIndex {
  private readonly segments = new Map<string, Segment[]>();
  private head = new Map<string, HeadDay>();
  private headRows = 0;
  private headHashes: ReadonlyMap<string, string> = new Map();
  private readonly writing = new OneAtATime();
  private readonly merging = new OneAtATime();
  private deletionFiles = new Map<string, string>();
  private isClosed = false;
  /** Largest `completed_datetime`; -Infinity when there is none. */
  private newestCompleted = -Infinity;
  private log!: RowLog;

  private constructor(
    private readonly options: CrashIndexOptions,
    private catalog: Catalog,
    readonly tables: StringTables,
    private readonly cache: SegmentCache,
  ) {}

  /** Opens or makes the index. Throws when what is there is damaged or of another format. */
  static async open(options: CrashIndexOptions): Promise<CrashIndex> {
    const { folder } = options;
    await mkdir(join(folder, 'strings'), { recursive: true });
    const catalog = (await readCatalog(join(folder, 'catalog.json'))) ?? emptyCatalog;
    const tables = new StringTables(join(folder, 'strings'), new Map(Object.entries(catalog.tables)));
    const index = new CrashIndex(options, catalog, tables, new ColumnCache<Column | IdLookup>(options.cacheSize));
    await index.openSegments();
    await index.sweep();
    index.log = await RowLog.open(index.logPath(catalog.log), async (record) => {
      if (record.kind === 'remove') await index.applyRemoval(record.ids);
      else await index.applyRows(record.rows, new Map(Object.entries(record.hashes)));
    });
    return index;
  }

  get rows(): number {
    let rows = 0;
    for (const segments of this.segments.values()) for (const { liveRows } of segments) rows += liveRows;
    for (const day of this.head.values()) rows += day.liveRows;
    return rows;
  }

  /** `completed_datetime` of the newest crash that was indexed; null when there is none. */
  get newest(): string | null {
    return this.newestCompleted === -Infinity ? null : new Date(this.newestCompleted).toISOString();
  }

  get days(): string[] {
    return [...new Set([...this.segments.keys(), ...this.head.keys()])].sort();
  }

  /** Bytes on disk. */
  get size(): number {
    const { tables } = this.catalog;
    const strings = Object.values(tables).reduce((sum, { bytes }) => sum + bytes, 0);
    return this.allSegments().reduce((sum, { size }) => sum + size, strings + this.log.size);
  }

  /** Bytes in memory for string tables and cached columns. */
  get memory(): number {
    return this.tables.memory + this.cache.size;
  }

  rowsOfDay(day: string): number {
    const stored = (this.segments.get(day) ?? []).reduce((sum, { liveRows }) => sum + liveRows, 0);
    return stored + (this.head.get(day)?.liveRows ?? 0);
  }

  /**
   * Adds or replaces crashes; durable and found on return. A run that is not newer than what is there is skipped.
   * @param hashes of the definitions that `rows` were made by
   */
  index(rows: readonly LoggedRow[], hashes: ReadonlyMap<string, string>): Promise<void> {
    return this.writing.run(async () => {
      if (this.headRows > 0 && !sameHashes(hashes, this.headHashes)) await this.flushHead();
      const wanted = await this.newerThanIndexed(rows);
      if (wanted.length === 0) return;
      await this.log.append({ kind: 'index', hashes: Object.fromEntries(hashes), rows: wanted });
      await this.applyRows(wanted, hashes);
      if (this.headRows >= this.options.flushRows) await this.flushHead();
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
    const heads = [...this.head.values()].map((day) => day.snapshot()).filter(({ rows }) => rows > 0);
    return {
      sources: [...held.map((segment) => segment.snapshot()), ...heads.filter(isWanted)],
      tables: this.tables,
      release: async () => {
        for (const segment of held) await segment.release();
      },
    };
  }

  /** Run and time of completion of a crash that is indexed; null when it is not. */
  async find(id: CrashId): Promise<{ run: number; completed: number } | null> {
    const day = crashIdDay(id);
    const headDay = this.head.get(day);
    const row = headDay?.rowOf(id);
    if (headDay !== undefined && row !== undefined) return runAt(headDay.snapshot(), row);
    const bytes = idToBytes(id);
    for (const segment of this.segments.get(day) ?? []) {
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

  /** Segments of a day where a field was indexed by another definition than `hashes` says. */
  outdated(hashes: ReadonlyMap<string, string>): Map<string, string[]> {
    const outdated = new Map<string, string[]>();
    for (const segment of this.allSegments()) {
      const names = [...hashes].filter(([name, hash]) => segment.hashOf(name) !== hash).map(([name]) => name);
      if (names.length === 0) continue;
      outdated.set(segment.day, [...new Set([...(outdated.get(segment.day) ?? []), ...names])]);
    }
    return outdated;
  }

  /**
   * Fills fields of one day in again, leaving all other columns as they are.
   * @param rows the day's crashes with the values of just these fields
   */
  async refill(day: string, hashes: ReadonlyMap<string, string>, rows: ReadonlyMap<CrashId, LoggedRow>): Promise<void> {
    await this.writing.run(() => this.flushHead());
    await this.merging.run(async () => {
      for (const segment of [...(this.segments.get(day) ?? [])]) {
        const refilled = await this.refilled(segment, hashes, rows);
        await this.writing.run(() => this.replaceSegments([segment], refilled, null));
      }
    });
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.writing.run(() => this.flushHead());
    await this.merging.run(() => Promise.resolve());
    await this.writing.run(() => this.log.close());
  }

  /** Proves that the index can write. */
  async checkHealth(): Promise<void> {
    const probe = join(this.options.folder, 'probe');
    await writeDurably(probe, [Buffer.from('probe')]);
    await rm(probe);
  }

  private allSegments(): Segment[] {
    return [...this.segments.values()].flat();
  }

  private logPath(number: number): string {
    return join(this.options.folder, `${number}.log`);
  }

  private segmentPath(name: string): string {
    return join(this.options.folder, `${name}.seg`);
  }

  private async openSegments(): Promise<void> {
    for (const { name, size, deletions } of this.catalog.segments) {
      const segment = await Segment.open({ name, path: this.segmentPath(name), size }, this.cache);
      if (deletions !== null) {
        const bytes = await readFile(join(this.options.folder, deletions));
        segment.delete([...new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))]);
        segment.isChanged = false;
        this.deletionFiles.set(name, deletions);
      }
      this.addSegment(segment);
    }
  }

  /** Removes files that the catalog does not name: a flush or merge that was cut short. */
  private async sweep(): Promise<void> {
    const { folder } = this.options;
    const named = new Set([`${this.catalog.log}.log`, 'catalog.json']);
    for (const { name, deletions } of this.catalog.segments) {
      named.add(`${name}.seg`);
      if (deletions !== null) named.add(deletions);
    }
    for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
      const path = join(entry.parentPath, entry.name);
      const name = path.slice(folder.length + 1);
      if (entry.isFile() && !name.startsWith('strings/') && !named.has(name)) await rm(path, { force: true });
    }
  }

  private addSegment(segment: Segment): void {
    this.newestCompleted = Math.max(this.newestCompleted, segment.extentOf(ownColumns.completed)?.high ?? -Infinity);
    const day = this.segments.get(segment.day) ?? [];
    day.push(segment);
    this.segments.set(segment.day, day);
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
  private async applyRows(rows: readonly LoggedRow[], hashes: ReadonlyMap<string, string>): Promise<void> {
    const fields = new Set(rows.flatMap(({ values }) => Object.keys(values).filter((id) => !isNumber(values[id]))));
    for (const field of fields) await this.tables.table(field);
    const replaced = await this.locate(rows.map(({ id }) => id));
    this.headHashes = hashes;
    this.drop(
      replaced,
      rows.map(({ id }) => id),
    );
    for (const row of rows) {
      const { id, run, values } = row;
      const cells = Object.entries(values).map(([name, value]): [string, Cell] => [name, this.cellOf(name, value)]);
      this.headOf(crashIdDay(id)).add({ id, run, completed: row.completed ?? NaN, cells });
      this.newestCompleted = Math.max(this.newestCompleted, row.completed ?? -Infinity);
    }
    this.headRows += rows.length;
  }

  private cellOf(field: string, value: string | number | string[]): Cell {
    if (typeof value === 'number') return { number: value };
    const table = this.tables.ready(field);
    return typeof value === 'string' ? { code: table.intern(value) } : { codes: value.map((one) => table.intern(one)) };
  }

  private headOf(day: string): HeadDay {
    const known = this.head.get(day);
    if (known !== undefined) return known;
    const made = new HeadDay(day, this.headHashes);
    this.head.set(day, made);
    return made;
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
    for (const [day, headDay] of this.head) headDay.delete(ids.filter((id) => crashIdDay(id) === day));
  }

  private async flushHead(): Promise<void> {
    if (this.headRows === 0 && !this.allSegments().some(({ isChanged }) => isChanged)) return;
    const turns = new Turns();
    const files: { name: string; size: number }[] = [];
    for (const day of this.head.values()) {
      if (day.liveRows === 0) continue;
      const gathered = await gatherRows([day.snapshot()], this.headHashes, turns);
      files.push(await this.writeFile(day.day, gathered));
    }
    const added: Segment[] = [];
    for (const file of files) added.push(await this.openFile(file));
    const log = this.catalog.log + 1;
    const next = await RowLog.open(this.logPath(log), () => Promise.resolve());
    try {
      await this.commit({ added, removed: [], log });
    } catch (error) {
      // The head and its log stay as they were; files that no catalog names are swept at the next start.
      await next.close();
      throw error;
    }
    for (const segment of added) this.addSegment(segment);
    this.head = new Map();
    this.headRows = 0;
    const old = this.log;
    this.log = next;
    await old.close();
    await rm(this.logPath(log - 1), { force: true });
    this.mergeSoon();
  }

  private async writeFile(day: string, segment: Omit<NewSegment, 'day'>): Promise<{ name: string; size: number }> {
    const name = `${day}/${this.catalog.nextFile}`;
    this.catalog = { ...this.catalog, nextFile: this.catalog.nextFile + 1 };
    await mkdir(join(this.options.folder, day), { recursive: true });
    return { name, size: await writeSegment(this.segmentPath(name), { ...segment, day }) };
  }

  private openFile(file: { name: string; size: number }): Promise<Segment> {
    return Segment.open({ ...file, path: this.segmentPath(file.name) }, this.cache);
  }

  /** Makes a new catalog durable: new strings first, then the rows that are gone, then the catalog itself. */
  private async commit(change: { added: Segment[]; removed: Segment[]; log: number }): Promise<void> {
    const tables = Object.fromEntries(await this.tables.save());
    const segments = [...this.allSegments().filter((one) => !change.removed.includes(one)), ...change.added];
    const before = this.deletionFiles;
    const after = new Map<string, string>();
    for (const segment of segments) {
      const file = segment.isChanged ? await this.writeDeletions(segment) : before.get(segment.name);
      if (file !== undefined) after.set(segment.name, file);
    }
    const catalog: Catalog = {
      ...this.catalog,
      log: change.log,
      tables,
      segments: segments.map((segment) => ({
        name: segment.name,
        size: segment.size,
        rows: segment.rows,
        deletions: after.get(segment.name) ?? null,
        deletedRows: segment.rows - segment.liveRows,
      })),
    };
    await writeCatalog(join(this.options.folder, 'catalog.json'), catalog);
    this.catalog = { ...catalog, nextFile: Math.max(catalog.nextFile, this.catalog.nextFile) };
    this.deletionFiles = after;
    for (const segment of segments) segment.isChanged = false;
    const kept = new Set(after.values());
    for (const file of before.values()) {
      if (!kept.has(file)) await rm(join(this.options.folder, file), { force: true });
    }
  }

  private async writeDeletions(segment: Segment): Promise<string> {
    const rows: number[] = [];
    segment.deleted?.forEach((flag, row) => {
      if (flag === 1) rows.push(row);
    });
    const name = `${segment.name}.${this.catalog.nextFile}.gone`;
    this.catalog = { ...this.catalog, nextFile: this.catalog.nextFile + 1 };
    await writeDurably(join(this.options.folder, name), [Buffer.from(Uint32Array.from(rows).buffer)]);
    return name;
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
    const [first] = chosen;
    if (first === undefined) return;
    const hashes = this.hashesOf(chosen);
    const snapshots = chosen.map((segment) => segment.snapshot());
    const gathered = await gatherRows(snapshots, hashes, new Turns());
    const file = gathered.rows === 0 ? null : await this.writeFile(first.day, gathered);
    const merged = file === null ? null : await this.openFile(file);
    await this.writing.run(() => this.replaceSegments(chosen, merged, gathered.places));
  }

  private hashesOf(segments: readonly Segment[]): Map<string, string> {
    const hashes = new Map<string, string>();
    for (const segment of segments) {
      for (const name of segment.fields) hashes.set(name, segment.hashOf(name) ?? '');
    }
    return hashes;
  }

  /** @param places new rows of the old ones, by segment; null when the rows stayed where they were */
  private async replaceSegments(old: Segment[], merged: Segment | null, places: Int32Array[] | null): Promise<void> {
    const gone: number[] = [];
    for (const [index, segment] of old.entries()) {
      segment.deleted?.forEach((flag, row) => {
        const place = places === null ? row : (places[index]?.[row] ?? -1);
        if (flag === 1 && place >= 0) gone.push(place);
      });
    }
    if (gone.length > 0) merged?.delete(gone);
    await this.commit({ added: merged === null ? [] : [merged], removed: old, log: this.catalog.log });
    const [day] = old.map((segment) => segment.day);
    if (day === undefined) return;
    const rest = (this.segments.get(day) ?? []).filter((segment) => !old.includes(segment));
    this.segments.set(day, merged === null ? rest : [...rest, merged]);
    if (merged === null && rest.length === 0) this.segments.delete(day);
    for (const segment of old) await segment.retire();
  }

  private async refilled(
    segment: Segment,
    hashes: ReadonlyMap<string, string>,
    rows: ReadonlyMap<CrashId, LoggedRow>,
  ): Promise<Segment> {
    const columns = await segment.load(segment.names);
    const fresh = new HeadDay(segment.day, hashes);
    const ids = columns.get(ownColumns.id);
    for (const row of rows.values()) {
      for (const [name, value] of Object.entries(row.values)) if (!isNumber(value)) await this.tables.table(name);
    }
    for (let row = 0; row < segment.rows; row++) {
      const id = ids?.kind === 'ids' ? idFromBytes(ids.bytes, row) : '';
      const values = Object.entries(rows.get(id)?.values ?? {}).filter(([name]) => hashes.has(name));
      const cells = values.map(([name, value]): [string, Cell] => [name, this.cellOf(name, value)]);
      fresh.add({ id, run: 0, completed: NaN, cells });
    }
    const all = new Map(segment.fields.map((name): [string, string] => [name, segment.hashOf(name) ?? '']));
    const snapshot = fresh.snapshot();
    for (const [name, hash] of hashes) {
      all.set(name, hash);
      columns.delete(name);
      const column = (await snapshot.load([name])).get(name);
      if (column !== undefined) columns.set(name, column);
    }
    return this.openFile(await this.writeFile(segment.day, { rows: segment.rows, hashes: all, columns }));
  }
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}

function sameHashes(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
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
