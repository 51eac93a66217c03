import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { systemErrorCode } from '@faultline/sdk/errors';

/** A full folder is emptied down to this share of its quota, so that not every file that comes has to look at all. */
const emptiedTo = 0.9;

interface KeptDownloadsParts {
  folder: string;
  /** Bytes, the least recently used files going first. */
  quota: number;
  now(): number;
}

/** Files that were downloaded, kept in a folder of this computer. */
export class KeptDownloads {
  /** Bytes of all files; null until they have been counted. */
  private used: number | null = null;
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly parts: KeptDownloadsParts) {}

  place(...names: string[]): string {
    return path.join(this.parts.folder, ...names);
  }

  /** Bytes of a file that is there, which is now in use; null when it is not. */
  async use(place: string): Promise<number | null> {
    try {
      const used = new Date(this.parts.now());
      await utimes(place, used, used);
      return (await stat(place)).size;
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return null;
      throw error;
    }
  }

  /** Stands in its place only when it has come whole. Gives its bytes. */
  async keep(place: string, body: AsyncIterable<Uint8Array>): Promise<number> {
    const temporary = `${place}.${randomUUID()}.part`;
    try {
      await mkdir(path.dirname(place), { recursive: true });
      await pipeline(body, createWriteStream(temporary));
      await rename(temporary, place);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    const { size } = await stat(place);
    const turn = this.turn.then(() => this.makeRoom(place, size));
    // Whoever keeps this file hears of it; the next one tries again.
    this.turn = turn.catch(() => {
      this.used = null;
    });
    await turn;
    return size;
  }

  /** Removes the least recently used files until all fit; never the one that just came. */
  private async makeRoom(newest: string, size: number): Promise<void> {
    const { quota } = this.parts;
    if (this.used !== null && this.used + size <= quota) {
      this.used += size;
      return;
    }
    const files = await this.list();
    let used = files.reduce((sum, file) => sum + file.size, 0);
    if (used > quota) {
      for (const file of files.sort((one, other) => one.usedAt - other.usedAt)) {
        if (used <= quota * emptiedTo) break;
        if (file.place === newest) continue;
        await rm(file.place, { force: true });
        used -= file.size;
      }
    }
    this.used = used;
  }

  private async list(): Promise<{ place: string; size: number; usedAt: number }[]> {
    const names = await readdir(this.parts.folder, { recursive: true, withFileTypes: true });
    const files = [];
    for (const entry of names.filter((one) => one.isFile())) {
      const place = path.join(entry.parentPath, entry.name);
      try {
        const { size, mtimeMs } = await stat(place);
        files.push({ place, size, usedAt: mtimeMs });
      } catch (error) {
        // A download that came to its end meanwhile has another name now.
        if (systemErrorCode(error) !== 'ENOENT') throw error;
      }
    }
    return files;
  }
}
