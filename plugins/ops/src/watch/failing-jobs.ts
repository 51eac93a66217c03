import { subjects } from '@faultline/sdk';
import type { Bus, Disposer, JobEvent, JobRunner, JobRunState, Logger, UnixMillis } from '@faultline/sdk';

export interface FailingJob {
  job: string;
  code: string;
  /** In a row, as far back as was looked. */
  failures: number;
  since: UnixMillis;
}

/** Runs of a job that are looked at for a row of failures. */
const lookBack = 20;

/** Jobs whose newest ended run failed; one that was cancelled says nothing. */
export class FailingJobs {
  private readonly failing = new Map<string, FailingJob>();

  constructor(
    private readonly runner: () => JobRunner | null,
    private readonly logger: Logger,
  ) {}

  all(): FailingJob[] {
    return [...this.failing.values()];
  }

  /** What failed before this process was there. */
  async begin(): Promise<void> {
    const runs = (await this.runner()?.list({ limit: 500 })) ?? [];
    for (const job of new Set(runs.map((run) => run.job))) {
      this.take(
        job,
        runs.filter((run) => run.job === job),
      );
    }
  }

  listen(bus: Bus): Disposer {
    return bus.on<JobEvent>(subjects.jobFinished, async ({ job, status }) => {
      if (status === 'succeeded') this.failing.delete(job);
      if (status !== 'failed') return;
      const runs = (await this.runner()?.list({ job, limit: lookBack })) ?? [];
      this.take(job, runs);
      this.logger.debug({ job }, 'a job failed');
    });
  }

  /** @param runs newest first */
  private take(job: string, runs: readonly JobRunState[]): void {
    const ended = runs.filter(({ status }) => status === 'succeeded' || status === 'failed');
    const success = ended.findIndex(({ status }) => status === 'succeeded');
    const failed = success < 0 ? ended : ended.slice(0, success);
    const [newest] = failed;
    const first = failed.at(-1);
    if (newest === undefined || first === undefined) {
      this.failing.delete(job);
      return;
    }
    this.failing.set(job, {
      job,
      code: newest.error?.code ?? '',
      failures: failed.length,
      since: first.endedAt ?? first.slot,
    });
  }
}
