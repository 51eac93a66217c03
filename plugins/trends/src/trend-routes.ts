import {
  defineRoute,
  type Clock,
  type FieldDictionary,
  type HttpRequest,
  type HttpRoute,
  type ProductCatalog,
  type SearchEngine,
  type SignatureHistory,
  type TicketLinks,
} from '@faultline/sdk';
import {
  CompareParameters,
  Comparison,
  CorrelationParameters,
  Correlations,
  RelatedGroups,
  RelatedParameters,
  TopCrasherList,
  TopCrasherParameters,
  Trend,
  TrendParameters,
} from '@faultline/sdk/api';
import { compare } from './compare.js';
import { correlations } from './correlations.js';
import { relatedGroups } from './related-groups.js';
import { scopeOf, type Scope } from './scope.js';
import { topCrashers } from './top-crashers.js';
import { trend } from './trend.js';

export interface TrendServices {
  engine: SearchEngine;
  dictionary: FieldDictionary;
  catalog: ProductCatalog;
  clock: Clock;
  /** Null while no plugin keeps tickets. */
  tickets: () => TicketLinks | null;
  /** Null while no plugin keeps first appearances. */
  history: () => SignatureHistory | null;
}

type Scoped = HttpRequest<unknown, { q: string; from: string; to: string }>;

export function trendRoutes({ engine, dictionary, catalog, clock, tickets, history }: TrendServices): HttpRoute[] {
  const scope = ({ query, principal, signal }: Scoped): Scope => {
    const mayViewProtected = principal.permissions.has('view_pii');
    return scopeOf(query, { dictionary, mayViewProtected, now: clock.now(), signal });
  };
  return [
    defineRoute({
      id: 'trends/topcrashers',
      method: 'GET',
      path: '/api/v1/topcrashers',
      summary: 'Groups by their number of crashes, against the time of equal length before',
      access: 'reader',
      request: { query: TopCrasherParameters },
      response: TopCrasherList,
      handle: async (request) => ({
        body: await topCrashers(
          { engine, clock, tickets: tickets(), history: history() },
          scope(request),
          request.query,
        ),
      }),
    }),
    defineRoute({
      id: 'trends/compare',
      method: 'GET',
      path: '/api/v1/topcrashers/compare',
      summary: 'Top groups of two versions, or of two values of any field, side by side',
      access: 'reader',
      request: { query: CompareParameters },
      response: Comparison,
      handle: async (request) => ({ body: await compare(engine, scope(request), request.query) }),
    }),
    defineRoute({
      id: 'trends/trend',
      method: 'GET',
      path: '/api/v1/trends',
      summary: 'Crashes over time by the values of any field, with the releases in between',
      access: 'reader',
      request: { query: TrendParameters },
      response: Trend,
      handle: async (request) => ({ body: await trend({ engine, catalog }, scope(request), request.query) }),
    }),
    defineRoute({
      id: 'trends/correlations',
      method: 'GET',
      path: '/api/v1/correlations',
      summary: 'What is more frequent in a group than in the rest of the scope, with its significance',
      access: 'reader',
      request: { query: CorrelationParameters },
      response: Correlations,
      handle: async (request) => ({ body: await correlations({ engine, clock }, scope(request), request.query) }),
    }),
    defineRoute({
      id: 'trends/related',
      method: 'GET',
      path: '/api/v1/groups/related',
      summary: 'Groups that may have the same cause: alike by their functions, or linked to the same ticket',
      access: 'reader',
      request: { query: RelatedParameters },
      response: RelatedGroups,
      handle: async (request) => ({
        body: await relatedGroups({ engine, tickets: tickets() }, scope(request), request.query.signature),
      }),
    }),
  ];
}
