/** The crashes that a question is about, for one caller, and how they are asked for. */
import type { FieldDictionary, SearchEngine, UnixMillis } from '@faultline/sdk';
import {
  parseSearchDate,
  parseSearchText,
  searchFields,
  searchMistake,
  type SearchFields,
} from '@faultline/sdk/search';
import type { FacetBucket, FacetRequest, FacetResult, SearchFilter, SearchResult } from '@faultline/sdk/search-query';

export interface Scope {
  filter: SearchFilter | null;
  /** Half open. */
  from: UnixMillis;
  to: UnixMillis;
  fields: SearchFields;
  mayViewProtected: boolean;
  signal: AbortSignal;
}

export interface Caller {
  dictionary: FieldDictionary;
  mayViewProtected: boolean;
  now: UnixMillis;
  signal: AbortSignal;
}

/** Throws as `parseSearchText` does, and `Malformed SEARCH_VALUE_INVALID` for dates that are none or reversed. */
export function scopeOf(asked: { q: string; from: string; to: string }, caller: Caller): Scope {
  const { mayViewProtected, now, signal } = caller;
  const fields = searchFields(caller.dictionary.all(), mayViewProtected);
  const from = dateOf('from', asked.from, now);
  const to = dateOf('to', asked.to, now);
  if (from >= to) {
    throw searchMistake('SEARCH_VALUE_INVALID', 'The range ends before it begins.', { place: 'from, to' });
  }
  return { filter: parseSearchText(asked.q, { fields, now }), from, to, fields, mayViewProtected, signal };
}

/** The scope's crashes of the same span of time right before. */
export function before(scope: Scope): Scope {
  return { ...scope, from: scope.from - (scope.to - scope.from), to: scope.from };
}

export function narrowed(scope: Scope, ...filters: (SearchFilter | null)[]): Scope {
  const all = [scope.filter, ...filters].filter((filter) => filter !== null);
  return { ...scope, filter: all.length === 0 ? null : { kind: 'all', filters: all } };
}

/** Counts; no rows. */
export function count(engine: SearchEngine, scope: Scope, facets: FacetRequest[]): Promise<SearchResult> {
  const { filter, mayViewProtected, signal } = scope;
  const range = { from: iso(scope.from), to: iso(scope.to) };
  return engine.search(
    { filter, ...range, sort: [], limit: 0, cursor: null, columns: [], facets },
    { mayViewProtected, signal },
  );
}

export function is(field: string, value: string): SearchFilter {
  return { kind: 'field', field, operator: 'is', value };
}

export function anyOf(field: string, values: readonly string[]): SearchFilter {
  return { kind: 'any', filters: values.map((value) => is(field, value)) };
}

export function bucketsOf(facet: FacetResult | undefined): FacetBucket[] {
  return facet?.kind === 'terms' || facet?.kind === 'histogram' ? facet.buckets : [];
}

export function iso(time: UnixMillis): string {
  return new Date(time).toISOString();
}

function dateOf(place: string, text: string, now: UnixMillis): UnixMillis {
  const span = parseSearchDate(text, now);
  // The years that a query can hold.
  if (span !== null && span.start >= -62_167_219_200_000 && span.start < 253_402_300_800_000) return span.start;
  throw searchMistake(
    'SEARCH_VALUE_INVALID',
    `"${text.slice(0, 80)}" is not a date.`,
    { place },
    'Write 2026-11-20, 2026-11-20T10:30, today, now or -7d.',
  );
}
