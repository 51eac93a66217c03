/** The files of an index and the catalog that says which of them count. */
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyCatalog, readCatalog, writeCatalog, type Catalog } from './catalog.js';
import { writeDurably, writeSegment, type NewSegment } from './segments/segment-file.js';
import { Segment, type SegmentCache } from './segments/segment.js';
import type { StringTables, TableRecord } from './strings/string-tables.js';

export class IndexFiles {
  /** By segment, the file that says which of its rows are gone. */
  private deletionFiles = new Map<string, string>();
  private nextFile: number;
  /** Written with the next commit: bytes of crashes that are gone may still be in some file. */
  isErasing: boolean;

  private constructor(
    readonly folder: string,
    private catalog: Catalog,
    private readonly cache: SegmentCache,
  ) {
    this.nextFile = catalog.nextFile;
    this.isErasing = catalog.isErasing;
  }

  /** Throws when the catalog is damaged or of another format. */
  static async open(folder: string, cache: SegmentCache): Promise<IndexFiles> {
    await mkdir(join(folder, 'strings'), { recursive: true });
    return new IndexFiles(folder, (await readCatalog(join(folder, 'catalog.json'))) ?? emptyCatalog, cache);
  }

  /** Number of the log whose rows are in no segment. */
  get log(): number {
    return this.catalog.log;
  }

  get tables(): Map<string, TableRecord> {
    return new Map(Object.entries(this.catalog.tables));
  }

  get stringsFolder(): string {
    return join(this.folder, 'strings');
  }

  logPath(number: number): string {
    return join(this.folder, `${number}.log`);
  }

  /** The catalog's segments. Throws `Internal SEARCH_SEGMENT_DAMAGED`. */
  async openSegments(): Promise<Segment[]> {
    const segments: Segment[] = [];
    for (const { name, size, deletions } of this.catalog.segments) {
      const segment = Segment.open({ name, path: this.segmentPath(name), size }, this.cache);
      if (deletions !== null) {
        const bytes = await readFile(join(this.folder, deletions));
        segment.delete([...new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))]);
        segment.isChanged = false;
        this.deletionFiles.set(name, deletions);
      }
      segments.push(segment);
    }
    return segments;
  }

  /** Removes files that the catalog does not name: a flush or merge that was cut short. */
  async sweep(): Promise<void> {
    const named = new Set([`${this.catalog.log}.log`, 'catalog.json']);
    for (const { name, deletions } of this.catalog.segments) {
      named.add(`${name}.seg`);
      if (deletions !== null) named.add(deletions);
    }
    for (const { file } of Object.values(this.catalog.tables)) named.add(`strings/${file}`);
    for (const entry of await readdir(this.folder, { withFileTypes: true, recursive: true })) {
      const path = join(entry.parentPath, entry.name);
      const name = path.slice(this.folder.length + 1);
      if (entry.isFile() && !named.has(name)) await rm(path, { force: true });
    }
  }

  /** Writes a segment that counts once it is committed. */
  async addSegment(segment: NewSegment): Promise<Segment> {
    const name = `${segment.day}/${this.nextFile++}`;
    await mkdir(join(this.folder, segment.day), { recursive: true });
    const path = this.segmentPath(name);
    const size = await writeSegment(path, segment);
    return Segment.open({ name, path, size }, this.cache);
  }

  /**
   * From now on the index is these segments and this log. New strings become durable first, then the rows that are
   * gone, then the catalog itself.
   */
  async commit(segments: readonly Segment[], strings: StringTables, log: number): Promise<void> {
    const tables = Object.fromEntries(await strings.save());
    const before = this.deletionFiles;
    const after = new Map<string, string>();
    for (const segment of segments) {
      const file = segment.isChanged ? await this.writeDeletions(segment) : before.get(segment.name);
      if (file !== undefined) after.set(segment.name, file);
    }
    const catalog: Catalog = {
      ...this.catalog,
      nextFile: this.nextFile,
      log,
      tables,
      isErasing: this.isErasing,
      segments: segments.map((segment) => ({
        name: segment.name,
        size: segment.size,
        rows: segment.rows,
        deletions: after.get(segment.name) ?? null,
        deletedRows: segment.rows - segment.liveRows,
      })),
    };
    await writeCatalog(join(this.folder, 'catalog.json'), catalog);
    this.catalog = catalog;
    this.deletionFiles = after;
    for (const segment of segments) segment.isChanged = false;
    const kept = new Set(after.values());
    for (const file of before.values()) if (!kept.has(file)) await rm(join(this.folder, file), { force: true });
  }

  private segmentPath(name: string): string {
    return join(this.folder, `${name}.seg`);
  }

  private async writeDeletions(segment: Segment): Promise<string> {
    const rows: number[] = [];
    segment.deleted?.forEach((flag, row) => {
      if (flag === 1) rows.push(row);
    });
    const name = `${segment.name}.${this.nextFile++}.gone`;
    await writeDurably(join(this.folder, name), [Buffer.from(Uint32Array.from(rows).buffer)]);
    return name;
  }
}
