/** Queries of all operators and facets over the suite's fields, some of them odd. */
import type { FacetRequest, SearchFilter, SearchQuery } from '@faultline/sdk/search-query';
import { texts } from './random-crashes.js';
import { searchSuiteFields } from './search-trial.js';

export function randomQuery(random: () => number): SearchQuery {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const some = <T>(most: number, make: () => T): T[] => Array.from({ length: Math.floor(random() * most) }, make);
  const from = Date.parse('2026-11-17T00:00:00Z') + Math.floor(random() * 3 * 86_400_000);
  const sortable = ['signature', 'product', 'uptime', 'load', 'startup_crash', 'submitted_timestamp', 'crash_id'];
  const facets = some(4, () => randomFacet(random, 1));
  return {
    filter: random() < 0.2 ? null : randomFilter(random, 3),
    from: new Date(from).toISOString(),
    to: new Date(from + Math.floor(random() * 4 * 86_400_000)).toISOString(),
    sort: some(4, () => ({ field: pick(sortable), direction: pick(['asc', 'desc'] as const) })),
    limit: pick([0, 1, 3, 50]),
    cursor: null,
    columns: some(5, () => pick(['signature', 'modules', 'startup_crash', 'install_date', 'app_notes', 'cpu_count'])),
    facets: facets.map((facet, index) => ({ ...facet, name: `facet${index}` })),
  };
}

function randomFilter(random: () => number, depth: number): SearchFilter {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  if (depth > 0 && random() < 0.45) {
    const kind = pick(['all', 'any', 'not'] as const);
    if (kind === 'not') return { kind, filter: randomFilter(random, depth - 1) };
    return {
      kind,
      filters: Array.from({ length: Math.floor(random() * 4) }, () => randomFilter(random, depth - 1)),
    };
  }
  const condition = (field: string, operator: string, value?: unknown): SearchFilter =>
    ({ kind: 'field', field, operator, ...(value === undefined ? {} : { value }) }) as SearchFilter;
  const text = pick([...texts, 'message', 'O', 'Fenix', 'lib', 'single', 'a', 'xyz']);
  const word = pick(['onmessage', 'message again', 'dom mozilla', '漢字', 'oom']);
  const regex = pick(['.*Message.*', 'O+M.*', '(a|b|single)', '[^a-z]+', '.*', 'F(en|oc).*', 'mozilla::.*::On\\w+']);
  return pick([
    () => condition(pick(['signature', 'product', 'modules', 'version']), pick(['is', 'contains', 'starts']), text),
    () => condition(pick(['signature', 'product', 'modules']), 'ends', text),
    () => condition(pick(['signature', 'product', 'modules', 'url']), 'regex', regex),
    () => condition('signature', 'has', word),
    () => condition(pick(['product', 'modules']), 'has', text),
    () => condition('uptime', pick(['is', 'has', 'lt', 'lte', 'gt', 'gte']), pick([0, 1, 17, 59.5, 60, -5, 2 ** 40])),
    () => condition('load', pick(['is', 'lt', 'lte', 'gt', 'gte']), pick([0, 0.5, -0.25, 1e300])),
    () => condition('startup_crash', 'is', pick([true, false])),
    () =>
      condition('install_date', pick(['lt', 'lte', 'gt', 'gte', 'is']), pick(['2026-11-02', '2026-10-31T23:59:59Z'])),
    () => condition('cpu_count', 'gte', 4),
    () => condition(pick(searchSuiteFields.slice(0, 10)).id, 'exists'),
  ])();
}

function randomFacet(random: () => number, depth: number): FacetRequest {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const nested = depth < 3 && random() < 0.5 ? { facets: [{ ...randomFacet(random, depth + 1), name: 'inner' }] } : {};
  const anyField = pick(['signature', 'product', 'modules', 'uptime', 'load', 'startup_crash', 'install_date']);
  const numeric = pick(['uptime', 'load', 'cpu_count']);
  return pick<() => FacetRequest>([
    () => ({
      kind: 'terms',
      name: '',
      field: anyField,
      size: pick([1, 2, 5, 100]),
      includeMissing: random() < 0.5,
      ...nested,
    }),
    () => ({
      kind: 'histogram',
      name: '',
      field: pick(['submitted_timestamp', 'install_date']),
      interval: pick(['hour', 'day', 'week', 'month']),
      ...nested,
    }),
    () => ({ kind: 'histogram', name: '', field: numeric, interval: pick([0.5, 10, 60, 'magnitude']), ...nested }),
    () => ({ kind: 'cardinality', name: '', field: anyField }),
    () => ({ kind: 'extent', name: '', field: pick(['uptime', 'load', 'install_date', 'submitted_timestamp']) }),
    () => ({ kind: 'percentiles', name: '', field: numeric, percents: [0, 50, 99.5, 100] }),
  ])();
}
