import { defineRoute, type Clock, type HttpRoute, type SearchEngine, type StateStore } from '@faultline/sdk';
import { MissingSymbolList } from '@faultline/sdk/api';
import { z } from 'zod';
import { missingModules } from '../missing/missing-symbols.js';
import { lastRanking, rankedName } from '../missing/rank-job.js';

/** What is missing, by whom it hurts. */
export function missingRoutes(engine: () => SearchEngine, clock: Clock, state: Pick<StateStore, 'get'>): HttpRoute[] {
  return [
    defineRoute({
      id: 'symbols/missing',
      method: 'GET',
      path: '/api/v1/symbols/missing',
      summary: 'Modules without symbols, ranked by the crashes they hurt',
      access: 'reader',
      request: {
        query: z.object({
          days: z.coerce.number().int().min(1).max(366).default(30),
          limit: z.coerce.number().int().min(1).max(10_000).default(200),
        }),
      },
      response: MissingSymbolList,
      async handle({ query, signal }) {
        const modules = await missingModules({ engine: engine(), clock, days: query.days, signal });
        const ranking = await lastRanking(state);
        const ranks = new Map(ranking?.modules.map((name, index) => [name, index + 1]));
        const shown = modules
          .slice(0, query.limit)
          .map((module) => ({ ...module, rankBefore: ranks.get(rankedName(module)) ?? null }));
        const rankedAt = ranking === null ? null : new Date(ranking.at).toISOString();
        return { body: { modules: shown, total: modules.length, rankedAt } };
      },
    }),
  ];
}
