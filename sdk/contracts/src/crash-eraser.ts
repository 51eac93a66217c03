import type { CrashId } from './crash-id.js';
import { contributionPoint } from './contribution.js';

/** What was taken away, by one keeper of copies. */
export interface EraseReceipt {
  /** Records, rows or files that held something of these crashes. */
  records: number;
}

/**
 * Whoever keeps copies or traces of crashes, and is neither the crash storage nor a sink: queues, caches, histories.
 * Erasing asks each of them (sinks by `CrashSink.remove`), and is done only when all have answered.
 */
export interface CrashEraser {
  id: string;
  /** Names the place in the receipt: "dead letters". */
  title: string;
  /**
   * Called before anything is removed, for what `erase` will need to know of them. Whatever it keeps has to outlive a
   * killed process: the second run may find the crashes gone.
   */
  prepare?(crashIds: readonly CrashId[], signal: AbortSignal): Promise<void>;
  /**
   * Leaves nothing of these crashes, which store and search index no longer have. Idempotent: a second call finds
   * nothing. What is deleted from the state store is scrubbed from its file afterwards.
   */
  erase(crashIds: readonly CrashId[], signal: AbortSignal): Promise<EraseReceipt>;
}
export const CrashEraser = contributionPoint<CrashEraser>('CrashEraser');
