import { z } from 'zod';

/** Section `ops:` of the configuration. */
export const OpsConfig = z
  .strictObject({
    every: z.int().min(100).max(60_000).default(5000).describe('Milliseconds between two looks at everything.'),
    goneAfter: z
      .int()
      .min(500)
      .max(600_000)
      .default(12_000)
      .describe('Milliseconds without a heartbeat (one comes each 5 s) after which a process counts as gone.'),
    diskFree: z
      .int()
      .min(0)
      .default(2 * 1024 ** 3)
      .describe('Bytes: less free space on the disk of the data folder is a problem.'),
    queueOldest: z
      .int()
      .min(1)
      .default(300)
      .describe('Seconds: a crash that waits longer in the lanes normal and priority is a problem.'),
    sinkOldest: z.int().min(1).default(60).describe('Seconds: a sink that is further behind is a problem.'),
    failingShare: z
      .number()
      .min(0.01)
      .max(1)
      .default(0.2)
      .describe('Share of the last ten minutes’ crashes for which a rule or the walk must fail to be a problem.'),
    loopLag: z
      .int()
      .min(50)
      .default(3000)
      .describe('Milliseconds: an event loop that stands still for longer is a problem.'),
  })
  .prefault({});
export type OpsConfig = z.output<typeof OpsConfig>;
