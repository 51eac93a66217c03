import { defineRoute } from '@faultline/sdk';
import type { CrashProcessing, FieldDictionary, HttpRoute, JobRunner, Principal } from '@faultline/sdk';
import { JobRunShape } from '@faultline/sdk/api';
import { requireCrashId } from '@faultline/sdk/crash-id';
import { z } from 'zod';
import { reprocessJobId } from '../reprocess/reprocess-job.js';
import { ReprocessParams } from '../reprocess/reprocess-params.js';
import { shapeOfRun, visibleDryRun } from './processing-shapes.js';
import { DryRunShape, RulesetList } from './processing-shapes.js';

export interface ProcessingServices {
  processing: CrashProcessing;
  fields: FieldDictionary;
  /** Throws `Unavailable SERVICE_MISSING` where no plugin runs jobs. */
  runner(): JobRunner;
}

const DryRunRequest = z.strictObject({
  crashId: z.string().max(100),
  ruleset: z.string().max(100).default('default'),
  rules: z.array(z.string().max(200)).min(1).max(1000).optional(),
});

/** Rulesets as they run, runs that are only tried, and many crashes at once. */
export function processingRoutes({ processing, fields, runner }: ProcessingServices): HttpRoute[] {
  const mayViewProtected = (principal: Principal) => principal.permissions.has('view_pii');
  return [
    defineRoute({
      id: 'processor/rulesets',
      method: 'GET',
      path: '/api/v1/processing/rulesets',
      summary: 'Each ruleset with its rules in the order they run, and what can’t be ordered',
      access: 'signed-in',
      response: RulesetList,
      async handle() {
        return { body: { rulesets: await processing.describeRulesets() } satisfies RulesetList };
      },
    }),
    defineRoute({
      id: 'processor/dry-run',
      method: 'POST',
      path: '/api/v1/processing/dry-run',
      summary: 'What processing a crash now would do and change; nothing is written',
      access: 'reprocess',
      request: { body: DryRunRequest },
      response: DryRunShape,
      async handle({ body, principal, signal }) {
        const { ruleset, rules } = body;
        const wish = { ruleset, ...(rules === undefined ? {} : { rules }) };
        const dryRun = await processing.dryRun(requireCrashId(body.crashId), wish, signal);
        return { body: visibleDryRun(dryRun, fields, mayViewProtected(principal)) };
      },
    }),
    defineRoute({
      id: 'processor/reprocess',
      method: 'POST',
      path: '/api/v1/processing/reprocess',
      summary: 'Process many crashes again, or try it, as a job: GET /api/v1/job-runs/:id tells how it gets on',
      access: 'reprocess',
      request: { body: ReprocessParams },
      response: JobRunShape,
      async handle({ body, principal }) {
        const run = await runner().start(reprocessJobId, body, principal.id);
        return { status: 202, body: shapeOfRun(run) };
      },
    }),
  ];
}
