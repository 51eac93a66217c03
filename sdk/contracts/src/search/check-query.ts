/**
 * A query with its fields looked up, its values of the right type and its size within bounds. Engines evaluate this
 * form only, so that all refuse the same queries with the same errors.
 */
import type { FieldDefinition } from '../field-definition.js';
import type { FacetRequest, SearchQuery } from '../search-query.js';
import { checkFilter, type CheckedFilter } from './check-filter.js';
import type { HistogramInterval } from './histogram-steps.js';
import { instantOf, valueKind } from './indexed-values.js';
import { searchBounds } from './search-bounds.js';
import { searchMistake, tooLarge, unknownField } from './search-error.js';
import { isFacetable, isSearchable, type SearchFields } from './search-fields.js';

export type CheckedFacet =
  | {
      kind: 'terms';
      name: string;
      field: FieldDefinition;
      size: number;
      includeMissing: boolean;
      facets: CheckedFacet[];
    }
  | {
      kind: 'histogram';
      name: string;
      field: FieldDefinition;
      interval: HistogramInterval;
      facets: CheckedFacet[];
    }
  | { kind: 'cardinality'; name: string; field: FieldDefinition }
  | { kind: 'extent'; name: string; field: FieldDefinition }
  | { kind: 'percentiles'; name: string; field: FieldDefinition; percents: number[] };

export interface CheckedQuery {
  filter: CheckedFilter | null;
  /** Milliseconds, half open. */
  from: number;
  to: number;
  /** Never empty: newest first when the query names no order. */
  sort: { field: FieldDefinition; direction: 'asc' | 'desc' }[];
  limit: number;
  cursor: string | null;
  /** By the names they were asked for. */
  columns: { name: string; field: FieldDefinition }[];
  facets: CheckedFacet[];
}

/**
 * Throws `Malformed SEARCH_FIELD_UNKNOWN | SEARCH_OPERATOR_INVALID | SEARCH_VALUE_INVALID` and `TooLarge
 * SEARCH_TOO_LARGE`, with the path into the query in `details.place`.
 */
export function checkSearchQuery(query: SearchQuery, fields: SearchFields): CheckedQuery {
  if (query.columns.length > searchBounds.columns) throw tooLarge('columns', searchBounds.columns, at('columns'));
  if (query.sort.length > searchBounds.sort) throw tooLarge('sort fields', searchBounds.sort, at('sort'));
  if (query.limit > searchBounds.rows) throw tooLarge('rows', searchBounds.rows, at('limit'));
  if (!Number.isInteger(query.limit) || query.limit < 0) {
    throw searchMistake('SEARCH_VALUE_INVALID', 'The number of rows must be a whole number from 0 on.', at('limit'));
  }
  const sort = query.sort.length === 0 ? newestFirst : query.sort;
  return {
    filter: query.filter === null ? null : checkFilter(query.filter, fields),
    from: instant(query.from, 'from'),
    to: instant(query.to, 'to'),
    sort: sort.map(({ field, direction }, index) => ({
      field: sortField(field, fields, `sort[${index}]`),
      direction,
    })),
    limit: query.limit,
    cursor: query.cursor,
    columns: query.columns.map((name, index) => ({ name, field: knownField(name, fields, `columns[${index}]`) })),
    facets: checkFacets(query.facets, fields),
  };
}

const newestFirst = [{ field: 'submitted_timestamp', direction: 'desc' as const }];

function at(place: string): { place: string } {
  return { place };
}

function instant(text: string, place: string): number {
  const time = instantOf(text);
  if (!Number.isNaN(time)) return time;
  throw searchMistake('SEARCH_VALUE_INVALID', `"${text.slice(0, 80)}" is not a date.`, at(place), 'Use ISO 8601 UTC.');
}

function knownField(name: string, fields: SearchFields, place: string): FieldDefinition {
  const field = fields.get(name);
  if (field === undefined) throw unknownField(name, fields, at(place));
  return field;
}

function sortField(name: string, fields: SearchFields, place: string): FieldDefinition {
  const field = knownField(name, fields, place);
  if (isSearchable(field) && valueKind(field.type) !== 'list') return field;
  throw searchMistake('SEARCH_OPERATOR_INVALID', `Crashes can't be sorted by "${field.id}".`, at(place));
}

function checkFacets(requests: readonly FacetRequest[], fields: SearchFields): CheckedFacet[] {
  let count = 0;
  const check = (facets: readonly FacetRequest[], path: string, depth: number, buckets: number): CheckedFacet[] => {
    count += facets.length;
    if (count > searchBounds.facets) throw tooLarge('facets', searchBounds.facets, at(path));
    if (facets.length > 0 && depth > searchBounds.facetDepth) {
      throw tooLarge('levels of facets', searchBounds.facetDepth, at(path));
    }
    const names = new Set<string>();
    return facets.map((facet, index) => {
      const place = `${path}[${index}]`;
      if (names.has(facet.name)) {
        throw searchMistake('SEARCH_VALUE_INVALID', `Two facets are named "${facet.name.slice(0, 80)}".`, at(place));
      }
      names.add(facet.name);
      const field = facetField(facet.field, fields, place);
      if (facet.kind === 'terms') {
        const size = checkFacetSize(facet.size, place);
        const inside = buckets * size;
        const nested = facet.facets ?? [];
        if (depth > 1 && inside > searchBounds.nestedBuckets) throw explodes(place);
        const facets = check(nested, `${place}.facets`, depth + 1, inside);
        return { kind: 'terms', name: facet.name, field, size, includeMissing: facet.includeMissing ?? false, facets };
      }
      if (facet.kind === 'histogram') {
        checkInterval(facet.interval, field, place);
        const facets = check(facet.facets ?? [], `${place}.facets`, depth + 1, buckets);
        return { kind: 'histogram', name: facet.name, field, interval: facet.interval, facets };
      }
      if (facet.kind === 'cardinality') return { kind: 'cardinality', name: facet.name, field };
      requireNumbers(field, facet.kind, place);
      if (facet.kind === 'extent') return { kind: 'extent', name: facet.name, field };
      checkPercents(facet.percents, place);
      return { kind: 'percentiles', name: facet.name, field, percents: facet.percents };
    });
  };
  return check(requests, 'facets', 1, 1);
}

function explodes(place: string): Error {
  return tooLarge('buckets in nested facets (sizes multiplied)', searchBounds.nestedBuckets, at(place));
}

function facetField(name: string, fields: SearchFields, place: string): FieldDefinition {
  const field = knownField(name, fields, place);
  if (isFacetable(field)) return field;
  throw searchMistake('SEARCH_OPERATOR_INVALID', `"${field.id}" can't be used as a facet.`, at(place));
}

function checkFacetSize(size: number, place: string): number {
  if (size > searchBounds.facetSize) throw tooLarge('values in a facet', searchBounds.facetSize, at(place));
  if (Number.isInteger(size) && size >= 1) return size;
  throw searchMistake('SEARCH_VALUE_INVALID', 'The size of a facet must be a whole number from 1 on.', at(place));
}

function checkInterval(interval: HistogramInterval, field: FieldDefinition, place: string) {
  requireNumbers(field, 'histogram', place);
  const isOfDates = typeof interval === 'string' && interval !== 'magnitude';
  if ((field.type === 'date') !== isOfDates) {
    const wanted = field.type === 'date' ? 'hour, day, week or month' : 'a number, or "magnitude"';
    throw searchMistake('SEARCH_VALUE_INVALID', `The interval of "${field.id}" must be ${wanted}.`, at(place));
  }
  if (typeof interval === 'number' && !(interval > 0 && Number.isFinite(interval))) {
    throw searchMistake('SEARCH_VALUE_INVALID', 'The interval must be a number above 0.', at(place));
  }
}

function requireNumbers(field: FieldDefinition, kind: string, place: string): void {
  if (valueKind(field.type) === 'number' && field.type !== 'boolean') return;
  throw searchMistake('SEARCH_OPERATOR_INVALID', `"${field.id}" has no numbers or dates for ${kind}.`, at(place));
}

function checkPercents(percents: readonly number[], place: string): void {
  if (percents.length > searchBounds.percents) throw tooLarge('percents', searchBounds.percents, at(place));
  if (percents.length > 0 && percents.every((percent) => percent >= 0 && percent <= 100)) return;
  throw searchMistake('SEARCH_VALUE_INVALID', 'Percents must be numbers from 0 to 100.', at(place));
}
