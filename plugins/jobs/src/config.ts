import { z } from 'zod';

export const JobsConfig = z
  .strictObject({
    concurrency: z.number().int().min(1).max(32).default(3).describe('Jobs that may run at once in one process.'),
    keepRuns: z
      .number()
      .int()
      .min(10)
      .max(10_000)
      .default(200)
      .describe('Ended runs of each job that stay in the history; older ones are forgotten once a day.'),
    jitter: z
      .number()
      .int()
      .min(0)
      .max(3600)
      .default(30)
      .describe('Seconds over which jobs of the same slot are spread; each job always gets the same delay.'),
  })
  .prefault({});
export type JobsConfig = z.infer<typeof JobsConfig>;
