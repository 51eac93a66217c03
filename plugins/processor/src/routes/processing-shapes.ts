import type { DryRun, FieldDictionary, JobRunState, JsonValue } from '@faultline/sdk';
import type { JobRunShape } from '@faultline/sdk/api';
import { z } from 'zod';

const Rule = z.object({
  id: z.string(),
  plugin: z.string(),
  title: z.string(),
  version: z.number(),
  reads: z.array(z.string()).readonly(),
  writes: z.array(z.string()).readonly(),
  budget: z.number(),
  stops: z.number(),
  isParked: z.boolean(),
});

/** GET /api/v1/processing/rulesets */
export const RulesetList = z.object({
  rulesets: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      from: z.enum(['report', 'processed']),
      rules: z.array(Rule),
      problems: z.array(
        z.object({ code: z.string(), message: z.string(), hint: z.string(), rules: z.array(z.string()) }),
      ),
    }),
  ),
});
export type RulesetList = z.output<typeof RulesetList>;

/** POST /api/v1/processing/dry-run. What the caller may not see is left out, and `hasHiddenFields` says so. */
export const DryRunShape = z.object({
  crashId: z.string(),
  ruleset: z.string(),
  status: z.enum(['complete', 'partial', 'failed']),
  signature: z.string(),
  signatureBefore: z.string().nullable(),
  duration: z.number(),
  stackwalk: z.object({ tool: z.string(), version: z.string(), status: z.string(), duration: z.number() }).nullable(),
  rules: z.array(
    z.object({
      rule: z.string(),
      version: z.number(),
      outcome: z.enum(['written', 'skipped', 'failed', 'timed-out', 'parked']),
      duration: z.number(),
      fields: z.array(z.string()),
      notes: z.array(z.string()),
      errorClass: z.string().optional(),
    }),
  ),
  notes: z.array(z.string()),
  patch: z.record(z.string(), z.json()),
  changes: z.array(z.object({ field: z.string(), before: z.json().optional(), after: z.json().optional() })),
  hasHiddenFields: z.boolean(),
});
export type DryRunShape = z.output<typeof DryRunShape>;

export function visibleDryRun(run: DryRun, fields: FieldDictionary, mayViewProtected: boolean): DryRunShape {
  // Whole stack walks say more than public fields may: only their public part is shown elsewhere.
  const isVisible = (name: string) =>
    mayViewProtected || (fields.get(name)?.permission === 'public' && fields.get(name)?.path === undefined);
  const shown = (name: string, value: JsonValue | undefined): JsonValue | undefined =>
    value === undefined || name === 'json_dump' ? undefined : fields.redact({ [name]: value }, mayViewProtected)[name];
  const patch = Object.entries(run.patch).flatMap(([name, value]) => {
    const visible = isVisible(name) ? (mayViewProtected ? value : shown(name, value)) : undefined;
    return visible === undefined ? [] : [[name, visible] as const];
  });
  const changes = run.changes
    .filter(({ field }) => isVisible(field))
    .map(({ field, before, after }) => {
      const [old, now] = mayViewProtected ? [before, after] : [shown(field, before), shown(field, after)];
      return { field, ...(old === undefined ? {} : { before: old }), ...(now === undefined ? {} : { after: now }) };
    });
  const { crashId, ruleset, status, signature, signatureBefore, duration, stackwalk, notes } = run;
  return {
    crashId,
    ruleset,
    status,
    signature,
    signatureBefore,
    duration,
    stackwalk,
    rules: run.rules.map((rule) => ({ ...rule, fields: rule.fields.filter(isVisible) })),
    notes,
    patch: Object.fromEntries(patch),
    changes,
    hasHiddenFields: patch.length < Object.keys(run.patch).length || changes.length < run.changes.length,
  };
}

export function shapeOfRun(run: JobRunState): JobRunShape {
  const date = (time: number | null) => (time === null ? null : new Date(time).toISOString());
  const { id, job, status, params, startedBy, progress, result, error } = run;
  return {
    id,
    job,
    status,
    slot: new Date(run.slot).toISOString(),
    params,
    startedBy,
    startedAt: date(run.startedAt),
    endedAt: date(run.endedAt),
    progress,
    result,
    error: error === null ? null : { code: error.code, message: error.message, hint: error.hint ?? null },
  };
}
