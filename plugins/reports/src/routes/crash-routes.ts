import {
  defineRoute,
  type CrashProcessing,
  type CrashStorage,
  type FieldDictionary,
  type HttpRoute,
  type Principal,
  type ProductSettings,
} from '@faultline/sdk';
import { CrashReport, ReprocessAccepted } from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';
import { visibleProcessed } from '@faultline/sdk/visible-crash';
import { z } from 'zod';
import { loadCrash } from '../crash-not-found.js';
import { crashReport } from '../crash-report.js';
import type { CrashSteps } from '../crash-steps.js';
import type { ProtectedLooks } from '../protected-looks.js';

export interface CrashRouteServices {
  storage: CrashStorage;
  fields: FieldDictionary;
  steps: CrashSteps;
  looks: ProtectedLooks;
  /** Of the product; none where nobody keeps products. */
  sourceLinks(product: string): Promise<ProductSettings['sourceLinks']>;
  /** Throws where no processor runs in this process. */
  processing(): CrashProcessing;
}

const CrashParams = z.object({ id: z.string().max(100) });
const ReprocessWish = z.strictObject({ ruleset: z.string().max(100).default('default') });

export function mayViewProtected(principal: Principal): boolean {
  return principal.permissions.has('view_pii');
}

export function crashRoutes(services: CrashRouteServices): HttpRoute[] {
  const { storage, fields, steps, looks } = services;
  return [
    defineRoute({
      id: 'reports/crash',
      method: 'GET',
      path: '/api/v1/crashes/:id',
      summary: 'One crash report; one that waits goes first from now on',
      access: 'reader',
      request: { params: CrashParams },
      response: CrashReport,
      async handle({ params, principal, logger }) {
        const stored = await loadCrash(storage, params.id);
        if (stored.pending?.state === 'pending') {
          // Somebody waits for it. The report is as good without.
          await Promise.resolve(stored.raw.crashId)
            .then((id) => services.processing().prioritise(id))
            .catch((error: unknown) => logger.debug({ error }, 'the crash was not raised to priority'));
        }
        const viewer = { fields, mayViewProtected: mayViewProtected(principal) };
        await looks.atCrash(principal, stored.raw.crashId);
        const links = await services.sourceLinks(stored.raw.metadata.identity.product);
        return { body: crashReport(stored, viewer, steps.get(stored.raw.crashId), links) };
      },
    }),
    defineRoute({
      id: 'reports/stackwalk',
      method: 'GET',
      path: '/api/v1/crashes/:id/stackwalk',
      summary: 'The stack walk of the main minidump, in the JSON of rust-minidump',
      access: 'reader',
      request: { params: CrashParams },
      response: z.record(z.string(), z.unknown()),
      async handle({ params, principal }) {
        const { processed, raw } = await loadCrash(storage, params.id);
        const viewer = { fields, mayViewProtected: mayViewProtected(principal) };
        await looks.atCrash(principal, raw.crashId);
        const walk = processed === null ? undefined : visibleProcessed(processed, viewer)['json_dump'];
        if (typeof walk === 'object' && walk !== null) return { body: walk };
        throw new FaultlineError('NotFound', 'STACKWALK_NOT_FOUND', `There is no stack walk of ${raw.crashId}.`, {
          hint: processed === null ? 'The crash has not been processed yet.' : 'The report came without a minidump.',
        });
      },
    }),
    defineRoute({
      id: 'reports/reprocess',
      method: 'POST',
      path: '/api/v1/crashes/:id/reprocess',
      summary: 'Process the crash again',
      access: 'reprocess',
      request: { params: CrashParams, body: ReprocessWish },
      response: ReprocessAccepted,
      async handle({ params, body }) {
        const { raw } = await loadCrash(storage, params.id);
        const wish = { ruleset: body.ruleset, lane: 'priority', reason: 'reprocess' } as const;
        return { status: 202, body: await services.processing().reprocess(raw.crashId, wish) };
      },
    }),
  ];
}
