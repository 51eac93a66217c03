/** The query language, apart from any engine: parsing, printing, checking, and what of a crash is searched. */
export * from './check-filter.js';
export * from './check-query.js';
export * from './check-suggest.js';
export * from './crash-stats/field-names.js';
export * from './crash-stats/parse-crash-stats.js';
export * from './crash-stats/print-crash-stats.js';
export * from './date-bounds.js';
export * from './histogram-steps.js';
export * from './indexed-values.js';
export * from './parse-search-text.js';
export * from './print-search-text.js';
export * from './protected-names.js';
export * from './search-bounds.js';
export * from './search-dates.js';
export * from './search-error.js';
export * from './search-fields.js';
export * from './words.js';
