import { z } from 'zod';

const Part = z.object({
  name: z.string(),
  filename: z.string(),
  contentType: z.string(),
  size: z.number(),
  sha256: z.string(),
});

const RuleOutcome = z.object({
  rule: z.string(),
  version: z.number(),
  outcome: z.enum(['written', 'skipped', 'failed', 'timed-out', 'parked']),
  duration: z.number(),
  fields: z.array(z.string()),
  notes: z.array(z.string()),
  errorClass: z.string().optional(),
});

const Run = z.object({
  run: z.number(),
  ruleset: z.string(),
  reason: z.string(),
  started: z.string(),
  completed: z.string(),
  status: z.enum(['complete', 'partial', 'failed']),
  signature: z.string(),
  stackwalk: z.object({ tool: z.string(), version: z.string(), status: z.string(), duration: z.number() }).nullable(),
  rules: z.array(RuleOutcome),
  notes: z.array(z.string()),
  changed: z.array(z.string()),
  /** Old and new values of the changed fields, as far as they were kept and the caller may see them. */
  values: z
    .array(z.object({ field: z.string(), before: z.unknown().optional(), after: z.unknown().optional() }))
    .optional(),
  host: z.string(),
});

/** One annotation with what the field dictionary knows of it. */
const Annotation = z.object({
  name: z.string(),
  /** As received; text unless a JSON part gave another type. */
  value: z.unknown(),
  /** "" when no field describes it. */
  description: z.string(),
  permission: z.enum(['public', 'protected']),
});

/**
 * GET /api/v1/crashes/:id. While it is being processed, `processed` is null and `step` says how far it is. What the
 * caller may not see is absent, and `hasHiddenFields` says that something is. A processed crash that is being processed
 * again stays `processed`, with a `step`.
 */
export const CrashReport = z.object({
  crashId: z.string(),
  state: z.enum(['pending', 'deferred', 'dead', 'processed']),
  /** For people: "waiting in the queue", "walking the minidump"; "" when nothing is to be done. */
  step: z.string(),
  product: z.string(),
  version: z.string(),
  channel: z.string(),
  platform: z.string(),
  processType: z.string(),
  submittedTimestamp: z.string(),
  annotations: z.array(Annotation),
  hasHiddenFields: z.boolean(),
  parts: z.array(Part),
  /** Empty without `view_pii`, as are the parts' `filename`s. */
  collectorNotes: z.array(z.string()),
  throttleRule: z.string(),
  /** Fields by their dictionary names, with `json_dump` as the stack walker's JSON. */
  processed: z.record(z.string(), z.unknown()).nullable(),
  /** Newest first. */
  runs: z.array(Run),
  error: z.object({ code: z.string(), message: z.string(), deliveries: z.number() }).nullable(),
});
export type CrashReport = z.output<typeof CrashReport>;

/** POST /api/v1/crashes/:id/reprocess?ruleset=, answered with 202; `run` is the run that will be written. */
export const ReprocessAccepted = z.object({ crashId: z.string(), run: z.number() });
export type ReprocessAccepted = z.output<typeof ReprocessAccepted>;
