/**
 * How Crash Stats combines the values of its parameters: different fields must all match; of one field, ranges must
 * all match, and of the rest one must. Bare values that are negated are one condition, "none of these".
 */
import type { SearchFilter } from '../../search-query.js';
import type { ReadValue } from './values.js';

/** Null when there is nothing to match. Fields come in the order of the map. */
export function combinedFilter(valuesByField: ReadonlyMap<string, readonly ReadValue[]>): SearchFilter | null {
  const filters = [...valuesByField.values()].flatMap((values) => fieldFilters(values));
  const [first] = filters;
  if (first === undefined) return null;
  return filters.length === 1 ? first : { kind: 'all', filters };
}

function fieldFilters(values: readonly ReadValue[]): SearchFilter[] {
  const ranges = values.filter(({ kind }) => kind === 'range').map((value) => signed(value));
  const alternatives: SearchFilter[] = [];
  const unwanted: SearchFilter[] = [];
  for (const value of values) {
    if (value.kind === 'range') continue;
    if (value.kind === 'bare' && value.isNegated) unwanted.push(value.condition);
    else alternatives.push(signed(value));
  }
  if (unwanted.length > 0) alternatives.push({ kind: 'not', filter: anyOf(unwanted) });
  return alternatives.length === 0 ? ranges : [...ranges, anyOf(alternatives)];
}

function signed({ condition, isNegated }: ReadValue): SearchFilter {
  return isNegated ? { kind: 'not', filter: condition } : condition;
}

function anyOf(filters: SearchFilter[]): SearchFilter {
  const [first] = filters;
  return filters.length === 1 && first !== undefined ? first : { kind: 'any', filters };
}
