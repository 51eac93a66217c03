import { z } from 'zod';

export const CrashStatsConfig = z
  .strictObject({
    anonymousPerMinute: z
      .number()
      .int()
      .min(0)
      .default(100)
      .describe('Requests a minute that are borne from one address without a token; 0 for no limit.'),
    knownPerMinute: z
      .number()
      .int()
      .min(0)
      .default(1000)
      .describe('Requests a minute that are borne of one token or user; 0 for no limit.'),
  })
  .prefault({});
export type CrashStatsConfig = z.output<typeof CrashStatsConfig>;
