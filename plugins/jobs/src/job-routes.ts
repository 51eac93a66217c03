import { defineRoute } from '@faultline/sdk';
import type { ContributionList, HttpRoute, Job, Permission, Principal } from '@faultline/sdk';
import { JobList, JobRunDetail, JobRunList, JobRunShape } from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';
import { z } from 'zod';
import { runIdPattern, stateOf, type JobRunRecord } from './job-run-record.js';
import { unknownRun, type JobRunStore } from './job-run-store.js';
import type { JobScheduler } from './job-scheduler.js';
import { unknownJob, type SharedJobRunner } from './shared-job-runner.js';
import { describeJob, shapeOfRun } from './describe-jobs.js';

export interface JobRoutesOptions {
  jobs: ContributionList<Job>;
  store: JobRunStore;
  runner: SharedJobRunner;
  scheduler: JobScheduler;
}

const runParams = z.object({ id: z.string().max(100) });
const jobId = z.string().min(3).max(200);

/** Jobs and their runs, as far as the asker may start them. */
export function jobRoutes({ jobs, store, runner, scheduler }: JobRoutesOptions): HttpRoute[] {
  const needed = (job: string): Permission => jobs.get(job)?.value.permission ?? 'manage';
  const may = (principal: Principal, job: string) => principal.permissions.has(needed(job));
  const requireJob = (principal: Principal, job: string) => {
    if (may(principal, job)) return;
    throw new FaultlineError('PermissionDenied', 'JOB_NOT_PERMITTED', `You may not start or see ${job}.`, {
      hint: `It needs the permission ${needed(job)}.`,
      details: { job },
    });
  };
  // Somebody else's run answers as one that does not exist.
  const requireRun = async (principal: Principal, id: string): Promise<JobRunRecord> => {
    const record = runIdPattern.test(id) ? await store.get(id) : null;
    if (record === null || !may(principal, record.job)) throw unknownRun(id);
    return record;
  };
  const change = (verb: 'pause' | 'resume' | 'cancel', summary: string) =>
    defineRoute({
      id: `jobs/run-${verb}`,
      method: 'POST',
      path: `/api/v1/job-runs/:id/${verb}`,
      summary,
      access: 'signed-in',
      request: { params: runParams },
      response: JobRunShape,
      async handle({ params, principal }) {
        const { id } = await requireRun(principal, params.id);
        return { body: shapeOfRun(await runner[verb](id)) };
      },
    });

  return [
    defineRoute({
      id: 'jobs/list',
      method: 'GET',
      path: '/api/v1/jobs',
      summary: 'Jobs, when they run next, and how they went',
      access: 'signed-in',
      response: JobList,
      async handle({ principal }) {
        const memories = await store.jobs();
        const { records: open } = await store.open();
        const rows = jobs.all().filter(({ value }) => may(principal, value.id));
        return {
          body: {
            jobs: rows.map(({ plugin, value: job }) =>
              describeJob(job, {
                plugin,
                memory: memories.get(job.id) ?? null,
                dueAt: scheduler.dueAt(job, memories.get(job.id) ?? null),
                permission: needed(job.id),
                running: open.filter((record) => record.job === job.id).map((record) => record.id),
              }),
            ),
          },
        };
      },
    }),
    defineRoute({
      id: 'jobs/start',
      method: 'POST',
      path: '/api/v1/jobs/start',
      summary: 'Start a job now',
      access: 'signed-in',
      request: { body: z.strictObject({ job: jobId, params: z.json().optional() }) },
      response: JobRunShape,
      async handle({ body, principal }) {
        requireJob(principal, body.job);
        const run = await runner.start(body.job, body.params ?? null, principal.id);
        return { status: 202, body: shapeOfRun(run) };
      },
    }),
    defineRoute({
      id: 'jobs/reset',
      method: 'POST',
      path: '/api/v1/jobs/reset',
      summary: 'Let a job forget its last success and its failures: it runs at its next time, without backfill',
      access: 'manage',
      request: { body: z.strictObject({ job: jobId }) },
      response: null,
      async handle({ body }) {
        if ((await store.job(body.job)) === null)
          throw unknownJob(
            body.job,
            jobs.all().map(({ value }) => value.id),
          );
        await store.updateJob(body.job, (memory) =>
          memory === null ? null : { ...memory, lastSuccess: null, lastRun: null, failures: 0, retryAt: null },
        );
        return { status: 204, body: null };
      },
    }),
    defineRoute({
      id: 'jobs/runs',
      method: 'GET',
      path: '/api/v1/job-runs',
      summary: 'Runs of jobs, newest first',
      access: 'signed-in',
      request: {
        query: z.object({ job: jobId.optional(), limit: z.coerce.number().int().min(1).max(1000).default(100) }),
      },
      response: JobRunList,
      async handle({ query, principal }) {
        if (query.job !== undefined) requireJob(principal, query.job);
        const runs: JobRunRecord[] = [];
        for await (const record of store.newest({ job: query.job })) {
          if (!may(principal, record.job)) continue;
          runs.push(record);
          if (runs.length >= query.limit) break;
        }
        return { body: { runs: runs.map((record) => shapeOfRun(stateOf(record))) } };
      },
    }),
    defineRoute({
      id: 'jobs/run',
      method: 'GET',
      path: '/api/v1/job-runs/:id',
      summary: 'One run with its log',
      access: 'signed-in',
      request: { params: runParams },
      response: JobRunDetail,
      async handle({ params, principal }) {
        const record = await requireRun(principal, params.id);
        const log = await store.log(record.id);
        return {
          body: {
            ...shapeOfRun(stateOf(record)),
            wish: record.wish,
            log: log.map((line) => ({ ...line, at: new Date(line.at).toISOString() })),
          },
        };
      },
    }),
    change('pause', 'Let a run wait at its next step'),
    change('resume', 'Let a paused run go on'),
    change('cancel', 'End a run; what it has done so far stays done'),
  ];
}
