import type { StateKey, StateStore, UnixMillis } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import { hasEnded, type JobLogLine, type JobRunRecord } from './job-run-record.js';

/** What is remembered of a job beyond its runs. */
export interface JobRecord {
  title: string;
  plugin: string;
  knownSince: UnixMillis;
  lastSuccess: UnixMillis | null;
  /** The run that had that success: told before the run itself is marked as ended. */
  lastRun: string | null;
  /** The run that was made for a slot last: another one waits for its end. */
  scheduled: { run: string; at: UnixMillis } | null;
  /** In a row. */
  failures: number;
  /** No attempt before. */
  retryAt: UnixMillis | null;
}

const runKey = (id: string): StateKey => ['jobs', 'run', id];
const openKey = (id: string): StateKey => ['jobs', 'open', id];
const logKey = (id: string): StateKey => ['jobs', 'log', id];
const jobKey = (id: string): StateKey => ['jobs', 'job', id];

export const runsPrefix: StateKey = ['jobs', 'run'];
export const openPrefix: StateKey = ['jobs', 'open'];

/**
 * Runs and jobs in the shared state. Runs that have not ended are also listed under `open`: the row is written before
 * its run and removed after the run's end, so that none can be forgotten; a row without a run is passed over.
 */
export class JobRunStore {
  constructor(private readonly state: StateStore) {}

  async create(record: JobRunRecord): Promise<void> {
    await this.state.set(openKey(record.id), { job: record.job });
    await this.state.set(runKey(record.id), record);
  }

  async get(id: string): Promise<JobRunRecord | null> {
    return (await this.state.get<JobRunRecord>(runKey(id)))?.value ?? null;
  }

  /**
   * Changes a run against lost edits: `change` sees the newest, and may be called again. What it returns null for stays.
   * Throws `NotFound JOB_RUN_UNKNOWN`.
   */
  async update(id: string, change: (record: JobRunRecord) => JobRunRecord | null): Promise<JobRunRecord> {
    for (;;) {
      const entry = await this.state.get<JobRunRecord>(runKey(id));
      if (entry === null) throw unknownRun(id);
      const next = change(entry.value);
      if (next === null) return entry.value;
      if ((await this.state.compareAndSet(runKey(id), entry.version, next)) === null) continue;
      if (hasEnded(next.status)) await this.state.delete(openKey(id));
      return next;
    }
  }

  /** Runs that have not ended, oldest first, and whether one is about to be written: its row is there already. */
  async open(): Promise<{ records: JobRunRecord[]; isOneArriving: boolean }> {
    const records: JobRunRecord[] = [];
    let isOneArriving = false;
    for await (const { key } of this.state.range({ prefix: openPrefix })) {
      const record = await this.get(String(key[2]));
      if (record === null) isOneArriving = true;
      else if (hasEnded(record.status)) await this.state.delete(key);
      else records.push(record);
    }
    return { records, isOneArriving };
  }

  /** Newest first. */
  async *newest(filter: { job?: string | undefined } = {}): AsyncIterable<JobRunRecord> {
    for await (const { value } of this.state.range<JobRunRecord>({ prefix: runsPrefix, reverse: true })) {
      if (filter.job !== undefined && value.job !== filter.job) continue;
      yield value;
    }
  }

  async forget(id: string): Promise<void> {
    await this.state.delete(logKey(id));
    await this.state.delete(openKey(id));
    await this.state.delete(runKey(id));
  }

  async log(id: string): Promise<JobLogLine[]> {
    return (await this.state.get<{ lines: JobLogLine[] }>(logKey(id)))?.value.lines ?? [];
  }

  async saveLog(id: string, lines: readonly JobLogLine[]): Promise<void> {
    await this.state.set(logKey(id), { lines });
  }

  async job(id: string): Promise<JobRecord | null> {
    return (await this.state.get<JobRecord>(jobKey(id)))?.value ?? null;
  }

  async jobs(): Promise<Map<string, JobRecord>> {
    const jobs = new Map<string, JobRecord>();
    for await (const { key, value } of this.state.range<JobRecord>({ prefix: ['jobs', 'job'] })) {
      jobs.set(String(key[2]), value);
    }
    return jobs;
  }

  async updateJob(id: string, change: (record: JobRecord | null) => JobRecord | null): Promise<void> {
    for (;;) {
      const entry = await this.state.get<JobRecord>(jobKey(id));
      const next = change(entry?.value ?? null);
      if (next === null) return;
      if ((await this.state.compareAndSet(jobKey(id), entry?.version ?? 0, next)) !== null) return;
    }
  }
}

export function unknownRun(id: string): FaultlineError {
  return new FaultlineError('NotFound', 'JOB_RUN_UNKNOWN', `There is no run ${id}.`, {
    hint: '`faultline jobs history` lists the runs; old ones are forgotten.',
    details: { run: id },
  });
}
