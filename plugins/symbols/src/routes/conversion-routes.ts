import { defineRoute, type HttpRoute } from '@faultline/sdk';
import { SymbolConversionList } from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';
import { z } from 'zod';
import type { ConversionQueue } from '../convert/conversion-queue.js';
import { installHint, probeDumpSyms } from '../convert/dump-syms.js';

export interface ConversionRoutesOptions {
  queue: ConversionQueue;
  program: string;
  /** Begins the job. */
  begin(): Promise<void>;
}

/** Native debug files that wait for dump_syms, and what became of the others. */
export function conversionRoutes({ queue, program, begin }: ConversionRoutesOptions): HttpRoute[] {
  const list = async (limit: number): Promise<SymbolConversionList> => {
    const counts = { waiting: 0, running: 0, done: 0, failed: 0 };
    const all = [];
    for await (const conversion of queue.all()) {
      counts[conversion.state]++;
      all.push(conversion);
    }
    const { version } = await probeDumpSyms(program);
    const conversions = all
      .sort((one, other) => other.changedAt - one.changedAt)
      .slice(0, limit)
      .map(({ changedAt, ...rest }) => ({ ...rest, changedAt: new Date(changedAt).toISOString() }));
    return { program: { name: program, version, hint: version === null ? installHint : '' }, counts, conversions };
  };
  return [
    defineRoute({
      id: 'symbols/conversions',
      method: 'GET',
      path: '/api/v1/symbols/conversions',
      summary: 'Native debug files on their way to symbol files, those that changed last first',
      access: 'signed-in',
      request: { query: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(200) }) },
      response: SymbolConversionList,
      handle: async ({ query }) => ({ body: await list(query.limit) }),
    }),
    defineRoute({
      id: 'symbols/conversion-retry',
      method: 'POST',
      path: '/api/v1/symbols/conversions/:debugId/retry',
      summary: 'Try a module’s native files with dump_syms again',
      access: 'upload_symbols',
      request: {
        params: z.object({ debugId: z.string().regex(/^[0-9A-Fa-f]{1,64}$/) }),
        query: z.object({ try: z.stringbool().default(false) }),
      },
      response: SymbolConversionList,
      async handle({ params, query }) {
        const conversion = await queue.get(params.debugId.toUpperCase(), query.try);
        if (conversion === null) {
          throw new FaultlineError('NotFound', 'CONVERSION_UNKNOWN', 'No native debug file has this debug id.');
        }
        await queue.put({ ...conversion, state: 'waiting', attempts: 0, problem: '' });
        await begin();
        return { body: await list(200) };
      },
    }),
  ];
}
