/** What one query may ask for. Beyond it: `TooLarge SEARCH_TOO_LARGE`, with the bound in `details`. */
export const searchBounds = {
  /** Nodes of the filter tree. */
  filters: 2_000,
  /** Levels of the filter tree. */
  filterDepth: 64,
  /** Characters of one value. */
  value: 16_384,
  /** Characters of one regular expression. */
  expression: 1_000,
  /** Rows of one answer. */
  rows: 10_000,
  columns: 200,
  sort: 8,
  /** Facets of one query, nested ones included. */
  facets: 64,
  facetDepth: 4,
  facetSize: 10_000,
  /** Sizes of nested facets multiplied. */
  nestedBuckets: 200_000,
  /** Steps of one histogram. */
  histogramSteps: 20_000,
  percents: 32,
  /** Characters typed before suggestions are asked for. */
  prefix: 200,
  suggestions: 100,
} as const;
