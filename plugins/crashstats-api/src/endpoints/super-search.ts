import type { FacetResult, HttpRequest, JsonValue, SearchValue } from '@faultline/sdk';
import { parseCrashStats, protectedNames, type CrashStatsSearch, type SearchFields } from '@faultline/sdk/search';
import type { FacetRequest, SearchRow } from '@faultline/sdk/search-query';
import type { Endpoint } from '../endpoint.js';
import type { Parameters } from '../parameters.js';
import type { Parts } from '../parts.js';

/** Search and counts, and the same for those who may see everything. */
export function superSearch(parts: Parts): Endpoint[] {
  const answer = (request: HttpRequest, parameters: Parameters) => search(parts, request, parameters);
  return [
    {
      name: 'SuperSearch',
      summary: 'Crash Stats: find crashes, and count them by their fields',
      methods: ['GET', 'POST'],
      answer,
    },
    {
      name: 'SuperSearchUnredacted',
      summary: 'Crash Stats: as SuperSearch, for those who may see protected data',
      methods: ['GET', 'POST'],
      permission: 'view_pii',
      answer,
    },
  ];
}

async function search(parts: Parts, request: HttpRequest, parameters: Parameters): Promise<object> {
  const { principal, signal } = request;
  const fields = parts.fieldsFor(principal);
  const products = parts.products?.snapshot().map(({ name }) => name) ?? [];
  const asked = parseCrashStats(parameters, {
    fields,
    now: parts.clock.now(),
    ...(products.length === 0 ? {} : { products }),
  });
  if (asked.returnQuery) return { query: asked.query, indices: daysOf(asked) };
  const mayViewProtected = principal.permissions.has('view_pii');
  const shown = protectedNames(asked.query, fields);
  if (shown.length > 0) await parts.record(principal, 'search.view', 'SuperSearch', { fields: shown });
  const result = await parts.engine.search(asked.query, { mayViewProtected, signal });
  return {
    hits: result.rows.slice(asked.offset).map((row) => hitOf(row, asked.query.columns, fields)),
    total: result.total,
    facets: facetsOf(result.facets, asked.query.facets, fields),
    errors: [],
  };
}

function hitOf(row: SearchRow, columns: readonly string[], fields: SearchFields): Record<string, JsonValue> {
  return Object.fromEntries(columns.map((name) => [name, valueOf(row[name] ?? null, isDate(name, fields))]));
}

/** A list of one is its element, an empty one nothing. */
function valueOf(value: SearchValue | SearchValue[] | null, isTime: boolean): JsonValue {
  if (Array.isArray(value)) {
    const [only = null] = value;
    return value.length > 1 ? value : valueOf(only, isTime);
  }
  return isTime && typeof value === 'string' ? crashStatsTime(value) : value;
}

function facetsOf(
  results: Record<string, FacetResult>,
  requests: readonly FacetRequest[],
  fields: SearchFields,
): Record<string, object> {
  const entries = requests.map((request): [string, object] => {
    const result = results[request.name];
    const key = request.name;
    if (result?.kind === 'cardinality') return [key, { value: result.value }];
    if (result === undefined || (result.kind !== 'terms' && result.kind !== 'histogram')) return [key, []];
    const inner = 'facets' in request ? (request.facets ?? []) : [];
    const isTime = isDate(request.field, fields);
    const buckets = result.buckets
      .filter(({ term }) => term !== null)
      .map(({ term, count, facets }) => ({
        term: termOf(term, isTime),
        count,
        ...(inner.length === 0 ? {} : { facets: facetsOf(facets ?? {}, inner, fields) }),
      }));
    return [key, buckets];
  });
  return Object.fromEntries(entries);
}

function termOf(term: SearchValue | null, isTime: boolean): JsonValue {
  if (typeof term === 'boolean') return term ? 'T' : 'F';
  return isTime && typeof term === 'string' ? crashStatsTime(term) : term;
}

function isDate(name: string, fields: SearchFields): boolean {
  return fields.get(name)?.type === 'date';
}

/** Seconds, or a fraction of six digits, and always the zone as a number. */
export function crashStatsTime(iso: string): string {
  const match = /^(.{19})(?:\.(\d+))?Z$/.exec(iso);
  if (match === null) return iso;
  const [, seconds, fraction = ''] = match;
  return `${seconds}${/[1-9]/.test(fraction) ? `.${fraction.padEnd(6, '0')}` : ''}+00:00`;
}

/** In the place of index names: the days that would be read. */
function daysOf({ query }: CrashStatsSearch): string[] {
  const days: string[] = [];
  const day = 86_400_000;
  const end = Date.parse(query.to);
  for (let at = Math.floor(Date.parse(query.from) / day) * day; at < end; at += day) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}
