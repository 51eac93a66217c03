import { z } from 'zod';

const days = z.number().int().min(1).max(36_500);

/** Section `retention:` of the configuration. */
export const RetentionConfig = z.strictObject({
  dumpDays: days
    .default(30)
    .describe('Days that minidumps and attachments are kept, counted from the day of the crash.'),
  crashDays: days.default(180).describe('Days that crashes are kept: what was sent, and what was made of it.'),
  products: z
    .record(z.string(), z.strictObject({ dumpDays: days.optional(), crashDays: days.optional() }))
    .default({})
    .describe('Other days for a product, by its name. What the product itself says in the app goes before this.'),
  maxBytes: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('Bytes that crashes may take; beyond, the oldest days go first, dumps before crashes. 0: no limit.'),
  schedule: z.string().default('23 2 * * *').describe('When it is looked at, as a cron expression in UTC.'),
});
export type RetentionConfig = z.output<typeof RetentionConfig>;
