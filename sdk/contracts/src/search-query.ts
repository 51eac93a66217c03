/**
 * One query that every search engine answers. Crash Stats parameters and the text bar are parsed into it; fields are
 * named by the field dictionary.
 */

export type SearchValue = string | number | boolean;

/**
 * How a condition compares; which operators a field takes is `operatorsOf` of `@faultline/sdk/search`. A missing value
 * meets no condition, so `not` finds it. A list meets a condition when one of its elements does. Case counts, except
 * for words.
 *
 * `has`: all words, any case (string fields) or the exact value (others). `is`, `contains`, `starts`, `ends` and
 * `regex` see the exact value; a regex must match all of it, in linear time. `exists` takes no value.
 */
export type SearchOperator =
  'has' | 'is' | 'contains' | 'starts' | 'ends' | 'regex' | 'exists' | 'lt' | 'lte' | 'gt' | 'gte';

export type SearchFilter =
  /** True of all crashes when empty. */
  | { kind: 'all'; filters: SearchFilter[] }
  /** True of none when empty. */
  | { kind: 'any'; filters: SearchFilter[] }
  | { kind: 'not'; filter: SearchFilter }
  /** Values have the field's type; dates are ISO 8601, UTC when they name no zone. */
  | { kind: 'field'; field: string; operator: SearchOperator; value?: SearchValue };

export type FacetRequest =
  | {
      kind: 'terms';
      /** Key of the answer. */
      name: string;
      field: string;
      /** 1 to 10,000. */
      size: number;
      /** Count the crashes without a value as a bucket whose term is null. */
      includeMissing?: boolean;
      facets?: FacetRequest[];
    }
  | {
      kind: 'histogram';
      name: string;
      field: string;
      /** Calendar steps in UTC for dates, a width above 0 for numbers. */
      interval: 'hour' | 'day' | 'week' | 'month' | 'magnitude' | number;
      facets?: FacetRequest[];
    }
  | { kind: 'cardinality'; name: string; field: string }
  /** Smallest and largest value. */
  | { kind: 'extent'; name: string; field: string }
  | { kind: 'percentiles'; name: string; field: string; percents: number[] };

export interface SearchQuery {
  /** Null matches all. */
  filter: SearchFilter | null;
  /** Half open, on `submitted_timestamp`; ISO 8601 UTC. Days outside are not read. */
  from: string;
  to: string;
  /**
   * Empty: newest first. Texts by code point, missing values last whichever the direction, crashes that are equal in
   * all of it by crash id.
   */
  sort: { field: string; direction: 'asc' | 'desc' }[];
  /** Rows wanted, 0 to 10,000. */
  limit: number;
  /** From the answer before; null for the first page. Bound to filter, dates and sort. */
  cursor: string | null;
  columns: string[];
  facets: FacetRequest[];
}

/**
 * Terms come by count, the largest first, then by term in ascending order (texts by code point), null last; each element of a list counts.
 * Histograms hold the steps that are not empty, in ascending order, and leave missing values out. Terms of boolean
 * fields are booleans.
 */
export interface FacetBucket {
  /** Null is "missing". Dates are ISO 8601. */
  term: SearchValue | null;
  count: number;
  facets?: Record<string, FacetResult>;
}

export type FacetResult =
  | { kind: 'terms' | 'histogram'; buckets: FacetBucket[]; /** Crashes in buckets that were cut off. */ other: number }
  | { kind: 'cardinality'; value: number }
  | { kind: 'extent'; min: SearchValue | null; max: SearchValue | null }
  /** By percent as text ("50", "99.5"), linear between neighbours; null without values. Dates in milliseconds. */
  | { kind: 'percentiles'; values: Record<string, number | null> };

export type SearchRow = Record<string, SearchValue | SearchValue[] | null>;

export interface SearchResult {
  total: number;
  /**
   * Columns asked for by the names asked for, and `crash_id` always. Missing values are null, dates ISO 8601 with
   * milliseconds.
   */
  rows: SearchRow[];
  cursor: string | null;
  facets: Record<string, FacetResult>;
  milliseconds: number;
  /** 1 when every processed crash of the range is in the index. */
  completeness: number;
}
