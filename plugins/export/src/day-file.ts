/**
 * One day's lines. New ones are appended and synced; a crash that comes again is appended, too, and its older line taken
 * out later, when it is quiet: until then the last line of an id counts. A line that a kill cut short is cut off at the
 * next write.
 */
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { CrashId } from '@faultline/sdk';
import { systemErrorCode } from '@faultline/sdk/errors';

export class DayFile {
  /** Ids with their number of lines. */
  private lines = new Map<CrashId, number>();
  /** As this process left it; another one may have written since. */
  private size = -1;
  private hasDoubles = false;

  constructor(readonly file: string) {}

  /** True when older lines are to be taken out. */
  get isUntidy(): boolean {
    return this.hasDoubles;
  }

  /** Durable on return. */
  async append(rows: readonly { id: CrashId; line: string }[]): Promise<void> {
    await this.refresh();
    const handle = await open(this.file, 'a', 0o640);
    try {
      await handle.appendFile(rows.map(({ line }) => `${line}\n`).join(''));
      await handle.datasync();
      this.size = (await handle.stat()).size;
    } finally {
      await handle.close();
    }
    for (const { id } of rows) this.add(id);
  }

  /** Takes out all lines of these crashes, and older lines of the others. Durable on return. */
  async rewrite(without: ReadonlySet<CrashId> = new Set()): Promise<void> {
    await this.refresh();
    if (this.size <= 0 || (!this.hasDoubles && ![...without].some((id) => this.lines.has(id)))) return;
    const left = new Map(this.lines);
    const temporary = `${this.file}.${process.pid}.tmp`;
    const handle = await open(temporary, 'w', 0o640);
    try {
      let kept = '';
      for await (const { id, text } of linesOf(this.file)) {
        const rest = (left.get(id) ?? 1) - 1;
        left.set(id, rest);
        if (rest > 0 || without.has(id)) continue;
        kept += `${text}\n`;
        if (kept.length < 1_000_000) continue;
        await handle.appendFile(kept);
        kept = '';
      }
      await handle.appendFile(kept);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, this.file);
    await syncFolder(path.dirname(this.file));
    this.size = -1;
    await this.refresh();
    if (this.lines.size === 0) await rm(this.file, { force: true });
  }

  /** Reads what is there, unless it is as this process left it. */
  private async refresh(): Promise<void> {
    const size = await sizeOf(this.file);
    if (size === this.size) return;
    this.lines = new Map();
    this.hasDoubles = false;
    let whole = 0;
    for await (const { id, text } of linesOf(this.file)) {
      if (id !== '') this.add(id);
      whole += Buffer.byteLength(text) + 1;
    }
    // Without its end of line the last one was cut short.
    const cut = await lengthOfWholeLines(this.file, size, whole);
    if (cut !== size) {
      await truncate(this.file, cut);
      this.size = -1;
      return await this.refresh();
    }
    this.size = size;
  }

  private add(id: CrashId): void {
    const count = (this.lines.get(id) ?? 0) + 1;
    this.lines.set(id, count);
    if (count > 1) this.hasDoubles = true;
  }
}

/** `""` for a line that is none of ours. */
async function* linesOf(file: string): AsyncIterable<{ id: CrashId; text: string }> {
  if ((await sizeOf(file)) <= 0) return;
  const input = createReadStream(file, 'utf8');
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    yield { id: /^\{"crash_id":"([0-9a-f-]{36})"/.exec(text)?.[1] ?? '', text };
  }
}

async function lengthOfWholeLines(file: string, size: number, counted: number): Promise<number> {
  if (size <= 0) return size;
  const handle = await open(file, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
    if (buffer[0] === 0x0a) return size;
  } finally {
    await handle.close();
  }
  // `counted` has one end of line too many, and the cut line.
  let last = 0;
  for await (const { text } of linesOf(file)) last = Buffer.byteLength(text);
  return counted - 1 - last;
}

/** 0 when it is not there. */
async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
