import type { ZodType } from 'zod';
import type { Permission } from './access.js';
import { contributionPoint } from './contribution.js';
import type { Logger } from './logger.js';
import type { JsonValue } from './raw-crash.js';
import { token } from './token.js';
import type { Milliseconds, UnixMillis } from './units.js';

/** One execution of a job, as the job sees it. The same run goes on in another process after a kill. */
export interface JobRun<P = unknown> {
  /** This execution's id; the same after a resume. */
  id: string;
  /** The time this run stands for: the slot of a schedule, or when it was asked for. */
  slot: UnixMillis;
  /** Slot of the last success; null at the first. */
  lastSuccess: UnixMillis | null;
  /** As the job's schema parsed them; undefined for a run by the clock. */
  params: P | undefined;
  /** Principal id of who asked; "" for the clock. */
  startedBy: string;
  signal: AbortSignal;
  logger: Logger;
  /** @param done and `total` in the same unit; total null while unknown */
  progress(done: number, total: number | null, stage?: string): void;
  /** What `saveCheckpoint` kept last; null for a run that begins. */
  checkpoint<T extends JsonValue>(): T | null;
  /** Durable on return: what a resumed run needs to go on. Fails when another process has taken the run over. */
  saveCheckpoint(value: JsonValue): Promise<void>;
  /** Call between steps: waits while the run is paused, throws the signal's reason when it is cancelled. */
  pausePoint(): Promise<void>;
}

/** Work that runs by the clock, or when somebody asks. One process runs it at a time. */
export interface Job<P = unknown> {
  /** `<plugin>/<name>`. */
  id: string;
  title: string;
  /** Absent for work that runs only when asked. */
  schedule?: { every: Milliseconds } | { cron: string };
  /** Run once for each slot missed since the last success, in order; else only for the newest. */
  backfill?: boolean;
  /** Checks what a person or program asks for; absent for a job without parameters. */
  params?: ZodType<P>;
  /** What is needed to start, pause and cancel it. Default `manage`. */
  permission?: Permission;
  /** @returns a receipt: what was done, in numbers and ids, kept in the history */
  run(run: JobRun<P>): Promise<JsonValue | undefined>;
}
export const Job = contributionPoint<Job>('Job');

export type JobRunStatus = 'waiting' | 'running' | 'paused' | 'succeeded' | 'failed' | 'cancelled';

/** A run as others see it. */
export interface JobRunState {
  id: string;
  job: string;
  status: JobRunStatus;
  slot: UnixMillis;
  params: JsonValue | null;
  startedBy: string;
  startedAt: UnixMillis | null;
  endedAt: UnixMillis | null;
  progress: { done: number; total: number | null; stage: string };
  /** The receipt; null until it succeeded. */
  result: JsonValue | null;
  error: { code: string; message: string; hint?: string | undefined } | null;
}

/**
 * Starts jobs when asked and says how they are. Its state is shared: any process of the data folder may ask, the one
 * with the role `jobs` runs them.
 */
export interface JobRunner {
  /**
   * @returns at once, with the run waiting or running
   * @throws NotFound JOB_UNKNOWN; Malformed JOB_PARAMS_INVALID
   */
  start(job: string, params: JsonValue | null, startedBy: string): Promise<JobRunState>;
  get(runId: string): Promise<JobRunState | null>;
  /** Newest first. */
  list(filter?: { job?: string; limit?: number }): Promise<JobRunState[]>;
  /** @throws NotFound JOB_RUN_UNKNOWN; Conflict JOB_RUN_ENDED */
  pause(runId: string): Promise<JobRunState>;
  resume(runId: string): Promise<JobRunState>;
  cancel(runId: string): Promise<JobRunState>;
  /** Resolves when the run has ended; rejects when the signal is aborted, which leaves the run alone. */
  settled(runId: string, signal?: AbortSignal): Promise<JobRunState>;
}
export const JobRunner = token<JobRunner>('core.jobRunner');

/** Carried by the events `job.started`, `.progress` (at most once a second) and `.finished`. */
export interface JobEvent {
  run: string;
  job: string;
  slot: UnixMillis;
  status: JobRunStatus;
  progress: JobRunState['progress'];
}
