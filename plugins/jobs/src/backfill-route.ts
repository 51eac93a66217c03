import { defineRoute } from '@faultline/sdk';
import type { Clock, ContributionList, HttpRoute, Job, UnixMillis } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import { z } from 'zod';
import { slotAfter } from './job-schedule.js';
import type { JobRunStore } from './job-run-store.js';
import { unknownJob } from './shared-job-runner.js';

/** More than this is a mistake of the year rather than a wish. */
const mostSlots = 5_000;

/** Lets a job run again for every slot since a time, in order: its last success is set to just before it. */
export function backfillRoute({
  jobs,
  store,
  clock,
}: {
  jobs: ContributionList<Job>;
  store: JobRunStore;
  clock: Clock;
}): HttpRoute {
  return defineRoute({
    id: 'jobs/backfill',
    method: 'POST',
    path: '/api/v1/jobs/backfill',
    summary: 'Run a job again for every slot since a time, in order',
    access: 'manage',
    request: { body: z.strictObject({ job: z.string().min(3).max(200), from: z.iso.datetime() }) },
    response: z.object({ slots: z.int() }),
    async handle({ body }) {
      const job = jobs.get(body.job)?.value;
      const known = await store.job(body.job);
      if (job === undefined || known === null) {
        throw unknownJob(
          body.job,
          jobs.all().map(({ value }) => value.id),
        );
      }
      const slots = countSlots(job, Date.parse(body.from), clock.now());
      await store.updateJob(job.id, (memory) =>
        memory === null
          ? null
          : { ...memory, lastSuccess: Date.parse(body.from) - 1, failures: 0, retryAt: null, scheduled: null },
      );
      return { status: 202, body: { slots } };
    },
  });
}

function countSlots({ id, schedule, backfill }: Job, from: UnixMillis, now: UnixMillis): number {
  if (schedule === undefined || backfill !== true) {
    throw new FaultlineError('Unsupported', 'JOB_WITHOUT_BACKFILL', `${id} does not run slot by slot.`, {
      hint: 'Only jobs that make up for missed slots can be backfilled; start it once instead.',
      details: { job: id },
    });
  }
  let slots = 0;
  for (let slot = slotAfter(schedule, from - 1); slot <= now; slot = slotAfter(schedule, slot)) {
    slots += 1;
    if (slots <= mostSlots) continue;
    throw new FaultlineError(
      'TooLarge',
      'JOB_BACKFILL_TOO_LONG',
      `${id} has more than ${mostSlots} slots since then.`,
      {
        hint: 'Begin later.',
        details: { job: id, limit: mostSlots },
      },
    );
  }
  return slots;
}
