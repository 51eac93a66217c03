import type { JobRunState, JobRunStatus, JsonValue, UnixMillis } from '@faultline/sdk';

/** What somebody wants of a run that has not ended. */
export type Wish = 'run' | 'pause' | 'cancel';

/** A run as it is kept. A type, not an interface: it must be a JSON value. */
export interface JobRunRecord {
  id: string;
  job: string;
  status: JobRunStatus;
  slot: UnixMillis;
  /** By the clock: its success counts for the schedule. */
  isScheduled: boolean;
  params: JsonValue | null;
  startedBy: string;
  createdAt: UnixMillis;
  startedAt: UnixMillis | null;
  endedAt: UnixMillis | null;
  progress: { done: number; total: number | null; stage: string };
  result: JsonValue | null;
  error: JobRunState['error'];
  checkpoint: JsonValue | null;
  /** Of the lease under which it runs; a process with an older one has lost the run. */
  fence: number;
  wish: Wish;
}

/** One line of a run's log. */
export interface JobLogLine {
  at: UnixMillis;
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
}

export function hasEnded(status: JobRunStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

/** What others may see of it. */
export function stateOf(record: JobRunRecord): JobRunState {
  const { id, job, status, slot, params, startedBy, startedAt, endedAt, progress, result, error } = record;
  return { id, job, status, slot, params, startedBy, startedAt, endedAt, progress, result, error };
}

/** Sorts by the time of creation. */
export function runIdOf(createdAt: UnixMillis, random: Uint8Array): string {
  const time = Math.max(0, Math.floor(createdAt)).toString(36).padStart(9, '0');
  return `${time}-${Buffer.from(random).toString('hex')}`;
}

export const runIdPattern = /^[0-9a-z]{9}-[0-9a-f]{8}$/;
