import { defineRoute, type HttpRoute, type JobRunner } from '@faultline/sdk';
import { SymbolMendingList } from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';
import { z } from 'zod';
import { startMending, type Mending, type Mendings } from '../missing/mendings.js';
import type { SymbolMender } from '../missing/symbol-mender.js';

export interface MendingRoutesOptions {
  mendings: Mendings;
  mender: Pick<SymbolMender, 'find'>;
  runner(): JobRunner;
  rate: number;
}

const mendingId = z.object({ id: z.string().max(64) });
const shown = 20;

/** Crashes that new symbols mend: offered, under way, done. */
export function mendingRoutes({ mendings, mender, runner, rate }: MendingRoutesOptions): HttpRoute[] {
  const list = async (): Promise<SymbolMendingList> => {
    const found = await mendings.list(shown);
    return { mendings: await Promise.all(found.map((mending) => shapeOf(mending, runner))) };
  };
  const offered = async (id: string): Promise<Mending> => {
    const mending = await mendings.get(id);
    if (mending === null) throw new FaultlineError('NotFound', 'MENDING_UNKNOWN', 'There is no such offer.');
    if (mending.state === 'offered') return mending;
    throw new FaultlineError('Conflict', 'MENDING_ANSWERED', `The offer was ${mending.state} already.`);
  };
  return [
    defineRoute({
      id: 'symbols/mendings',
      method: 'GET',
      path: '/api/v1/symbols/mendings',
      summary: 'Crashes that new symbols mend, newest first, with the progress of processing them again',
      access: 'signed-in',
      response: SymbolMendingList,
      handle: async () => ({ body: await list() }),
    }),
    defineRoute({
      id: 'symbols/mending-start',
      method: 'POST',
      path: '/api/v1/symbols/mendings/:id/start',
      summary: 'Process the crashes again that these symbols mend',
      access: 'reprocess',
      request: { params: mendingId },
      response: SymbolMendingList,
      async handle({ params, principal }) {
        const mending = await offered(params.id);
        const { crashIds } = await mender.find(new Set(mending.debugIds));
        // They may have been mended meanwhile, or erased.
        const run = crashIds.length === 0 ? null : await startMending(runner(), crashIds, rate, principal.id);
        await mendings.put({ ...mending, state: 'started', crashes: crashIds.length, run });
        return { body: await list() };
      },
    }),
    defineRoute({
      id: 'symbols/mending-dismiss',
      method: 'POST',
      path: '/api/v1/symbols/mendings/:id/dismiss',
      summary: 'Leave these crashes as they are',
      access: 'reprocess',
      request: { params: mendingId },
      response: SymbolMendingList,
      async handle({ params }) {
        await mendings.put({ ...(await offered(params.id)), state: 'dismissed' });
        return { body: await list() };
      },
    }),
  ];
}

async function shapeOf(mending: Mending, runner: () => JobRunner): Promise<SymbolMendingList['mendings'][number]> {
  const { at, debugIds, ...rest } = mending;
  const job = mending.run === null ? null : await runner().get(mending.run);
  return {
    ...rest,
    at: new Date(at).toISOString(),
    symbols: debugIds.length,
    job: job === null ? null : { status: job.status, done: job.progress.done, total: job.progress.total },
  };
}
