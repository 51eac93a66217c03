/**
 * Crash Stats' search parameters, as scripts send them to `/api/SuperSearch/` (Socorro's documentation, "Super Search
 * API"): `signature=~Foo&product=Fenix&_facets=version&_results_number=10`.
 */
import type { SearchQuery } from '../../search-query.js';
import type { UnixMillis } from '../../units.js';
import { searchBounds } from '../search-bounds.js';
import { tooLarge } from '../search-error.js';
import { isSearchable, type SearchFields } from '../search-fields.js';
import { dateRange } from './date-range.js';
import { CrashStatsFacets } from './facets.js';
import { combinedFilter } from './filter.js';
import { badArgument, unknownParameterField, type ParameterPlace } from './mistake.js';
import { readValue, type ReadValue } from './values.js';

export interface CrashStatsSearch {
  /** Its `limit` counts the rows that `offset` passes over. Names stand as they were asked for. */
  query: SearchQuery;
  /** Rows of the answer to leave out at its beginning. */
  offset: number;
  /** `_return_query`: show the query in place of its answer. */
  returnQuery: boolean;
}

export interface CrashStatsOptions {
  /** What the caller may see; parameters that name no field are ignored, as Crash Stats does. */
  fields: SearchFields;
  now: UnixMillis;
  /** Names left out without a word where they are columns, sorts or facets. Absent: none, all unknown ones are errors. */
  isHidden?: (name: string) => boolean;
  /** Products that may be asked for; absent: any. */
  products?: readonly string[];
}

export const defaultCrashStatsColumns = ['uuid', 'date', 'signature', 'product', 'version'];
export const defaultCrashStatsFacets = ['signature'];
export const defaultCrashStatsFacetSize = 50;
export const defaultCrashStatsRows = 100;
const mostRows = 1_000;
/** Rows that can be reached by offsets. */
const lastRow = 10_000;

/**
 * Throws `Malformed SEARCH_FIELD_UNKNOWN | SEARCH_OPERATOR_INVALID | SEARCH_VALUE_INVALID` with `parameter` and `place`
 * (`uptime[1]`: its second value) in `details`, and `TooLarge SEARCH_TOO_LARGE`.
 *
 * @param parameters in the order given, e.g. `new URLSearchParams(...)`
 */
export function parseCrashStats(
  parameters: Iterable<readonly [string, string]>,
  options: CrashStatsOptions,
): CrashStatsSearch {
  const parser = new ParameterReader(options);
  for (const [name, value] of parameters) parser.take(name, value);
  return parser.finish();
}

class ParameterReader {
  private readonly isHidden: (name: string) => boolean;
  private readonly facets: CrashStatsFacets;
  private readonly timesSeen = new Map<string, number>();
  private readonly valuesByField = new Map<string, ReadValue[]>();
  private readonly dates: ReadValue[] = [];
  private readonly columns: string[] = [];
  private readonly sort: SearchQuery['sort'] = [];
  private readonly numbers = new Map<string, number>();
  private returnQuery = false;
  private count = 0;

  constructor(private readonly options: CrashStatsOptions) {
    this.isHidden = options.isHidden ?? (() => false);
    this.facets = new CrashStatsFacets(options.fields, this.isHidden);
  }

  take(parameter: string, value: string): void {
    const index = this.timesSeen.get(parameter) ?? 0;
    this.timesSeen.set(parameter, index + 1);
    if (++this.count > searchBounds.filters)
      throw tooLarge('parameters', searchBounds.filters, { place: 'parameters' });
    const place = { parameter, index };
    if (value.length > searchBounds.value) {
      throw tooLarge('characters in a value', searchBounds.value, { place: `${parameter.slice(0, 80)}[${index}]` });
    }
    if (parameter.startsWith('_')) this.takeMeta(value, place);
    else this.takeFilter(value, place);
  }

  finish(): CrashStatsSearch {
    const number = this.numbers.get('_results_number') ?? defaultCrashStatsRows;
    const offset = this.numbers.get('_results_offset') ?? 0;
    const size = this.numbers.get('_facets_size') ?? defaultCrashStatsFacetSize;
    requireAtMost('_results_number', number, mostRows);
    requireAtMost('_facets_size', size, searchBounds.facetSize);
    if (offset + number > lastRow) {
      const message = `Bad value for parameter _results_offset: rows beyond the ${lastRow.toLocaleString('en-US')}th can't be reached by an offset.`;
      const hint = 'Narrow the dates, or page through /api/v1/search, which has no such limit.';
      throw badArgument('SEARCH_VALUE_INVALID', { parameter: '_results_offset', index: 0 }, message, hint);
    }
    if (!this.timesSeen.has('_facets')) {
      for (const [index, name] of defaultCrashStatsFacets.entries()) {
        this.facets.add(name, { parameter: '_facets', index });
      }
    }
    return {
      query: {
        filter: combinedFilter(this.valuesByField),
        ...dateRange(this.dates, this.options.now),
        sort: this.sort,
        limit: offset + number,
        cursor: null,
        columns: this.timesSeen.has('_columns') ? this.columns : [...defaultCrashStatsColumns],
        facets: this.facets.requests(size),
      },
      offset,
      returnQuery: this.returnQuery,
    };
  }

  private takeMeta(value: string, place: ParameterPlace): void {
    const { parameter } = place;
    switch (parameter) {
      case '_columns':
        if (this.isKnown(value, place) && !this.columns.includes(value)) this.columns.push(value);
        return;
      case '_sort':
        this.takeSort(value, place);
        return;
      case '_facets':
        if (value !== '') this.facets.add(value, place);
        return;
      case '_results_number':
      case '_results_offset':
      case '_facets_size':
        this.numbers.set(parameter, wholeNumber(value, place));
        return;
      case '_return_query':
        this.returnQuery = ['1', 'true', 't', 'y', 'yes'].includes(value.toLowerCase());
        return;
    }
    if (parameter.startsWith('_aggs.')) this.facets.addNested(parameter.slice('_aggs.'.length), value, place);
    else if (parameter.startsWith('_histogram.')) {
      this.facets.addHistogram(parameter.slice('_histogram.'.length), value, place);
    } else if (parameter.startsWith('_histogram_interval.')) {
      this.facets.setInterval(parameter.slice('_histogram_interval.'.length), value, place);
    }
  }

  private takeSort(value: string, place: ParameterPlace): void {
    if (value === '') return;
    const isDescending = value.startsWith('-');
    const name = isDescending ? value.slice(1) : value;
    if (this.isKnown(name, place)) this.sort.push({ field: name, direction: isDescending ? 'desc' : 'asc' });
  }

  private isKnown(name: string, place: ParameterPlace): boolean {
    if (this.options.fields.get(name) !== undefined) return true;
    if (this.isHidden(name)) return false;
    throw unknownParameterField(name, this.options.fields, place);
  }

  private takeFilter(text: string, place: ParameterPlace): void {
    const field = this.options.fields.get(place.parameter);
    // A form sends its empty boxes too.
    if (field === undefined || !isSearchable(field) || text === '') return;
    const value = readValue({ field, text, place, now: this.options.now });
    if (field.id === 'product') this.requireProduct(value, place);
    if (field.id === 'submitted_timestamp') {
      this.dates.push(value);
      if (!value.isNegated) return;
    }
    const values = this.valuesByField.get(field.id) ?? [];
    values.push(value);
    this.valuesByField.set(field.id, values);
  }

  private requireProduct({ kind, condition }: ReadValue, place: ParameterPlace): void {
    const { products } = this.options;
    if (products === undefined || kind !== 'bare' || condition.kind !== 'field') return;
    const product = String(condition.value);
    if (products.includes(product)) return;
    const shown = product.slice(0, 80);
    throw badArgument(
      'SEARCH_VALUE_INVALID',
      place,
      `Not valid products: ${shown}`,
      `Products here: ${products.slice(0, 20).join(', ')}.`,
    );
  }
}

function wholeNumber(text: string, place: ParameterPlace): number {
  if (/^\d{1,15}$/.test(text.trim())) return Number(text);
  const message = `Bad value for parameter ${place.parameter}: "${text.slice(0, 80)}" is not a whole number from 0 on.`;
  throw badArgument('SEARCH_VALUE_INVALID', place, message);
}

function requireAtMost(parameter: string, value: number, bound: number): void {
  if (value <= bound) return;
  const message = `Bad value for parameter ${parameter}: ${value} is more than ${bound.toLocaleString('en-US')}.`;
  throw badArgument('SEARCH_VALUE_INVALID', { parameter, index: 0 }, message);
}
