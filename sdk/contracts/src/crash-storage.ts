import type { CrashId } from './crash-id.js';
import type { ProcessedCrash, RunRecord } from './processed-crash.js';
import type { JsonValue, PartSummary, RawCrash } from './raw-crash.js';
import type { RandomAccessSource } from './random-access-source.js';
import { token } from './token.js';
import type { Bytes, MaybePromise, UnixMillis } from './units.js';

/** Lanes of processing, in the order of their weight. */
export const lanes = ['priority', 'normal', 'reprocessing'] as const;
export type Lane = (typeof lanes)[number];

/**
 * The durable wish that a crash be processed; cleared by `commitRun`. `deferred` waits to be asked for, `dead` was
 * given up after too many deliveries; neither is published again by itself.
 */
export interface PendingMark {
  crashId: CrashId;
  /** The run that is asked for: 1 for a new report, one more than the last run for a reprocess. */
  run: number;
  lane: Lane;
  ruleset: string;
  reason: RunRecord['reason'];
  since: UnixMillis;
  state: 'pending' | 'deferred' | 'dead';
  /** Of a dead one: why, in words without private data. */
  error?: { code: string; message: string; deliveries: number };
}

/** Writes one binary part while it arrives. */
export interface PartWriter {
  /** Bytes of this part held in memory now. */
  readonly buffered: Bytes;
  /** Await it before the next call: that is the back-pressure of the disk. The chunk is kept: don't write into it again. */
  write(chunk: Uint8Array): MaybePromise<void>;
  /** Moves what is buffered to disk, and sends what follows there too. Called when memory is short. */
  spool(): Promise<void>;
  end(): Promise<PartSummary>;
}

/** A part that another process of this machine has received whole; a file is synced. */
export interface ReceivedPart {
  summary: PartSummary;
  content: { bytes: Uint8Array } | { file: string };
}

/** Receives parts in another process of this machine, for a draft that adopts them where the store is open. */
export interface PartReceiver {
  open(part: { name: string; filename: string; contentType: string }): PartWriter & {
    /** Null before `end`. */
    readonly received: ReceivedPart | null;
    /** Its file was adopted: it is no longer the receiver's to remove. */
    handOver(): void;
    discard(): Promise<void>;
  };
}

/** What a module named by `CrashStorage.partReceiver` exports as `createPartReceiver`. */
export type CreatePartReceiver = (options: JsonValue) => PartReceiver;

/** A report while it arrives; nothing of it is visible before `commit` resolves. */
export interface ReportDraft {
  /** @param part name is sanitised and unique within the draft; a second part of one name replaces the first */
  addPart(part: { name: string; filename: string; contentType: string }): PartWriter;
  /** Takes a part over that a `PartReceiver` of this store has received; it is the draft's from here on. */
  adoptPart?(part: ReceivedPart): void;
  /**
   * All or nothing, durable on return: every part, the raw crash and the mark are fsynced. Throws `Conflict
   * CRASH_EXISTS` when the id is stored already or was erased, `Unavailable STORAGE_FULL` or `STORAGE_FAILED` when it could not be
   * made durable; nothing is stored then.
   */
  commit(report: { raw: RawCrash; pending: PendingMark }): Promise<void>;
  /** Drops what has been written. Safe to call after a failed commit, and twice. */
  discard(): Promise<void>;
}

export interface RunCommit {
  crashId: CrashId;
  run: number;
  /** Number of the last run that the writer has seen; 0 for none. Refused when another was written meanwhile. */
  expectedRun: number;
  /** Null for a run that changed nothing: the document stays as it is. */
  processed: ProcessedCrash | null;
  record: RunRecord;
  /** Ids of the sinks that must get this run; their outbox rows are written in the same transaction. */
  sinks: string[];
}

export interface StoredCrash {
  raw: RawCrash;
  processed: ProcessedCrash | null;
  /** Oldest first. */
  runs: RunRecord[];
  pending: PendingMark | null;
}

export interface StorageUsage {
  /** UTC day, `yyyy-mm-dd`. */
  day: string;
  reports: number;
  reportBytes: Bytes;
  dumpBytes: Bytes;
}

/** What became of a crash, for whoever holds its id. */
export interface CrashFate {
  /** `expired` by retention, also said of an unknown id of a day of which something has expired. */
  state: 'stored' | 'erased' | 'expired' | 'unknown';
  /** When it was erased or expired; else null. */
  at: UnixMillis | null;
  /** When dumps and attachments of its day expired, or some of them; null while none have. */
  partsExpiredAt: UnixMillis | null;
}

/** Where crash reports live. Promises hold for every implementation; none leaks a transaction. */
export interface CrashStorage {
  openDraft(): MaybePromise<ReportDraft>;
  /** For other processes that receive parts: a module that exports `createPartReceiver`, and what to call it with. */
  partReceiver?(): { module: string; options: JsonValue };
  /** Null when the id is unknown, expired or erased. */
  load(id: CrashId): Promise<StoredCrash | null>;
  rawCrash(id: CrashId): Promise<RawCrash | null>;
  processedCrash(id: CrashId): Promise<ProcessedCrash | null>;
  /** Bytes of a part, read by range; null when there is no such part. Close it. */
  openPart(id: CrashId, name: string): Promise<RandomAccessSource | null>;
  /** For a child process: a file that holds the part (do not change it), or its bytes when it has no file. */
  locatePart(id: CrashId, name: string): Promise<{ path: string } | { bytes: Uint8Array } | null>;
  /**
   * Writes a run: processed crash, its record, outbox rows, and clears the mark, in one durable transaction.
   * `superseded` when `expectedRun` is not the last run: nothing is written. `gone` when the crash was erased.
   */
  commitRun(commit: RunCommit): Promise<'committed' | 'superseded' | 'gone'>;
  /** Sets or replaces the mark of a stored crash; durable on return. False when the crash is unknown. */
  setPending(mark: PendingMark): Promise<boolean>;
  /** Marks by day of the id, then by state, then by age, oldest first; reads only days that have some. */
  pending(filter?: { states?: PendingMark['state'][]; before?: UnixMillis }): AsyncIterable<PendingMark>;
  /** Processed crashes of a day or of all, in no promised order; for rebuilding indexes. */
  scanProcessed(filter?: { day?: string }): AsyncIterable<ProcessedCrash>;
  /** As `scanProcessed`, each with the number of the run that wrote it. */
  scanRuns(filter?: { day?: string }): AsyncIterable<{ crash: ProcessedCrash; run: number }>;
  /** Days that hold reports, oldest first. */
  days(): Promise<string[]>;
  fate(id: CrashId): Promise<CrashFate>;
  usage(): Promise<StorageUsage[]>;
  /** Asks the store to prove that it can write now; throws `Unavailable` when it can't. */
  checkHealth(): Promise<void>;
}
export const CrashStorage = token<CrashStorage>('core.crashStorage');
