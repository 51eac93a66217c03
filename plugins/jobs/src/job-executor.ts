import { subjects } from '@faultline/sdk';
import type {
  Bus,
  Clock,
  ContributionList,
  Job,
  JobEvent,
  JsonValue,
  Lease,
  Logger,
  Milliseconds,
  StateStore,
} from '@faultline/sdk';
import { asFaultlineError, FaultlineError } from '@faultline/sdk/errors';
import { Alarm } from './alarm.js';
import { hasEnded, type JobRunRecord } from './job-run-record.js';
import { openPrefix, runsPrefix, type JobRunStore } from './job-run-store.js';
import { retryDelay, slotAfter } from './job-schedule.js';
import { RunInHand, takenOver } from './run-in-hand.js';
import { parseParams } from './shared-job-runner.js';

/** A process that dies lets go of its job after so long. */
const leaseFor: Milliseconds = 8_000;
const renewEvery: Milliseconds = 2_000;
/** Runs that another process holds, or held until it died, are looked at again. */
const lookAgain: Milliseconds = 2_000;
const idle: Milliseconds = 60_000;
/** A cancelled job that goes on is given up, though not started a second time beside itself. */
const patience: Milliseconds = 30_000;

export interface JobExecutorOptions {
  store: JobRunStore;
  state: StateStore;
  jobs: ContributionList<Job>;
  clock: Clock;
  bus: Bus;
  logger: Logger;
  nodeId: string;
  concurrency: number;
}

type Ending = Pick<JobRunRecord, 'status' | 'result' | 'error'>;

/** Runs what waits, each job in one process at a time: under a lease, whose fence every write of the run carries. */
export class JobExecutor {
  private readonly inHand = new Map<string, { run: RunInHand; job: string; done: Promise<void> }>();
  private readonly alarm: Alarm;
  /** The row of a run was seen before the run: between the two lies a write to the disk. */
  private isOneArriving = false;

  constructor(private readonly options: JobExecutorOptions) {
    this.alarm = new Alarm(options.clock);
  }

  /** Until aborted; then what is in hand is put back, with its checkpoints. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { state, jobs, logger } = this.options;
    state.watch(openPrefix, () => this.alarm.ring(), signal);
    state.watch(
      runsPrefix,
      () => {
        if (this.isOneArriving) this.alarm.ring();
        return this.heedWishes();
      },
      signal,
    );
    const forgetJobs = jobs.onChange(() => this.alarm.ring());
    while (!signal.aborted) {
      this.alarm.set();
      let isWaiting = true;
      try {
        isWaiting = await this.take();
      } catch (error) {
        logger.error({ error: asFaultlineError(error) }, 'Jobs could not be looked for');
      }
      await this.alarm.sleep(isWaiting ? lookAgain : idle, signal);
    }
    forgetJobs();
    for (const { run } of this.inHand.values()) run.abort(stopping());
    await Promise.all([...this.inHand.values()].map(({ done }) => done));
  }

  /** Starts what can be started. True when something must be looked at again before long. */
  private async take(): Promise<boolean> {
    const { records, isOneArriving } = await this.options.store.open();
    this.isOneArriving = isOneArriving;
    // It may have come before that was noted: then nothing rings, and the next look finds it.
    let isWaiting = isOneArriving;
    for (const record of records) {
      if (this.inHand.has(record.id)) continue;
      const isTaken = await this.takeOne(record);
      isWaiting ||= !isTaken;
    }
    return isWaiting;
  }

  private async takeOne(record: JobRunRecord): Promise<boolean> {
    const { store, state, jobs, clock, nodeId, concurrency, logger } = this.options;
    const job = jobs.get(record.job)?.value;
    const isBusy =
      this.inHand.size >= concurrency || [...this.inHand.values()].some((other) => other.job === record.job);
    if (isBusy || (job === undefined && record.wish !== 'cancel')) return false;
    const lease = await state.acquireLease(`job:${record.job}`, `${nodeId}/${record.id}`, leaseFor);
    if (lease === null) return false;
    const claimed = await store.update(record.id, (newest) =>
      hasEnded(newest.status)
        ? null
        : { ...newest, status: 'running', fence: lease.fence, startedAt: newest.startedAt ?? clock.now() },
    );
    if (hasEnded(claimed.status)) {
      await lease.release();
      return true;
    }
    const memory = await store.job(record.job);
    const run = new RunInHand({
      record: claimed,
      store,
      clock,
      logger: logger.child({ job: record.job, run: record.id }),
      params: job?.params?.safeParse(claimed.params ?? {}).data,
      lastSuccess: memory?.lastSuccess ?? null,
      onProgress: (newest) => this.tell('jobProgress', newest),
    });
    run.heed(claimed.wish);
    this.tell('jobStarted', claimed);
    const wasDone = memory?.lastRun === record.id;
    const done = this.work({ run, job, lease, record: claimed, wasDone })
      .catch((error: unknown) => logger.error({ error: asFaultlineError(error), run: record.id }, 'A run was lost'))
      .finally(() => {
        this.inHand.delete(record.id);
        this.alarm.ring();
      });
    this.inHand.set(record.id, { run, job: record.job, done });
    return true;
  }

  private async work(work: {
    run: RunInHand;
    job: Job | undefined;
    lease: Lease;
    record: JobRunRecord;
    wasDone: boolean;
  }): Promise<void> {
    const { run, job, lease, record, wasDone } = work;
    const beating = new AbortController();
    const heart = this.beat(run, lease, beating.signal);
    try {
      const running: Promise<Ending> = wasDone
        ? // Killed between the note of its success and its own end: it is not run twice for one slot.
          Promise.resolve({ status: 'succeeded', result: null, error: null })
        : outcome(run, job, record);
      const ending = await Promise.race([running, this.patienceEnds(run, beating.signal)]);
      await this.settle(run, record, { ending, job });
      // A job that does not stop keeps its lease: it must not run twice.
      if (ending.error?.code === 'JOB_STUCK') await running;
    } finally {
      beating.abort();
      await heart;
      await lease.release();
    }
  }

  private async settle(
    run: RunInHand,
    record: JobRunRecord,
    { ending, job }: { ending: Ending; job: Job | undefined },
  ): Promise<void> {
    const { logger } = this.options;
    const reason: unknown = run.signal.reason;
    const cutOff = run.signal.aborted && !run.isCancelled && ending.status !== 'succeeded';
    if (cutOff && reason instanceof FaultlineError && reason.code === 'JOB_RUN_TAKEN_OVER') return;
    if (cutOff) return run.putBack();
    if (record.isScheduled) await this.noteSlot(record, ending.status, job);
    const ended = await run.end(ending);
    this.tell('jobFinished', ended);
    if (ended.error === null || ended.status === 'cancelled') return;
    logger.warn({ job: record.job, run: record.id, code: ended.error.code }, `Job failed: ${ended.error.message}`);
  }

  /** Before the run itself is marked as ended, so that a kill between the two runs no slot twice. */
  private noteSlot(record: JobRunRecord, status: JobRunRecord['status'], job: Job | undefined): Promise<void> {
    const now = this.options.clock.now();
    return this.options.store.updateJob(record.job, (memory) => {
      if (memory === null) return null;
      if (status === 'succeeded') {
        return { ...memory, lastSuccess: record.slot, lastRun: record.id, failures: 0, retryAt: null };
      }
      if (status === 'cancelled') {
        const retryAt = job?.schedule === undefined ? null : slotAfter(job.schedule, now);
        return { ...memory, retryAt };
      }
      const failures = memory.failures + 1;
      return { ...memory, failures, retryAt: now + retryDelay(failures) };
    });
  }

  private async beat(run: RunInHand, lease: Lease, signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.options;
    for (;;) {
      try {
        await clock.sleep(renewEvery, signal);
      } catch {
        return;
      }
      try {
        if (!(await lease.renew())) run.abort(takenOver(run.id));
        else await run.flush();
      } catch (error) {
        logger.warn({ error: asFaultlineError(error), run: run.id }, 'The lease of a job could not be renewed');
      }
    }
  }

  private async patienceEnds(run: RunInHand, over: AbortSignal): Promise<Ending> {
    await new Promise<void>((resolve) => {
      if (run.signal.aborted) resolve();
      else run.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await this.options.clock.sleep(patience, over).catch(() => {
      // The job has ended after all: nobody looks at this ending.
    });
    const message = `The job did not stop within ${patience / 1000} s of being told to.`;
    const hint = 'It holds its place until it ends: restart the server to get rid of it.';
    return { status: 'failed', result: null, error: { code: 'JOB_STUCK', message, hint } };
  }

  private heedWishes(): Promise<void> {
    return Promise.all(
      [...this.inHand.values()].map(async ({ run }) => {
        const record = await this.options.store.get(run.id);
        if (record !== null && !hasEnded(record.status)) run.heed(record.wish);
      }),
    ).then(() => undefined);
  }

  private tell(what: 'jobStarted' | 'jobProgress' | 'jobFinished', record: JobRunRecord): void {
    const { id, job, slot, status, progress } = record;
    const event: JobEvent = { run: id, job, slot, status, progress };
    this.options.bus.emit(subjects[what], event);
  }
}

/** Runs the job; never rejects. */
async function outcome(run: RunInHand, job: Job | undefined, record: JobRunRecord): Promise<Ending> {
  try {
    await run.pausePoint();
    if (job === undefined) throw takenOver(run.id);
    parseParams(job, record.params);
    const result: JsonValue = (await job.run(run)) ?? null;
    return { status: 'succeeded', result, error: null };
  } catch (error) {
    const { code, message, hint } = asFaultlineError(error, 'JOB_FAILED');
    const status = run.isCancelled ? 'cancelled' : 'failed';
    return { status, result: null, error: { code, message, ...(hint === undefined ? {} : { hint }) } };
  }
}

function stopping(): FaultlineError {
  return new FaultlineError('Unavailable', 'SERVER_STOPPING', 'The server stops; the run goes on at its next start.');
}
