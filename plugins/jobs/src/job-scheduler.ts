import type {
  Clock,
  Contribution,
  ContributionList,
  Job,
  Logger,
  Milliseconds,
  StateStore,
  UnixMillis,
} from '@faultline/sdk';
import { asFaultlineError } from '@faultline/sdk/errors';
import { Alarm } from './alarm.js';
import { hasEnded } from './job-run-record.js';
import { openPrefix, type JobRecord, type JobRunStore } from './job-run-store.js';
import { checkSchedule, jitterOf, nextSlot, type Schedule } from './job-schedule.js';
import type { SharedJobRunner } from './shared-job-runner.js';

/** The date may be set, and other processes may end a run: it looks at least so often. */
const longestSleep: Milliseconds = 30_000;
/** A run that was noted but not made: its process died between the two. */
const unmade: Milliseconds = 10_000;

export interface JobSchedulerOptions {
  store: JobRunStore;
  state: StateStore;
  runner: SharedJobRunner;
  jobs: ContributionList<Job>;
  clock: Clock;
  logger: Logger;
  /** See `jitterOf`. */
  jitter: Milliseconds;
}

/**
 * Makes a run for each slot that is due. Several processes may do so: which of them makes a slot's run is decided by
 * a compare-and-set of the job's record.
 */
export class JobScheduler {
  /** Jobs whose schedule was looked at, by id. */
  private readonly checked = new Map<string, { schedule: Schedule; isUsable: boolean }>();
  private readonly alarm: Alarm;

  constructor(private readonly options: JobSchedulerOptions) {
    this.alarm = new Alarm(options.clock);
  }

  /** Until aborted. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, jobs, logger, state } = this.options;
    const forget = jobs.onChange(() => this.alarm.ring());
    // The end of a run removes its row: with backfill, the next slot follows at once.
    state.watch(openPrefix, () => this.alarm.ring(), signal);
    while (!signal.aborted) {
      this.alarm.set();
      let sleep = longestSleep;
      try {
        sleep = Math.min(longestSleep, Math.max(50, (await this.schedule()) - clock.now()));
      } catch (error) {
        logger.error({ error: asFaultlineError(error) }, 'Jobs could not be scheduled');
      }
      await this.alarm.sleep(sleep, signal);
    }
    forget();
  }

  /** Makes the runs that are due; when the next one is. */
  async schedule(): Promise<UnixMillis> {
    let next = Infinity;
    for (const contribution of this.options.jobs.all()) {
      const memory = await this.register(contribution);
      const { value: job } = contribution;
      if (job.schedule === undefined || !this.isUsable(job.id, job.schedule)) continue;
      next = Math.min(next, await this.scheduleOne(job, job.schedule, memory));
    }
    return next;
  }

  /** When a job runs next; null when only on request. */
  dueAt(job: Job, memory: JobRecord | null): UnixMillis | null {
    const { schedule } = job;
    if (schedule === undefined || !this.isUsable(job.id, schedule)) return null;
    const now = this.options.clock.now();
    const history = memory ?? { lastSuccess: null, knownSince: now };
    const slot = nextSlot(schedule, history, { now, backfill: job.backfill === true });
    return Math.max(slot + jitterOf(job.id, schedule, slot, this.options.jitter), memory?.retryAt ?? 0);
  }

  private async scheduleOne(job: Job, schedule: Schedule, memory: JobRecord): Promise<UnixMillis> {
    const { clock, runner, store } = this.options;
    const now = clock.now();
    if (memory.scheduled !== null) {
      const run = await store.get(memory.scheduled.run);
      if (run !== null && !hasEnded(run.status)) return now + longestSleep;
      if (run === null && now - memory.scheduled.at < unmade && now >= memory.scheduled.at) return now + unmade;
    }
    const due = this.dueAt(job, memory) ?? Infinity;
    if (due > now) return due;
    const slot = nextSlot(schedule, memory, { now, backfill: job.backfill === true });
    const run = runner.prepare({ job: job.id, params: null, startedBy: '', slot });
    let isOurs = false;
    await store.updateJob(job.id, (newest) => {
      isOurs = newest !== null && newest.scheduled?.run === memory.scheduled?.run;
      return isOurs && newest !== null ? { ...newest, scheduled: { run: run.id, at: now } } : null;
    });
    if (isOurs) await store.create(run);
    return now + longestSleep;
  }

  private async register({ plugin, value: job }: Contribution<Job>): Promise<JobRecord> {
    const { store, clock } = this.options;
    const known = await store.job(job.id);
    if (known !== null && known.title === job.title && known.plugin === plugin) return known;
    const fresh: JobRecord = {
      lastSuccess: null,
      lastRun: null,
      scheduled: null,
      failures: 0,
      retryAt: null,
      knownSince: clock.now(),
      ...known,
      title: job.title,
      plugin,
    };
    await store.updateJob(job.id, (newest) => ({ ...fresh, ...newest, title: job.title, plugin }));
    return fresh;
  }

  /** A schedule that can't be read is said once, and the job still runs on request. */
  private isUsable(id: string, schedule: Schedule): boolean {
    const known = this.checked.get(id);
    if (known?.schedule === schedule) return known.isUsable;
    let isUsable = true;
    try {
      checkSchedule(id, schedule);
    } catch (error) {
      isUsable = false;
      const { message, hint } = asFaultlineError(error);
      this.options.logger.error({ job: id, hint }, message);
    }
    this.checked.set(id, { schedule, isUsable });
    return isUsable;
  }
}
