import type { CrashId } from './crash-id.js';
import type { StateKey } from './state-store.js';
import { token } from './token.js';
import type { Bytes, UnixMillis } from './units.js';

/**
 * What is stored, kept and purged apart: `dumps` are minidumps and attachments; `reports` are raw crashes with their
 * processed ones, runs and marks.
 */
export const storedKinds = ['dumps', 'reports'] as const;
export type StoredKind = (typeof storedKinds)[number];

/** What a day holds of one kind. */
export interface KindUsage {
  /** UTC day, `yyyy-mm-dd`. */
  day: string;
  kind: StoredKind;
  /** On disk. */
  bytes: Bytes;
  /** When retention last took something of it away; null for never. */
  purgedAt: UnixMillis | null;
}

/** What `copyTo` has written. */
export interface StorageCopy {
  /** Relative to the folder. */
  files: string[];
  crashes: number;
}

/** One crash as retention sees it. */
export interface StoredCrashSize {
  crashId: CrashId;
  product: string;
  /** Of its dumps and attachments, as they were received; also when those were purged since. */
  partBytes: Bytes;
}

export interface RemovalOutcome {
  /** Of those asked for, how many were there. */
  crashes: number;
  /** On disk. */
  freed: Bytes;
}

/** What `check` found wrong with one crash or file. */
export interface StorageFinding {
  /** `RECORD_UNREADABLE`, `PART_MISSING`, `PART_DAMAGED`, `MARK_DANGLING`, `MARK_MISSING`, `PART_ORPHAN`, `FILE_UNREADABLE` */
  code: string;
  day: string;
  /** "" when it is about a file. */
  crashId: CrashId | '';
  message: string;
  /** What was done about it; null when it was only reported. */
  repair: string | null;
}

export interface StorageCheck {
  days: number;
  crashes: number;
  parts: number;
  bytes: Bytes;
  findings: StorageFinding[];
}

/**
 * Looking after what a crash storage keeps: how much there is, taking away, copying, checking. Others may read and
 * write the same store meanwhile, in this process and in others; what they were promised holds.
 */
export interface StorageUpkeep {
  /** By day, oldest first; kinds that hold nothing are left out, unless they were purged. */
  usage(): Promise<KindUsage[]>;
  crashes(day: string): AsyncIterable<StoredCrashSize>;
  /**
   * Expires one kind of a day: all of it, or only these crashes. The space is free on return.
   * @throws Conflict STORAGE_DAY_BUSY when another was at it for five minutes
   */
  purge(
    wish: { day: string; kind: StoredKind; crashIds?: ReadonlySet<CrashId> },
    signal: AbortSignal,
  ): Promise<RemovalOutcome>;
  /**
   * Removes everything of these crashes, for ever: no byte of them is left on disk, and their ids are refused from
   * here on. Idempotent; cut off in the middle, a second call does the rest.
   * @throws Conflict STORAGE_DAY_BUSY when another was at it for five minutes
   */
  erase(
    crashIds: readonly CrashId[],
    options: { signal: AbortSignal; progress?(done: number, total: number): void },
  ): Promise<RemovalOutcome>;
  /**
   * Leaves no byte on disk of what was deleted from the state store, or written over in it. Who asks for state
   * meanwhile waits.
   * @throws Conflict STORAGE_STATE_BUSY when another is at it, or a process that shares the store does not answer
   */
  scrubState(signal: AbortSignal): Promise<void>;
  /**
   * Copies everything into an empty folder, each file as it stood at one moment after the call and such that all of a
   * copied report is there; opened as a data folder, it answers as this one did.
   */
  copyTo(
    folder: string,
    options: {
      signal: AbortSignal;
      /** Entries of the state whose keys begin with one of these stay behind. */
      leaveOut?: readonly StateKey[];
      progress?(done: number, total: number, stage: string): void;
    },
  ): Promise<StorageCopy>;
  /**
   * Reads everything and compares it with its checksums.
   * @param options.repair marks crashes to be processed again, drops marks of nothing, and moves what can't be read
   *   into the folder `quarantine`; nothing is thrown away
   */
  check(options: {
    repair: boolean;
    signal: AbortSignal;
    progress?(done: number, total: number, stage: string): void;
  }): Promise<StorageCheck>;
}
export const StorageUpkeep = token<StorageUpkeep>('core.storageUpkeep');
