/**
 * Keeps the cache below its quota: what was used longest ago goes first, pinned modules never. Every process that
 * writes into the cache counts what it wrote and looks after the whole now and then, so that no process has to be
 * there for it; one sweeps at a time.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { rm, stat, statfs, unlink } from 'node:fs/promises';
import path from 'node:path';
import { nullWhenAbsent, systemErrorCode } from '@faultline/sdk/errors';
import type { Bytes, Milliseconds, UnixMillis } from '@faultline/sdk/units';
import { removeEmptyFolders } from '../empty-folders.js';
import { sweepTemporaries, temporaryName } from '../index-store/temporary-files.js';
import { cacheEntries, type CacheEntry } from './cache-inventory.js';
import { lastUsed } from './last-used.js';
import { takeSweepLock } from './sweep-lock.js';
import { pinnedBy, readPins } from './symbol-pins.js';

export interface CacheQuotaOptions {
  folder: string;
  /** Downloads and indexes together. */
  maxBytes: Bytes;
  /** So much of the disk stays free for others, whatever the quota says. */
  keepFree: Bytes;
  missLifetime: Milliseconds;
}

/** What sweeps did, kept in the cache for whoever asks. A type: it is a JSON value. */
export type SweepTally = {
  at: UnixMillis;
  /** Of all sweeps since the cache was begun. */
  evictedFiles: number;
  evictedBytes: number;
};

export interface SweepOutcome {
  /** Left. */
  bytes: Bytes;
  files: number;
  evictedFiles: number;
  evictedBytes: Bytes;
  expiredMisses: number;
}

/** Sweeps leave some room, so that not every download is followed by one. */
const fillTo = 0.9;
/** A process looks again after it has written this part of the quota. */
const dueAfter = 1 / 32;
/** Somebody is about to open it. */
const justUsed: Milliseconds = 30_000;
/** A download or build that takes longer than this is a dead process's. */
const abandonedAfter: Milliseconds = 60 * 60_000;

export class CacheQuota {
  /** What those wrote that were killed before their turn nobody knows: the first file of a process makes it look. */
  private written: Bytes = Infinity;
  private running: Promise<unknown> | null = null;

  constructor(
    private readonly options: CacheQuotaOptions,
    private readonly now: () => number = Date.now,
  ) {}

  /** Called after a file was added; begins a sweep when one is due. */
  noteWritten(bytes: Bytes): void {
    this.written += bytes;
    if (this.written < this.options.maxBytes * dueAfter || this.running !== null) return;
    this.written = 0;
    // A cache that can't be swept is not the walk's trouble. Of a walker nobody hears the warning: the job meets the
    // same error, and fails with it.
    this.running = this.sweep()
      .catch((error: unknown) => process.emitWarning(`The symbol cache could not be swept: ${String(error)}`))
      .finally(() => (this.running = null));
  }

  /** Resolves when the sweep begun by `noteWritten` is over. */
  async settled(): Promise<void> {
    await this.running;
  }

  /** Null when another process is at it. */
  async sweep(): Promise<SweepOutcome | null> {
    const { folder } = this.options;
    mkdirSync(folder, { recursive: true });
    const release = takeSweepLock(folder, this.now());
    if (release === null) return null;
    try {
      return await this.sweepLocked();
    } finally {
      release();
    }
  }

  /** Goes on past a file that can't be removed, and says so at its end. */
  private async sweepLocked(): Promise<SweepOutcome> {
    const { folder, missLifetime } = this.options;
    const isPinned = pinnedBy(readPins(folder));
    const now = this.now();
    const outcome: SweepOutcome = { bytes: 0, files: 0, evictedFiles: 0, evictedBytes: 0, expiredMisses: 0 };
    const candidates: CacheEntry[] = [];
    const removal = new Removal();
    for await (const entry of cacheEntries(folder)) {
      const age = now - entry.usedAt;
      if (entry.kind === 'misses') {
        if (age > missLifetime && (await removal.remove(entry.file)) === 'removed') outcome.expiredMisses++;
        continue;
      }
      if (entry.isTemporary && age > abandonedAfter) {
        await removal.remove(entry.file);
        continue;
      }
      outcome.bytes += entry.bytes;
      outcome.files++;
      if (!entry.isTemporary && age > justUsed && !isPinned(entry)) candidates.push(entry);
    }
    const target = await this.target(outcome.bytes);
    candidates.sort((one, other) => one.usedAt - other.usedAt);
    for (const entry of candidates) {
      if (outcome.bytes <= target) break;
      const known = await stat(entry.file).catch(nullWhenAbsent);
      // Found by a walk since.
      if (known !== null && lastUsed(known) !== entry.usedAt) continue;
      const became = known === null ? 'gone' : await removal.remove(entry.file);
      if (became === 'kept') continue;
      outcome.bytes -= entry.bytes;
      outcome.files--;
      if (became === 'gone') continue;
      outcome.evictedFiles++;
      outcome.evictedBytes += entry.bytes;
      // At once: a sweep that is killed has told of all but its last file.
      this.addToTally(entry.bytes);
    }
    sweepTemporaries(folder, now);
    this.writeTally({ ...this.tally(), at: now });
    removal.throwFailure();
    return outcome;
  }

  private async target(bytes: Bytes): Promise<Bytes> {
    const { folder, maxBytes, keepFree } = this.options;
    const disk = await statfs(folder);
    const lacking = Math.max(0, keepFree - disk.bavail * disk.bsize);
    const most = Math.min(maxBytes, bytes - lacking);
    return bytes <= most ? bytes : Math.max(0, most * fillTo);
  }

  private tally(): SweepTally {
    return readTally(this.options.folder) ?? { at: this.now(), evictedFiles: 0, evictedBytes: 0 };
  }

  private addToTally(bytes: Bytes): void {
    const { at, evictedFiles, evictedBytes } = this.tally();
    this.writeTally({ at, evictedFiles: evictedFiles + 1, evictedBytes: evictedBytes + bytes });
  }

  private writeTally(tally: SweepTally): void {
    const file = path.join(this.options.folder, 'sweeps.json');
    const temporary = temporaryName(file);
    writeFileSync(temporary, JSON.stringify(tally));
    renameSync(temporary, file);
  }
}

/** Null before the first sweep. */
export function readTally(folder: string): SweepTally | null {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'sweeps.json'), 'utf8')) as SweepTally;
  } catch (error) {
    // A power failure may leave an empty file, for it is not fsynced: it is counted from the beginning then.
    if (error instanceof SyntaxError || systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** On Windows, what a walk has open. */
const inUse = process.platform === 'win32' ? ['EBUSY', 'EPERM', 'EACCES'] : ['EBUSY'];

class Removal {
  private failure: unknown = null;

  /** `gone` when another process had removed it. */
  async remove(file: string): Promise<'removed' | 'gone' | 'kept'> {
    try {
      // First what tells of it: a kill between the two leaves a file without an origin, which is as good.
      await rm(`${file}.origin.json`, { force: true });
      await unlink(file);
      await removeEmptyFolders(file);
      return 'removed';
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === 'ENOENT') return 'gone';
      if (!inUse.includes(code)) this.failure ??= error;
      return 'kept';
    }
  }

  /** The first of those that could not be removed. */
  throwFailure(): void {
    if (this.failure !== null) throw this.failure;
  }
}
