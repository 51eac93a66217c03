import type {
  FieldDefinition,
  FieldDictionary,
  ProcessedCrash,
  SearchEngine,
  SearchStatus,
  SuggestRequest,
  Suggestion,
} from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import {
  checkSearchQuery,
  checkSuggest,
  hasAllWords,
  indexedList,
  indexedNumber,
  indexedText,
  isSearchable,
  isSuggested,
  searchFields,
  searchMistake,
  stepStart,
  valueKind,
  type CheckedFacet,
  type CheckedFilter,
  type CheckedQuery,
} from '@faultline/sdk/search';
import type { FacetBucket, FacetResult, SearchQuery, SearchResult, SearchValue } from '@faultline/sdk/search-query';

type Term = string | number | null;

/**
 * The search contract in the most obvious way: every crash is looked at, every value computed again. It says what the
 * right answer is; real engines are compared with it.
 */
export class NaiveSearchEngine implements SearchEngine {
  private crashes = new Map<string, { crash: ProcessedCrash; run: number }>();

  constructor(private readonly fields: FieldDictionary) {}

  index(batch: { crash: ProcessedCrash; run: number }[]): Promise<void> {
    for (const entry of batch) {
      const known = this.crashes.get(entry.crash.crash_id);
      if ((known?.run ?? -1) < entry.run) this.crashes.set(entry.crash.crash_id, structuredClone(entry));
    }
    return Promise.resolve();
  }

  remove(ids: string[]): Promise<void> {
    for (const id of ids) this.crashes.delete(id);
    return Promise.resolve();
  }

  search(query: SearchQuery, options: { mayViewProtected: boolean; signal?: AbortSignal }): Promise<SearchResult> {
    return Promise.resolve().then(() => {
      options.signal?.throwIfAborted();
      const checked = checkSearchQuery(query, searchFields(this.fields.all(), options.mayViewProtected));
      return answer(
        checked,
        [...this.crashes.values()].map(({ crash }) => crash),
      );
    });
  }

  suggest(request: SuggestRequest, options: { mayViewProtected: boolean }): Promise<Suggestion[]> {
    return Promise.resolve().then(() => {
      const checked = checkSuggest(request, searchFields(this.fields.all(), options.mayViewProtected));
      const counts = new Map<string, number>();
      for (const { crash } of this.crashes.values()) {
        for (const value of new Set(valuesOf(checked.field, crash).map(String))) {
          if (isSuggested(value, checked)) counts.set(value, (counts.get(value) ?? 0) + 1);
        }
      }
      const begins = (value: string): number => (value.toLowerCase().startsWith(checked.prefix) ? 0 : 1);
      return [...counts]
        .sort(([a, m], [b, n]) => begins(a) - begins(b) || n - m || compareTerms(a, b))
        .slice(0, checked.limit)
        .map(([value, crashes]) => ({ value, crashes }));
    });
  }

  status(): Promise<SearchStatus> {
    const completed = [...this.crashes.values()].map(({ crash }) => crash.completed_datetime).sort();
    const days = new Set([...this.crashes.values()].map(({ crash }) => crash.submitted_timestamp.slice(0, 10)));
    const newest = completed.at(-1) ?? null;
    return Promise.resolve({ crashes: this.crashes.size, days: days.size, size: 0, rebuild: null, newest });
  }

  async rebuild(crashes: AsyncIterable<{ crash: ProcessedCrash; run: number }>): Promise<void> {
    const fresh = new NaiveSearchEngine(this.fields);
    for await (const entry of crashes) await fresh.index([entry]);
    this.crashes = fresh.crashes;
  }

  checkHealth(): Promise<void> {
    return Promise.resolve();
  }
}

function answer(query: CheckedQuery, crashes: readonly ProcessedCrash[]): SearchResult {
  const hits = crashes.filter((crash) => {
    const time = Date.parse(crash.submitted_timestamp);
    return time >= query.from && time < query.to && (query.filter === null || matches(query.filter, crash));
  });
  const ordered = hits.sort((a, b) => compareCrashes(query, a, b));
  const after = query.cursor === null ? 0 : ordered.findIndex((crash) => crash.crash_id === query.cursor) + 1;
  if (query.cursor !== null && after === 0) {
    throw searchMistake('SEARCH_CURSOR_INVALID', 'The cursor belongs to another search.', { place: 'cursor' });
  }
  const page = ordered.slice(after, after + query.limit);
  const hasMore = query.limit > 0 && after + query.limit < ordered.length;
  return {
    total: hits.length,
    rows: page.map((crash) => ({
      crash_id: crash.crash_id,
      ...Object.fromEntries(query.columns.map(({ name, field }) => [name, cell(field, crash)])),
    })),
    cursor: hasMore ? (page.at(-1)?.crash_id ?? null) : null,
    facets: countAll(query.facets, hits),
    milliseconds: 0,
    completeness: 1,
  };
}

function matches(filter: CheckedFilter, crash: ProcessedCrash): boolean {
  switch (filter.kind) {
    case 'all':
      return filter.filters.every((inner) => matches(inner, crash));
    case 'any':
      return filter.filters.some((inner) => matches(inner, crash));
    case 'not':
      return !matches(filter.filter, crash);
    case 'exists':
      return valuesOf(filter.field, crash).length > 0;
    case 'number': {
      const value = indexedNumber(filter.field, crash);
      if (filter.operator === 'is') return value === filter.value;
      if (filter.operator === 'lt') return value < filter.value;
      if (filter.operator === 'lte') return value <= filter.value;
      return filter.operator === 'gt' ? value > filter.value : value >= filter.value;
    }
    case 'text':
      return valuesOf(filter.field, crash).some((value) => textMatches(filter, String(value)));
  }
}

function textMatches(filter: Extract<CheckedFilter, { kind: 'text' }>, text: string): boolean {
  switch (filter.operator) {
    case 'words':
      return hasAllWords(text, filter.words);
    case 'is':
      return text === filter.value;
    case 'contains':
      return text.includes(filter.value);
    case 'starts':
      return text.startsWith(filter.value);
    case 'ends':
      return text.endsWith(filter.value);
    case 'regex':
      return expression(filter.value).test(text);
  }
}

function expression(source: string): RegExp {
  try {
    return new RegExp(`^(?:${source})$`, 'su');
  } catch (error) {
    throw new FaultlineError('Malformed', 'SEARCH_VALUE_INVALID', 'Not a regular expression.', { cause: error });
  }
}

function valuesOf(field: FieldDefinition, crash: ProcessedCrash): (string | number)[] {
  switch (valueKind(field.type)) {
    case 'list':
      return indexedList(field, crash);
    case 'text': {
      const text = indexedText(field, crash);
      return text === null ? [] : [text];
    }
    case 'number': {
      const number = indexedNumber(field, crash);
      return Number.isNaN(number) ? [] : [number];
    }
  }
}

function compareCrashes({ sort }: CheckedQuery, a: ProcessedCrash, b: ProcessedCrash): number {
  for (const { field, direction } of sort) {
    const [valueA = null] = valuesOf(field, a);
    const [valueB = null] = valuesOf(field, b);
    const isMissing = valueA === null || valueB === null;
    const order = compareTerms(valueA, valueB);
    if (order !== 0) return isMissing || direction === 'asc' ? order : -order;
  }
  return compareTerms(a.crash_id, b.crash_id);
}

/** Missing last, texts by code point. */
function compareTerms(a: Term, b: Term): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

function cell(field: FieldDefinition, crash: ProcessedCrash): SearchValue | SearchValue[] | null {
  if (!isSearchable(field)) {
    const value = crash[field.id] ?? null;
    return value !== null && typeof value === 'object' ? JSON.stringify(value) : value;
  }
  const values = valuesOf(field, crash);
  if (field.type === 'list') return values.length === 0 ? null : values;
  return shown(field, values[0] ?? null);
}

function shown(field: FieldDefinition, term: Term): SearchValue | null {
  if (term === null) return null;
  if (field.type === 'boolean') return term === 1;
  return field.type === 'date' ? new Date(Number(term)).toISOString() : term;
}

function countAll(facets: readonly CheckedFacet[], crashes: readonly ProcessedCrash[]): Record<string, FacetResult> {
  return Object.fromEntries(facets.map((facet) => [facet.name, count(facet, crashes)]));
}

function count(facet: CheckedFacet, crashes: readonly ProcessedCrash[]): FacetResult {
  const { field } = facet;
  if (facet.kind === 'terms' || facet.kind === 'histogram') return buckets(facet, crashes);
  const values = crashes.flatMap((crash) => valuesOf(field, crash));
  if (facet.kind === 'cardinality') return { kind: 'cardinality', value: new Set(values).size };
  const numbers = values.map(Number).sort((a, b) => a - b);
  if (facet.kind === 'extent') {
    return { kind: 'extent', min: shown(field, numbers[0] ?? null), max: shown(field, numbers.at(-1) ?? null) };
  }
  const percentile = (percent: number): number | null => {
    const at = ((numbers.length - 1) * percent) / 100;
    const below = numbers[Math.floor(at)];
    const above = numbers[Math.ceil(at)] ?? below;
    return below === undefined || above === undefined ? null : below + (above - below) * (at - Math.floor(at));
  };
  const { percents } = facet;
  return {
    kind: 'percentiles',
    values: Object.fromEntries(percents.map((percent) => [String(percent), percentile(percent)])),
  };
}

function buckets(
  facet: Extract<CheckedFacet, { kind: 'terms' | 'histogram' }>,
  crashes: readonly ProcessedCrash[],
): FacetResult {
  const { field } = facet;
  const groups = new Map<Term, ProcessedCrash[]>();
  for (const crash of crashes) {
    const values: Term[] = valuesOf(field, crash);
    const terms = values.length === 0 ? [null] : values;
    for (const term of terms) {
      const key = facet.kind === 'histogram' && typeof term === 'number' ? stepStart(term, facet.interval) : term;
      groups.set(key, [...(groups.get(key) ?? []), crash]);
    }
  }
  if (facet.kind === 'histogram' || !facet.includeMissing) groups.delete(null);
  const entries = [...groups].sort(([termA, a], [termB, b]) => {
    const byCount = facet.kind === 'terms' ? b.length - a.length : 0;
    return byCount === 0 ? compareTerms(termA, termB) : byCount;
  });
  const size = facet.kind === 'terms' ? facet.size : entries.length;
  const result = entries.slice(0, size).map(([term, inside]): FacetBucket => ({
    term: shown(field, term),
    count: inside.length,
    ...(facet.facets.length === 0 ? {} : { facets: countAll(facet.facets, inside) }),
  }));
  const other = entries.slice(size).reduce((sum, [, inside]) => sum + inside.length, 0);
  return { kind: facet.kind, buckets: result, other };
}
