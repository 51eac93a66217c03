import { z } from 'zod';
import { topologyKinds, topologyWarningCodes } from '../topology/topology.js';

/** GET /api/v1/operations/topology (manage): what the installation is made of, and what goes through it. */
export const TopologyAnswer = z.object({
  nodes: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(topologyKinds),
      title: z.string(),
      details: z.array(z.string()),
      state: z.enum(['well', 'warning', 'critical']),
    }),
  ),
  edges: z.array(
    z.object({
      id: z.string(),
      from: z.string(),
      to: z.string(),
      traffic: z.enum(['reports', 'work', 'runs', 'symbols', 'reads', 'notices']),
      perMinute: z.number().nullable(),
      total: z.number().nullable(),
      waiting: z.number().nullable(),
      problem: z.string(),
    }),
  ),
  warnings: z.array(z.object({ code: z.enum(topologyWarningCodes), text: z.string(), hint: z.string() })),
});
export type TopologyAnswer = z.output<typeof TopologyAnswer>;
