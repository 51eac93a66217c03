import type { CrashId } from './crash-id.js';
import { contributionPoint } from './contribution.js';
import type { ProcessedCrash } from './processed-crash.js';
import { token } from './token.js';
import type { UnixMillis } from './units.js';

/** One crash that one sink has still to take. */
export interface OutboxRow {
  sink: string;
  crashId: CrashId;
  run: number;
  attempts: number;
  /** Not before this time; further ahead than ten minutes it says only that the date was wrong when it was written. */
  due: UnixMillis;
  since: UnixMillis;
}

/** Rows are written by `CrashStorage.commitRun`; a sink's delivery reads and clears them here. */
export interface Outbox {
  /** Rows of a sink that are due at `now`, oldest first. */
  due(sink: string, now: UnixMillis, limit: number): Promise<OutboxRow[]>;
  /** The sink has these runs (or newer ones); durable before the rows are gone. */
  done(rows: OutboxRow[]): Promise<void>;
  /** Keeps the rows, with one more attempt, until `due`. */
  retry(rows: OutboxRow[], due: UnixMillis): Promise<void>;
  /** Rows and age of the oldest, by sink. */
  backlog(): Promise<Record<string, { rows: number; oldest: UnixMillis | null }>>;
}
export const Outbox = token<Outbox>('core.outbox');

/**
 * Takes processed crashes: the search index, events, exports. Called with a batch, at least once per (crash, run);
 * must be idempotent on that pair. A throw keeps the rows for a later attempt and delays no other sink.
 */
export interface CrashSink {
  id: string;
  title: string;
  /**
   * False while another process of the folder takes for it (the search index has one owner): its rows are left to that
   * one. True when absent.
   */
  isHere?(): boolean;
  deliver(batch: { crash: ProcessedCrash; run: number }[], signal: AbortSignal): Promise<void>;
  /** Forgets a crash that was erased. */
  remove?(ids: CrashId[], signal: AbortSignal): Promise<void>;
}
export const CrashSink = contributionPoint<CrashSink>('CrashSink');
