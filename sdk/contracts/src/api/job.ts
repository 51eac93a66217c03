import { z } from 'zod';
import { permissions } from '../access.js';

const date = z.iso.datetime();

export const JobRunShape = z.object({
  id: z.string(),
  job: z.string(),
  status: z.enum(['waiting', 'running', 'paused', 'succeeded', 'failed', 'cancelled']),
  /** The time the run stands for. */
  slot: date,
  params: z.json().nullable(),
  /** Principal id; "" for the clock. */
  startedBy: z.string(),
  startedAt: date.nullable(),
  endedAt: date.nullable(),
  progress: z.object({ done: z.number(), total: z.number().nullable(), stage: z.string() }),
  /** What was done; null until it succeeded. */
  result: z.json().nullable(),
  error: z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() }).nullable(),
});
export type JobRunShape = z.infer<typeof JobRunShape>;

export const JobRunList = z.object({ runs: z.array(JobRunShape) });
export type JobRunList = z.infer<typeof JobRunList>;

export const JobRunDetail = JobRunShape.extend({
  wish: z.enum(['run', 'pause', 'cancel']),
  log: z.array(z.object({ at: date, level: z.enum(['debug', 'info', 'warn', 'error']), message: z.string() })),
});
export type JobRunDetail = z.infer<typeof JobRunDetail>;

export const JobList = z.object({
  jobs: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      plugin: z.string(),
      /** For people; "" when it only runs on request. */
      schedule: z.string(),
      backfill: z.boolean(),
      takesParams: z.boolean(),
      permission: z.enum(permissions),
      dueAt: date.nullable(),
      lastSuccess: date.nullable(),
      /** In a row. */
      failures: z.number(),
      /** Ids of runs that have not ended. */
      running: z.array(z.string()),
    }),
  ),
});
export type JobList = z.infer<typeof JobList>;
