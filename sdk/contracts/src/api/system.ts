import { z } from 'zod';

/** GET /api/v1/panels: panels that plugins add to the screens. */
export const PanelList = z.object({
  panels: z.array(
    z.object({
      plugin: z.string(),
      id: z.string(),
      title: z.string(),
      slot: z.string(),
      order: z.number(),
      /** Same-origin address of the module. */
      module: z.string(),
      whenField: z.string().optional(),
    }),
  ),
});
export type PanelList = z.output<typeof PanelList>;

/** GET /api/v1/plugins (manage) */
export const PluginList = z.object({
  plugins: z.array(
    z.object({
      id: z.string(),
      displayName: z.string(),
      version: z.string(),
      location: z.string(),
      state: z.enum(['active', 'disabled', 'skipped', 'failed']),
      phase: z.string(),
      error: z.object({ code: z.string(), message: z.string(), hint: z.string() }).optional(),
      duration: z.number(),
      contributes: z.record(z.string(), z.array(z.string())),
    }),
  ),
});
export type PluginList = z.output<typeof PluginList>;

/** GET /api/v1/dead-letters (reprocess): crashes given up; POST .../:id/replay and DELETE .../:id act on one. */
export const DeadLetterList = z.object({
  deadLetters: z.array(
    z.object({
      crashId: z.string(),
      run: z.number(),
      since: z.string(),
      code: z.string(),
      message: z.string(),
      deliveries: z.number(),
    }),
  ),
});
export type DeadLetterList = z.output<typeof DeadLetterList>;

/** GET /api/v1/status: in numbers, what this server is doing. Reading it needs no permission beyond reading. */
export const SystemStatus = z.object({
  version: z.string(),
  startedAt: z.string(),
  /** One sentence for people. */
  summary: z.string(),
  queues: z.array(
    z.object({ subject: z.string(), depth: z.number(), inHand: z.number(), oldest: z.number().nullable() }),
  ),
  deadLetters: z.number(),
  outbox: z.array(z.object({ sink: z.string(), rows: z.number(), oldest: z.string().nullable() })),
  index: z.object({ crashes: z.number(), completeness: z.number() }),
  /** Addresses to hand to crash reporters. */
  submitUrl: z.string(),
});
export type SystemStatus = z.output<typeof SystemStatus>;

/**
 * GET /api/v1/events: server-sent events. `crash.received`, `crash.processed` (`CrashEvent` of the bus) and
 * `crash.step` ({crashId, step}) as they happen; `hello` first; a comment line every 15 s.
 */
export const LiveCrashEvent = z.object({
  crashId: z.string(),
  product: z.string(),
  signature: z.string(),
  status: z.string(),
});
export type LiveCrashEvent = z.output<typeof LiveCrashEvent>;
