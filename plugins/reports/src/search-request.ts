/** The search API's parameters as a query, and the answer in its shape. */
import type { FieldDictionary, SearchEngine, UnixMillis } from '@faultline/sdk';
import type { SearchAnswer, SearchFacet, SearchParameters } from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';
import {
  parseSearchDate,
  parseSearchText,
  protectedNames,
  searchFields,
  searchMistake,
  submittedRange,
  type SearchFields,
} from '@faultline/sdk/search';
import type { FacetRequest, FacetResult, SearchQuery } from '@faultline/sdk/search-query';
import { z } from 'zod';
import { parseFacets } from './facet-text.js';

type Parsed = z.output<typeof SearchParameters>;

export interface SearchRequest {
  parameters: Parsed;
  fields: FieldDictionary;
  mayViewProtected: boolean;
  now: UnixMillis;
  signal: AbortSignal;
}

const histogramName = 'histogram';
const defaultRange = 7 * 86_400_000;
/** The years 0 to 9999, which a query can hold. */
const earliest = Date.parse('0000-01-01T00:00:00Z');
const latest = Date.parse('9999-12-31T23:59:59Z');

/**
 * Throws as `parseSearchText` and `SearchEngine.search` do.
 *
 * @param request.look told which protected fields the search names, before it is answered
 */
export async function answerSearch(
  engine: SearchEngine,
  request: SearchRequest & { look(protectedFields: string[]): Promise<void> },
): Promise<SearchAnswer> {
  const { fields, mayViewProtected, signal } = request;
  const query = searchQuery(request);
  await request.look(protectedNames(query, searchFields(fields.all(), mayViewProtected)));
  const result = await engine.search(query, { mayViewProtected, signal });
  return {
    total: result.total,
    rows: result.rows,
    cursor: result.cursor === null ? null : wrapCursor({ from: query.from, to: query.to, cursor: result.cursor }),
    facets: shownFacets(result.facets),
    milliseconds: result.milliseconds,
    completeness: result.completeness,
  };
}

/** Throws `Malformed`, and as `parseSearchText` does. */
export function searchQuery({ parameters, fields, mayViewProtected, now }: SearchRequest): SearchQuery {
  const visible = searchFields(fields.all(), mayViewProtected);
  const filter = parseSearchText(parameters.q, { fields: visible, now });
  const page = parameters.cursor === undefined ? null : unwrapCursor(parameters.cursor);
  return {
    filter,
    ...(page === null ? rangeOf(parameters, submittedRange(filter), now) : { from: page.from, to: page.to }),
    sort: names(parameters.sort).map((name) =>
      name.startsWith('-') ? { field: name.slice(1), direction: 'desc' } : { field: name, direction: 'asc' },
    ),
    limit: parameters.limit,
    cursor: page?.cursor ?? null,
    columns: names(parameters.columns),
    facets: facetRequests(parameters, visible),
  };
}

/** @param asked what the text of the query says of the date */
function rangeOf(
  { from, to }: Pick<Parsed, 'from' | 'to'>,
  asked: { from: string | null; to: string | null },
  now: UnixMillis,
): { from: string; to: string } {
  const end = (to === undefined ? asked.to : null) ?? dateOf('to', to ?? 'now', now);
  const weekBefore = new Date(Math.max(Date.parse(end) - defaultRange, earliest)).toISOString();
  const start = (from === undefined ? (asked.from ?? weekBefore) : null) ?? dateOf('from', from ?? '', now);
  if (start <= end) return { from: start, to: end };
  throw searchMistake('SEARCH_VALUE_INVALID', 'The range ends before it begins.', { place: 'from, to' });
}

function facetRequests({ facets, histogram }: Parsed, fields: SearchFields): FacetRequest[] {
  const requests = parseFacets(facets, fields);
  if (histogram === '') return requests;
  return [...requests, { kind: 'histogram', name: histogramName, field: 'submitted_timestamp', interval: histogram }];
}

function names(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** ISO 8601 of a date as people type it; throws `Malformed SEARCH_VALUE_INVALID`. */
function dateOf(place: string, text: string, now: UnixMillis): string {
  const span = parseSearchDate(text, now);
  if (span !== null && span.start >= earliest && span.start <= latest) return new Date(span.start).toISOString();
  throw searchMistake(
    'SEARCH_VALUE_INVALID',
    `"${text.slice(0, 80)}" is not a date.`,
    { place },
    'Write 2026-11-20, 2026-11-20T10:30, today, now or -7d.',
  );
}

function shownFacets(facets: Readonly<Record<string, FacetResult>>): SearchAnswer['facets'] {
  return Object.fromEntries(Object.entries(facets).map(([name, facet]) => [name, shownFacet(facet)]));
}

function shownFacet(facet: FacetResult): SearchFacet {
  if (facet.kind === 'cardinality') return { buckets: [], other: 0, value: facet.value };
  if (facet.kind !== 'terms' && facet.kind !== 'histogram') return { buckets: [], other: 0 };
  return {
    buckets: facet.buckets.map(({ term, count, facets }) =>
      facets === undefined ? { term, count } : { term, count, facets: shownFacets(facets) },
    ),
    other: facet.other,
  };
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
