import type { HttpRoute } from '@faultline/sdk';
import { defineRoute, storedKinds } from '@faultline/sdk';
import { z } from 'zod';
import type { Retention } from './retention.js';

export const UsageAnswer = z.object({
  usage: z.array(
    z.object({
      day: z.string(),
      kind: z.enum(storedKinds),
      bytes: z.number(),
      /** When retention last took something of it; null for never. */
      purgedAt: z.iso.datetime().nullable(),
    }),
  ),
});
export type UsageAnswer = z.infer<typeof UsageAnswer>;

export const PlanAnswer = z.object({
  /** What the next purge frees, as far as it can be told. */
  bytes: z.number(),
  steps: z.array(
    z.object({
      day: z.string(),
      kind: z.enum(storedKinds),
      reason: z.enum(['age', 'size']),
      products: z.array(z.string()).nullable(),
      bytes: z.number(),
    }),
  ),
});
export type PlanAnswer = z.infer<typeof PlanAnswer>;

export function retentionRoutes(retention: Retention): HttpRoute[] {
  return [
    defineRoute({
      id: 'retention/usage',
      method: 'GET',
      path: 'usage',
      summary: 'How much is stored, by day and kind',
      access: 'signed-in',
      response: UsageAnswer,
      handle: async () => ({ body: await usageAnswer(retention) }),
    }),
    defineRoute({
      id: 'retention/plan',
      method: 'GET',
      path: 'plan',
      summary: 'What the next purge takes away',
      access: 'manage',
      response: PlanAnswer,
      handle: async () => ({ body: await planAnswer(retention) }),
    }),
  ];
}

async function usageAnswer(retention: Retention): Promise<UsageAnswer> {
  const usage = await retention.usage();
  return {
    usage: usage.map(({ purgedAt, ...rest }) => ({
      ...rest,
      purgedAt: purgedAt === null ? null : new Date(purgedAt).toISOString(),
    })),
  };
}

export async function planAnswer(retention: Retention): Promise<PlanAnswer> {
  const steps = await retention.plan();
  return { bytes: steps.reduce((sum, { bytes }) => sum + bytes, 0), steps };
}
