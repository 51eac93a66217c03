import { z } from 'zod';

const ConfiguredRuleset = z.strictObject({
  title: z.string().default(''),
  from: z
    .enum(['report', 'processed'])
    .default('report')
    .describe('`report` walks the dumps and starts anew; `processed` starts from what is stored and walks nothing.'),
});

/** Section `processor:` of the configuration. */
export const ProcessorConfig = z.strictObject({
  concurrency: z.int().min(1).max(64).default(4).describe('Crashes that this process has in hand at once.'),
  weights: z
    .strictObject({
      priority: z.int().min(1).max(1000).default(8),
      normal: z.int().min(1).max(1000).default(4),
      reprocessing: z.int().min(1).max(1000).default(1),
    })
    .prefault({})
    .describe('Shares of the lanes while all of them are full.'),
  ackWait: z
    .int()
    .min(1000)
    .default(60_000)
    .describe('Milliseconds after which a silent processor’s work is given on.'),
  maxDeliveries: z.int().min(1).default(5).describe('Attempts after which a crash is given up and shown as dead.'),
  maxDeaths: z
    .int()
    .min(1)
    .default(2)
    .describe('Times that a crash may be in hand while the process dies; the last of them alone.'),
  quarantine: z
    .int()
    .min(0)
    .default(5000)
    .describe('Milliseconds that a process must have lived before it tries a crash that was in hand at a death.'),
  parkAfter: z.int().min(1).default(3).describe('Times a rule may be stopped before it is left out.'),
  idleWorker: z
    .int()
    .min(0)
    .default(60_000)
    .describe('Milliseconds after which the rules’ thread is stopped when it has nothing to do.'),
  reconcileEvery: z.int().min(1000).default(180_000).describe('Milliseconds between looks for lost pending marks.'),
  reconcileRate: z.int().min(1).default(200).describe('Lost crashes put back into the queues per second.'),
  drainFor: z.int().min(0).default(20_000).describe('Milliseconds that work in hand gets to finish at a stop.'),
  rulesets: z
    .record(z.string().regex(/^[a-z][a-z0-9-]*$/), ConfiguredRuleset)
    .default({})
    .describe('Rulesets beside `default`, `regenerate-signature` and those of plugins; rules name theirs.'),
});
export type ProcessorConfig = z.output<typeof ProcessorConfig>;
