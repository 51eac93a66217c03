import type { CrashId, CrashStorage, HttpRoute, JobRunner } from '@faultline/sdk';
import { defineRoute } from '@faultline/sdk';
import { crashIdDay } from '@faultline/sdk/crash-id';
import { FaultlineError } from '@faultline/sdk/errors';
import { z } from 'zod';
import { eraseJobId } from './erase-job.js';
import { crashesOfList, crashesOfQuery, erasureLimit, type SearchParts } from './find-crashes.js';
import type { Selections } from './selections.js';

export const ErasurePreview = z.object({
  selection: z.string(),
  /** Stored here. */
  crashes: z.number(),
  /** Ids that are not stored: they are buried too, so that they can't come later. */
  unknown: z.number(),
  /** UTC days of the ids, oldest first. */
  days: z.array(z.string()),
  /** The first few ids. */
  sample: z.array(z.string()),
  expiresAt: z.iso.datetime(),
});
export type ErasurePreview = z.infer<typeof ErasurePreview>;

const PreviewBody = z.union([
  z.strictObject({ q: z.string().min(1).max(20_000) }),
  z.strictObject({ ids: z.array(z.string().max(100)).min(1).max(erasureLimit) }),
]);

export interface ErasePartsOfRoutes extends SearchParts {
  storage: CrashStorage;
  selections: Selections;
  /** The plugin `jobs` may come later than this one. */
  runner(): JobRunner;
}

export function eraseRoutes(parts: ErasePartsOfRoutes): HttpRoute[] {
  const { storage, selections, runner } = parts;
  return [
    defineRoute({
      id: 'erasing/preview',
      method: 'POST',
      path: 'preview',
      summary: 'Which crashes would be erased; nothing is done yet',
      access: 'manage',
      request: { body: PreviewBody },
      response: ErasurePreview,
      async handle({ body, principal, signal }) {
        const mayViewProtected = principal.permissions.has('view_pii');
        const ids =
          'q' in body ? await crashesOfQuery(body.q, parts, { mayViewProtected, signal }) : crashesOfList(body.ids);
        return { body: await preview(ids, storage, selections) };
      },
    }),
    defineRoute({
      id: 'erasing/erase',
      method: 'POST',
      path: 'erase',
      summary: 'Erase the crashes of a preview: the second yes, with its number of crashes',
      access: 'manage',
      request: { body: z.strictObject({ selection: z.string().max(64), crashes: z.number().int() }) },
      response: z.object({ run: z.string() }),
      async handle({ body, principal }) {
        const ids = await selections.ids(body.selection);
        const stored = await countStored(ids, storage);
        if (stored !== body.crashes) {
          throw new FaultlineError('Conflict', 'ERASURE_CHANGED', `It would now erase ${stored} crashes.`, {
            hint: 'Look at the preview again, and say yes to that number.',
            details: { crashes: stored },
          });
        }
        const run = await runner().start(eraseJobId, { selection: body.selection }, principal.id);
        return { status: 202, body: { run: run.id } };
      },
    }),
  ];
}

/** Throws `NotFound ERASE_NOTHING` when there is no id at all. */
async function preview(ids: CrashId[], storage: CrashStorage, selections: Selections): Promise<ErasurePreview> {
  if (ids.length === 0) {
    throw new FaultlineError('NotFound', 'ERASE_NOTHING', 'No crash was found.', {
      hint: 'Try the query in the search first.',
    });
  }
  const { selection, expiresAt } = await selections.keep(ids);
  const crashes = await countStored(ids, storage);
  return {
    selection,
    crashes,
    unknown: ids.length - crashes,
    days: [...new Set(ids.map(crashIdDay))].sort(),
    sample: ids.slice(0, 10),
    expiresAt: new Date(expiresAt).toISOString(),
  };
}

async function countStored(ids: readonly CrashId[], storage: CrashStorage): Promise<number> {
  let count = 0;
  for (const id of ids) if ((await storage.fate(id)).state === 'stored') count += 1;
  return count;
}
