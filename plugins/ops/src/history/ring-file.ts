/**
 * Values over time in one file of bounded size. Each series has a block: for each level (10 seconds, a minute ...) a
 * ring of 4-byte floats, NaN where nothing was recorded. A slot's place follows from its time, so nothing is ever
 * moved; what a server that was off skipped is filled with NaN when it comes back.
 *
 *     0      "FLRING01", then for each level its step, its rows and its newest slot (three doubles)
 *     4096   names, 128 bytes each
 *     then   blocks
 *
 * One process writes; others of the folder read. Nothing is synced: a power cut may cost some minutes of history.
 */
import { open, type FileHandle } from 'node:fs/promises';
import type { Milliseconds } from '@faultline/sdk';
import { systemErrorCode } from '@faultline/sdk/errors';

export interface RingLevel {
  step: Milliseconds;
  /** Slots that are kept. */
  rows: number;
}

const magic = 'FLRING01';
const headerSize = 4096;
const nameSize = 128;
const valueSize = 4;
const none = -1;

export interface RingOptions {
  levels: readonly RingLevel[];
  mostSeries: number;
  /** The one process that writes; a reader finds nothing where the file is not there yet. */
  mayWrite: boolean;
}

export class RingFile {
  private readonly places = new Map<string, number>();

  private constructor(
    private readonly file: FileHandle,
    private readonly options: RingOptions,
    private readonly newest: number[],
  ) {}

  /** Null for a reader whose file is not there, or is of another shape; a writer makes it anew then. */
  static async open(path: string, options: RingOptions): Promise<RingFile | null> {
    const file = await open(path, options.mayWrite ? 'a+' : 'r').catch((error: unknown) => {
      if (systemErrorCode(error) === 'ENOENT' && !options.mayWrite) return null;
      throw error;
    });
    if (file === null) return null;
    await file.close();
    const handle = await open(path, options.mayWrite ? 'r+' : 'r');
    const newest = await readHeader(handle, options);
    const ring = new RingFile(handle, options, newest ?? options.levels.map(() => none));
    if (newest === null) {
      if (!options.mayWrite) {
        await handle.close();
        return null;
      }
      await handle.truncate(0);
      await ring.writeHeader();
    }
    await ring.readNames();
    return ring;
  }

  /** Most bytes that such a file takes. */
  static sizeOf({ levels, mostSeries }: Pick<RingOptions, 'levels' | 'mostSeries'>): number {
    return headerSize + mostSeries * (nameSize + blockSize(levels));
  }

  names(): string[] {
    return [...this.places.keys()];
  }

  /** The newest slot of a level; -1 when it has none. */
  newestSlot(level: number): number {
    return this.newest[level] ?? none;
  }

  /**
   * Records the values of one slot. A series beyond the most there may be is left out. A slot before the newest one (a
   * clock that was set back) makes what lies after it unrecorded.
   */
  async write(level: number, slot: number, values: ReadonlyMap<string, number>): Promise<void> {
    const { rows } = this.level(level);
    const newest = this.newest[level] ?? none;
    for (const name of values.keys()) await this.addSeries(name);
    const empty = newest === none ? 0 : Math.min(rows, slot > newest ? slot - newest - 1 : newest - slot);
    const emptyFrom = slot > newest ? slot - empty : slot + 1;
    for (const [name, place] of this.places) {
      if (empty > 0) await this.fillEmpty(place, level, emptyFrom, empty);
      await this.writeValues(place, level, slot % rows, Float32Array.of(values.get(name) ?? NaN));
    }
    this.newest[level] = slot;
    await this.writeHeader();
  }

  /** Values of slots `from` to `to`, both included; NaN where nothing was recorded. At most `rows` slots. */
  async read(name: string, level: number, from: number, to: number): Promise<Float32Array> {
    const { rows } = this.level(level);
    const values = new Float32Array(Math.max(0, to - from + 1)).fill(NaN);
    const place = this.places.get(name);
    const newest = this.newest[level] ?? none;
    if (place === undefined || newest === none) return values;
    const first = Math.max(from, newest - rows + 1, 0);
    const last = Math.min(to, newest);
    for (let slot = first; slot <= last;) {
      const count = Math.min(last - slot + 1, rows - (slot % rows));
      const bytes = Buffer.alloc(count * valueSize);
      const { bytesRead } = await this.file.read(bytes, 0, bytes.length, this.position(place, level, slot % rows));
      for (let i = 0; i < Math.floor(bytesRead / valueSize); i++) values[slot - from + i] = bytes.readFloatLE(i * 4);
      slot += count;
    }
    return values;
  }

  /** For a reader: what the writer has added since. */
  async refresh(): Promise<void> {
    const newest = await readHeader(this.file, this.options);
    if (newest !== null) this.newest.splice(0, newest.length, ...newest);
    await this.readNames();
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private async addSeries(name: string): Promise<void> {
    const bytes = Buffer.alloc(nameSize);
    if (this.places.has(name) || this.places.size >= this.options.mostSeries) return;
    if (bytes.write(name) < Buffer.byteLength(name)) return;
    const place = this.places.size;
    // Values first: a name whose block is not there would read as zeros.
    for (const [level, { rows }] of this.options.levels.entries()) {
      await this.writeValues(place, level, 0, new Float32Array(rows).fill(NaN));
    }
    await this.file.write(bytes, 0, nameSize, headerSize + place * nameSize);
    this.places.set(name, place);
  }

  private async fillEmpty(place: number, level: number, slot: number, count: number): Promise<void> {
    const { rows } = this.level(level);
    for (let done = 0; done < count;) {
      const row = (slot + done) % rows;
      const part = Math.min(count - done, rows - row);
      await this.writeValues(place, level, row, new Float32Array(part).fill(NaN));
      done += part;
    }
  }

  private async writeValues(place: number, level: number, row: number, values: Float32Array): Promise<void> {
    const bytes = Buffer.alloc(values.length * valueSize);
    for (const [index, value] of values.entries()) bytes.writeFloatLE(value, index * valueSize);
    await this.file.write(bytes, 0, bytes.length, this.position(place, level, row));
  }

  private position(place: number, level: number, row: number): number {
    const { levels, mostSeries } = this.options;
    const blocks = headerSize + mostSeries * nameSize + place * blockSize(levels);
    return blocks + blockSize(levels.slice(0, level)) + row * valueSize;
  }

  private level(level: number): RingLevel {
    const found = this.options.levels[level];
    if (found === undefined) throw new RangeError(`the ring has no level ${level}`);
    return found;
  }

  private async writeHeader(): Promise<void> {
    const bytes = Buffer.alloc(headerSize);
    bytes.write(magic);
    for (const [index, { step, rows }] of this.options.levels.entries()) {
      for (const [part, value] of [step, rows, this.newest[index] ?? none].entries()) {
        bytes.writeDoubleLE(value, 8 + (index * 3 + part) * 8);
      }
    }
    // Only what changes: the rest of the header was never anything but zeros.
    const used = 8 + this.options.levels.length * 24;
    await this.file.write(bytes, 0, used, 0);
  }

  private async readNames(): Promise<void> {
    const bytes = Buffer.alloc(this.options.mostSeries * nameSize);
    const { bytesRead } = await this.file.read(bytes, 0, bytes.length, headerSize);
    this.places.clear();
    for (let place = 0; (place + 1) * nameSize <= bytesRead; place++) {
      const name = bytes.toString('utf8', place * nameSize, (place + 1) * nameSize).replace(/\0.*$/s, '');
      if (name === '') break;
      this.places.set(name, place);
    }
  }
}

function blockSize(levels: readonly RingLevel[]): number {
  return levels.reduce((sum, { rows }) => sum + rows * valueSize, 0);
}

/** The newest slot of each level; null when the file is none of this shape. */
async function readHeader(file: FileHandle, { levels }: RingOptions): Promise<number[] | null> {
  const bytes = Buffer.alloc(8 + levels.length * 24);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
  if (bytesRead < bytes.length || bytes.toString('latin1', 0, 8) !== magic) return null;
  const value = (index: number, part: number) => bytes.readDoubleLE(8 + (index * 3 + part) * 8);
  if (levels.some(({ step, rows }, index) => value(index, 0) !== step || value(index, 1) !== rows)) return null;
  const newest = levels.map((_, index) => value(index, 2));
  return newest.every((slot) => Number.isSafeInteger(slot) && slot >= none) ? newest : null;
}
