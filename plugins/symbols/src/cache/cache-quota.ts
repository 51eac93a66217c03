/**
 * Keeps the cache below its quota: what was used longest ago goes first, pinned modules never. Every process that
 * writes into the cache counts what it wrote and looks after the whole now and then, so that no process has to be
 * there for it; one sweeps at a time.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { rm, rmdir, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Bytes, Milliseconds, UnixMillis } from '@faultline/sdk/units';
import { temporaryName } from '../index-store/temporary-files.js';
import { cacheEntries, type CacheEntry } from './cache-inventory.js';
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
  private written = 0;
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
    // A cache that can't be swept is not the walk's trouble; the next sweep and the job say so.
    this.running = this.sweep()
      .catch(() => null)
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
    const release = takeSweepLock(path.join(folder, 'sweep.lock'), this.now());
    if (release === null) return null;
    try {
      return await this.sweepLocked();
    } finally {
      release();
    }
  }

  private async sweepLocked(): Promise<SweepOutcome> {
    const { folder } = this.options;
    const isPinned = pinnedBy(readPins(folder));
    const now = this.now();
    const outcome: SweepOutcome = { bytes: 0, files: 0, evictedFiles: 0, evictedBytes: 0, expiredMisses: 0 };
    const candidates: CacheEntry[] = [];
    for await (const entry of cacheEntries(folder)) {
      const age = now - entry.usedAt;
      if (entry.kind === 'misses') {
        if (age > this.options.missLifetime) {
          await removeEntry(entry.file);
          outcome.expiredMisses++;
        }
        continue;
      }
      if (entry.isTemporary && age > abandonedAfter) {
        await removeEntry(entry.file);
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
      if (!(await removeEntry(entry.file))) continue;
      outcome.bytes -= entry.bytes;
      outcome.files--;
      outcome.evictedFiles++;
      outcome.evictedBytes += entry.bytes;
    }
    this.writeTally(outcome);
    return outcome;
  }

  private async target(bytes: Bytes): Promise<Bytes> {
    const { folder, maxBytes, keepFree } = this.options;
    const disk = await statfs(folder);
    const lacking = Math.max(0, keepFree - disk.bavail * disk.bsize);
    const most = Math.min(maxBytes, bytes - lacking);
    return bytes <= most ? bytes : Math.max(0, most * fillTo);
  }

  private writeTally({ evictedFiles, evictedBytes }: SweepOutcome): void {
    const before = readTally(this.options.folder);
    const tally: SweepTally = {
      at: this.now(),
      evictedFiles: (before?.evictedFiles ?? 0) + evictedFiles,
      evictedBytes: (before?.evictedBytes ?? 0) + evictedBytes,
    };
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
  } catch {
    // Never swept, or emptied by hand.
    return null;
  }
}

/** False when it can't be removed: on Windows, a file that a walk has open. */
async function removeEntry(file: string): Promise<boolean> {
  try {
    await rm(file, { force: true });
    await rm(`${file}.origin.json`, { force: true });
  } catch {
    return false;
  }
  for (const folder of [path.dirname(file), path.dirname(path.dirname(file))]) {
    // Only empty ones go.
    await rmdir(folder).catch(() => undefined);
  }
  return true;
}
