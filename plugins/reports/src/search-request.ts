/** The search API's parameters as a query, and the answer in its shape. */
import type { FieldDictionary, SearchEngine, UnixMillis } from '@faultline/sdk';
import type { SearchAnswer, SearchParameters } from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';
import {
  parseSearchDate,
  parseSearchText,
  searchFields,
  searchMistake,
  submittedRange,
  type SearchFields,
} from '@faultline/sdk/search';
import type { FacetRequest, FacetResult, SearchQuery } from '@faultline/sdk/search-query';
import { z } from 'zod';

type Parsed = z.output<typeof SearchParameters>;

export interface SearchRequest {
  parameters: Parsed;
  fields: FieldDictionary;
  mayViewProtected: boolean;
  now: UnixMillis;
  signal: AbortSignal;
}

const histogramName = 'histogram';
const defaultFacetSize = 20;

/** Throws as `parseSearchText` and `SearchEngine.search` do. */
export async function answerSearch(engine: SearchEngine, request: SearchRequest): Promise<SearchAnswer> {
  const { mayViewProtected, signal } = request;
  const query = searchQuery(request);
  const result = await engine.search(query, { mayViewProtected, signal });
  return {
    total: result.total,
    rows: result.rows,
    cursor: result.cursor === null ? null : wrapCursor({ from: query.from, to: query.to, cursor: result.cursor }),
    facets: Object.fromEntries(Object.entries(result.facets).map(([name, facet]) => [name, bucketsOf(facet)])),
    milliseconds: result.milliseconds,
    completeness: result.completeness,
  };
}

function searchQuery({ parameters, fields, mayViewProtected, now }: SearchRequest): SearchQuery {
  const visible = searchFields(fields.all(), mayViewProtected);
  const filter = parseSearchText(parameters.q, { fields: visible, now });
  const page = parameters.cursor === undefined ? null : unwrapCursor(parameters.cursor);
  const asked = submittedRange(filter);
  return {
    filter,
    from: page?.from ?? (parameters.from === undefined ? asked.from : null) ?? dateOf(parameters.from ?? '-7d', now),
    to: page?.to ?? (parameters.to === undefined ? asked.to : null) ?? dateOf(parameters.to ?? 'now', now),
    sort: names(parameters.sort).map((name) =>
      name.startsWith('-') ? { field: name.slice(1), direction: 'desc' } : { field: name, direction: 'asc' },
    ),
    limit: parameters.limit,
    cursor: page?.cursor ?? null,
    columns: names(parameters.columns),
    facets: facetRequests(parameters, visible),
  };
}

function facetRequests({ facets, histogram }: Parsed, fields: SearchFields): FacetRequest[] {
  const requests = names(facets).map((text): FacetRequest => {
    const [field = '', size] = text.split(':');
    const name = fields.get(field)?.id ?? field;
    return { kind: 'terms', name, field, size: size === undefined ? defaultFacetSize : sizeOf(size, text) };
  });
  if (histogram === '') return requests;
  return [...requests, { kind: 'histogram', name: histogramName, field: 'submitted_timestamp', interval: histogram }];
}

function sizeOf(size: string, text: string): number {
  if (/^\d{1,6}$/.test(size)) return Number(size);
  throw searchMistake(
    'SEARCH_VALUE_INVALID',
    `"${text.slice(0, 80)}" is not a facet.`,
    { place: 'facets' },
    'field:size',
  );
}

function names(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** ISO 8601 of a date as people type it; throws `Malformed SEARCH_VALUE_INVALID`. */
function dateOf(text: string, now: UnixMillis): string {
  const span = parseSearchDate(text, now);
  if (span !== null) return new Date(span.start).toISOString();
  throw searchMistake(
    'SEARCH_VALUE_INVALID',
    `"${text.slice(0, 80)}" is not a date.`,
    { place: 'from, to' },
    'Write 2026-11-20, 2026-11-20T10:30, today, now or -7d.',
  );
}

function bucketsOf(facet: FacetResult): SearchAnswer['facets'][string] {
  if (facet.kind !== 'terms' && facet.kind !== 'histogram') return { buckets: [], other: 0 };
  return { buckets: facet.buckets.map(({ term, count }) => ({ term, count })), other: facet.other };
}

const Page = z.strictObject({ from: z.string(), to: z.string(), cursor: z.string() });

/** "-7d" moves on between pages; a cursor keeps the dates that its first page meant. */
function wrapCursor(page: z.output<typeof Page>): string {
  return Buffer.from(JSON.stringify(page)).toString('base64url');
}

function unwrapCursor(text: string): z.output<typeof Page> {
  try {
    return Page.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch (cause) {
    throw new FaultlineError('Malformed', 'SEARCH_CURSOR_INVALID', 'This is not a cursor of a search.', {
      hint: 'Start again from the first page.',
      cause,
    });
  }
}
