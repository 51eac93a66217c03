import type { SearchFilter, SearchOperator } from '../search-query.js';

const signs: Readonly<Record<Exclude<SearchOperator, 'exists'>, string>> = {
  has: '',
  is: '=',
  contains: '~',
  starts: '^',
  ends: '$',
  regex: '@',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
};

/** The filter as the search bar shows it; parsing the text gives the same filter. "" for null. */
export function printSearchText(filter: SearchFilter | null): string {
  if (filter === null) return '';
  if (filter.kind === 'all' && filter.filters.length > 0) return filter.filters.map(asPart).join(' ');
  if (filter.kind === 'any' && filter.filters.length > 1) {
    return filter.filters.map((part) => (part.kind === 'any' ? asPart(part) : printSearchText(part))).join(' OR ');
  }
  return asPart(filter);
}

/** Text that can stand beside others. */
function asPart(filter: SearchFilter): string {
  switch (filter.kind) {
    case 'all':
    case 'any':
      // Nothing to hold is always true, nothing to choose from never: every crash has an id.
      if (filter.filters.length === 0) return filter.kind === 'all' ? 'crash_id:*' : '-crash_id:*';
      return `(${printSearchText(filter)})`;
    case 'not':
      return `-${asPart(filter.filter)}`;
    case 'field':
      if (filter.operator === 'exists') return `${filter.field}:*`;
      return `${filter.field}:${signs[filter.operator]}${quoteIfNeeded(String(filter.value ?? ''))}`;
  }
}

function quoteIfNeeded(value: string): string {
  if (/^[\p{L}\p{N}_+-][\p{L}\p{N}_+\-:.%/]*$/u.test(value) && !value.includes('..')) return value;
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
