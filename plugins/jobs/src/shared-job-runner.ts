import type {
  Clock,
  ContributionList,
  Job,
  JobRunner,
  JobRunState,
  JsonValue,
  Random,
  StateStore,
  UnixMillis,
} from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import { hasEnded, runIdOf, stateOf, type JobRunRecord, type Wish } from './job-run-record.js';
import { runsPrefix, unknownRun, type JobRunStore } from './job-run-store.js';

const mostListed = 1_000;

export interface SharedJobRunnerOptions {
  store: JobRunStore;
  state: StateStore;
  jobs: ContributionList<Job>;
  clock: Clock;
  random: Random;
}

/** Takes wishes in any process: they are written down, and the process with the role `jobs` finds them there. */
export class SharedJobRunner implements JobRunner {
  constructor(private readonly options: SharedJobRunnerOptions) {}

  async start(job: string, params: JsonValue | null, startedBy: string): Promise<JobRunState> {
    await this.requireJob(job, params);
    const run = this.prepare({ job, params, startedBy, slot: null });
    await this.options.store.create(run);
    return stateOf(run);
  }

  /** A run of a schedule's slot, or (slot null) one that was asked for; nothing is written. */
  prepare(wish: { job: string; params: JsonValue | null; startedBy: string; slot: UnixMillis | null }): JobRunRecord {
    const { clock, random } = this.options;
    const createdAt = clock.now();
    return {
      id: runIdOf(createdAt, random.bytes(4)),
      job: wish.job,
      status: 'waiting',
      slot: wish.slot ?? createdAt,
      isScheduled: wish.slot !== null,
      params: wish.params,
      startedBy: wish.startedBy,
      createdAt,
      startedAt: null,
      endedAt: null,
      progress: { done: 0, total: null, stage: '' },
      result: null,
      error: null,
      checkpoint: null,
      fence: 0,
      wish: 'run',
    };
  }

  async get(runId: string): Promise<JobRunState | null> {
    const record = await this.options.store.get(runId);
    return record === null ? null : stateOf(record);
  }

  async list(filter: { job?: string; limit?: number } = {}): Promise<JobRunState[]> {
    const limit = Math.min(filter.limit ?? 100, mostListed);
    const states: JobRunState[] = [];
    for await (const record of this.options.store.newest({ job: filter.job })) {
      if (states.length >= limit) break;
      states.push(stateOf(record));
    }
    return states;
  }

  pause(runId: string): Promise<JobRunState> {
    return this.wish(runId, 'pause');
  }

  resume(runId: string): Promise<JobRunState> {
    return this.wish(runId, 'run');
  }

  cancel(runId: string): Promise<JobRunState> {
    return this.wish(runId, 'cancel');
  }

  async settled(runId: string, signal = new AbortController().signal): Promise<JobRunState> {
    const { state, store } = this.options;
    const stop = new AbortController();
    let look: () => void = () => undefined;
    state.watch(runsPrefix, () => look(), AbortSignal.any([signal, stop.signal]));
    signal.addEventListener('abort', () => look(), { signal: stop.signal });
    try {
      for (;;) {
        const changed = new Promise<void>((resolve) => (look = resolve));
        signal.throwIfAborted();
        const record = await store.get(runId);
        if (record === null) throw unknownRun(runId);
        if (hasEnded(record.status)) return stateOf(record);
        await changed;
      }
    } finally {
      stop.abort();
    }
  }

  private async wish(runId: string, wish: Wish): Promise<JobRunState> {
    const { clock, store } = this.options;
    const record = await store.update(runId, (record) => {
      if (hasEnded(record.status)) {
        throw new FaultlineError('Conflict', 'JOB_RUN_ENDED', `The run has ${wordOf(record)} already.`, {
          details: { run: runId, status: record.status },
        });
      }
      // Once cancelled, it can't be called back: the job may have let go of what it held.
      if (record.wish === wish || record.wish === 'cancel') return null;
      // Nobody has it in hand: it ends here and now.
      if (wish === 'cancel' && record.status === 'waiting') {
        return { ...record, wish, status: 'cancelled', endedAt: clock.now() };
      }
      return { ...record, wish };
    });
    return stateOf(record);
  }

  /** A job that another process runs is known by its record; that process will check the parameters. */
  private async requireJob(id: string, params: JsonValue | null): Promise<void> {
    const job = this.options.jobs.get(id)?.value;
    if (job === undefined && (await this.options.store.job(id)) !== null) return;
    if (job === undefined)
      throw unknownJob(
        id,
        this.options.jobs.all().map(({ value }) => value.id),
      );
    parseParams(job, params);
  }
}

/** Throws `Malformed JOB_PARAMS_INVALID`. */
export function parseParams(job: Job, params: JsonValue | null): unknown {
  if (job.params === undefined) {
    if (params === null) return undefined;
    throw new FaultlineError('Malformed', 'JOB_PARAMS_INVALID', `${job.id} takes no parameters.`);
  }
  const parsed = job.params.safeParse(params ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  throw new FaultlineError(
    'Malformed',
    'JOB_PARAMS_INVALID',
    `${job.id} can't take these parameters${place}: ${issue?.message ?? 'they are of another shape'}.`,
    {
      details: {
        job: job.id,
        issues: parsed.error.issues.slice(0, 10).map(({ path, message }) => ({ path, message })),
      },
    },
  );
}

export function unknownJob(id: string, known: readonly string[]): FaultlineError {
  return new FaultlineError('NotFound', 'JOB_UNKNOWN', `There is no job "${id}".`, {
    hint: known.length === 0 ? 'No plugin offers a job.' : `There are: ${[...known].sort().join(', ')}.`,
    details: { job: id },
  });
}

function wordOf({ status }: JobRunRecord): string {
  return status === 'cancelled' ? 'been cancelled' : status;
}
