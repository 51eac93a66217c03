import type { Clock, JobRun, JsonValue, Logger, Milliseconds, UnixMillis } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import { hasEnded, type JobRunRecord, type Wish } from './job-run-record.js';
import { RunLog, RunLogger } from './run-log.js';
import type { JobRunStore } from './job-run-store.js';

/** Progress is written down at most so often: a job may tell it for each of a million crashes. */
const progressInterval: Milliseconds = 1000;

export interface RunInHandOptions {
  record: JobRunRecord;
  store: JobRunStore;
  clock: Clock;
  logger: Logger;
  params: unknown;
  lastSuccess: UnixMillis | null;
  /** Told after each progress that was written down. */
  onProgress(record: JobRunRecord): void;
}

/** A run while this process works at it: what its job sees. */
export class RunInHand implements JobRun {
  readonly id: string;
  readonly slot: UnixMillis;
  readonly startedBy: string;
  readonly params: unknown;
  readonly lastSuccess: UnixMillis | null;
  readonly logger: Logger;
  private readonly log = new RunLog();
  private readonly abortion = new AbortController();
  private record: JobRunRecord;
  private latest: JobRunRecord['progress'];
  private written: Milliseconds;
  private writing: Promise<void> = Promise.resolve();
  private wish: Wish;
  private heard: () => void = () => undefined;

  constructor(private readonly options: RunInHandOptions) {
    const { record, params, lastSuccess, clock } = options;
    this.record = record;
    this.id = record.id;
    this.slot = record.slot;
    this.startedBy = record.startedBy;
    this.params = params;
    this.lastSuccess = lastSuccess;
    this.latest = record.progress;
    this.written = clock.monotonic();
    this.wish = record.wish;
    this.logger = new RunLogger(options.logger, this.log, clock);
  }

  get signal(): AbortSignal {
    return this.abortion.signal;
  }

  get isCancelled(): boolean {
    return this.wish === 'cancel';
  }

  progress(done: number, total: number | null, stage = this.latest.stage): void {
    this.latest = { done, total, stage };
    if (this.options.clock.monotonic() - this.written < progressInterval) return;
    void this.flush();
  }

  checkpoint<T extends JsonValue>(): T | null {
    // Only this job's own `saveCheckpoint` writes it: its type is the job's word.
    return this.record.checkpoint as T | null;
  }

  async saveCheckpoint(value: JsonValue): Promise<void> {
    this.record = await this.write((record) => ({ ...record, checkpoint: value, progress: this.latest }));
    this.written = this.options.clock.monotonic();
  }

  async pausePoint(): Promise<void> {
    this.signal.throwIfAborted();
    if (this.wish !== 'pause') return;
    await this.mark('paused');
    while (this.wish === 'pause') {
      await new Promise<void>((resolve) => {
        this.heard = resolve;
        if (this.wish !== 'pause' || this.signal.aborted) resolve();
      });
      this.signal.throwIfAborted();
    }
    await this.mark('running');
  }

  /** What somebody wants now. */
  heed(wish: Wish): void {
    this.wish = wish;
    if (wish === 'cancel') this.abort(new FaultlineError('Conflict', 'JOB_CANCELLED', 'The run was cancelled.'));
    this.heard();
  }

  abort(reason: FaultlineError): void {
    this.abortion.abort(reason);
    this.heard();
  }

  /** Writes down the progress when it changed. Never rejects: the lease's renewal notices a lost run. */
  flush(): Promise<void> {
    this.written = this.options.clock.monotonic();
    const progress = this.latest;
    this.writing = this.writing.then(async () => {
      if (this.record.progress === progress) return;
      try {
        this.record = await this.write((record) => ({ ...record, progress }));
        this.options.onProgress(this.record);
      } catch (error) {
        this.options.logger.debug({ run: this.id, error }, 'The progress of a run could not be written');
      }
    });
    return this.writing;
  }

  /** Marks its end. A run that another process has taken over is left to that one. */
  async end(end: Pick<JobRunRecord, 'status' | 'result' | 'error'>): Promise<JobRunRecord> {
    await this.writing;
    await this.options.store.saveLog(this.id, this.log.lines());
    const endedAt = this.options.clock.now();
    this.record = await this.write((record) => ({ ...record, ...end, endedAt, progress: this.latest }));
    return this.record;
  }

  /** Back to the waiting ones, with its checkpoint: this process stops. */
  async putBack(): Promise<void> {
    await this.writing;
    await this.options.store.saveLog(this.id, this.log.lines());
    await this.mark('waiting');
  }

  private async mark(status: 'running' | 'paused' | 'waiting'): Promise<void> {
    this.record = await this.write((record) => ({ ...record, status, progress: this.latest }));
    this.options.onProgress(this.record);
  }

  private write(change: (record: JobRunRecord) => JobRunRecord): Promise<JobRunRecord> {
    return this.options.store.update(this.id, (record) => {
      if (record.fence !== this.options.record.fence || hasEnded(record.status)) throw takenOver(this.id);
      return change(record);
    });
  }
}

export function takenOver(run: string): FaultlineError {
  return new FaultlineError('Conflict', 'JOB_RUN_TAKEN_OVER', 'Another process has taken this run over, or it ended.', {
    details: { run },
  });
}
