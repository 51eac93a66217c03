import { contributionPoint } from './contribution.js';
import type { Logger } from './logger.js';
import type { Milliseconds, UnixMillis } from './units.js';

export interface JobRun {
  /** The time this run stands for: the slot of a schedule, or now. */
  slot: UnixMillis;
  /** Slot of the last success; null at the first. */
  lastSuccess: UnixMillis | null;
  signal: AbortSignal;
  logger: Logger;
  /** @param done and `total` in the same unit; total null while unknown */
  progress(done: number, total: number | null, stage?: string): void;
}

/** Work that runs by the clock. One process runs it at a time. */
export interface Job {
  /** `<plugin>/<name>`. */
  id: string;
  title: string;
  schedule: { every: Milliseconds } | { cron: string };
  /** Run once for each slot missed since the last success, in order; else only for the newest. */
  backfill?: boolean;
  run(run: JobRun): Promise<void>;
}
export const Job = contributionPoint<Job>('Job');
