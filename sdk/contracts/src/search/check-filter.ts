import type { FieldDefinition } from '../field-definition.js';
import type { SearchFilter, SearchOperator, SearchValue } from '../search-query.js';
import { instantOf, valueKind } from './indexed-values.js';
import { searchBounds } from './search-bounds.js';
import { searchMistake, tooLarge, unknownField, type SearchPlace } from './search-error.js';
import { isSearchable, type SearchFields } from './search-fields.js';
import { wordsOf } from './words.js';

/** Text operators see each element of a list. `words` is filled for `has` on a `string` field only. */
export type CheckedFilter =
  | { kind: 'all' | 'any'; filters: CheckedFilter[] }
  | { kind: 'not'; filter: CheckedFilter }
  | { kind: 'exists'; field: FieldDefinition }
  | {
      kind: 'text';
      field: FieldDefinition;
      operator: 'words' | 'is' | 'contains' | 'starts' | 'ends' | 'regex';
      value: string;
      words: string[];
      place: string;
    }
  /** Dates in milliseconds, booleans as 0 and 1. */
  | { kind: 'number'; field: FieldDefinition; operator: 'is' | 'lt' | 'lte' | 'gt' | 'gte'; value: number };

/** Looks up fields and converts values; throws as `checkSearchQuery` does. */
export function checkFilter(filter: SearchFilter, fields: SearchFields): CheckedFilter {
  let count = 0;
  const check = (node: SearchFilter, place: string, depth: number): CheckedFilter => {
    count++;
    if (count > searchBounds.filters) throw tooLarge('filters', searchBounds.filters, { place });
    if (depth > searchBounds.filterDepth) {
      throw tooLarge('levels of filters', searchBounds.filterDepth, { place });
    }
    switch (node.kind) {
      case 'all':
      case 'any':
        return {
          kind: node.kind,
          filters: node.filters.map((inner, index) => check(inner, `${place}.filters[${index}]`, depth + 1)),
        };
      case 'not':
        return { kind: 'not', filter: check(node.filter, `${place}.filter`, depth + 1) };
      case 'field':
        return checkCondition(node, fields, place);
    }
  };
  return check(filter, 'filter', 1);
}

/** Operators that a field takes. */
export function operatorsOf(field: FieldDefinition): readonly SearchOperator[] {
  if (!isSearchable(field)) return [];
  if (valueKind(field.type) !== 'number') return ['has', 'is', 'contains', 'starts', 'ends', 'regex', 'exists'];
  return field.type === 'boolean' ? ['has', 'is', 'exists'] : ['has', 'is', 'exists', 'lt', 'lte', 'gt', 'gte'];
}

function checkCondition(
  node: Extract<SearchFilter, { kind: 'field' }>,
  fields: SearchFields,
  place: string,
): CheckedFilter {
  const field = fields.get(node.field);
  if (field === undefined) throw unknownField(node.field, fields, { place });
  const { operator, value } = node;
  requireOperator(field, operator, { place });
  if (operator === 'exists') return { kind: 'exists', field };
  if (value === undefined) throw searchMistake('SEARCH_VALUE_INVALID', `"${field.id}" needs a value.`, { place });
  if (typeof value === 'string' && value.length > searchBounds.value) {
    throw tooLarge('characters in a value', searchBounds.value, { place });
  }
  switch (operator) {
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return { kind: 'number', field, operator, value: numberFor(field, value, { place }) };
    case 'has':
    case 'is':
      if (valueKind(field.type) === 'number') {
        return { kind: 'number', field, operator: 'is', value: numberFor(field, value, { place }) };
      }
      if (operator === 'has' && field.type === 'string') return wordsFilter(field, String(value), place);
      return { kind: 'text', field, operator: 'is', value: String(value), words: [], place };
    case 'contains':
    case 'starts':
    case 'ends':
    case 'regex': {
      const text = String(value);
      if (operator === 'regex' && text.length > searchBounds.expression) {
        throw tooLarge('characters in a regular expression', searchBounds.expression, { place });
      }
      return { kind: 'text', field, operator, value: text, words: [], place };
    }
  }
}

/** Throws `Malformed SEARCH_OPERATOR_INVALID` when the field does not take the operator. */
export function requireOperator(field: FieldDefinition, operator: SearchOperator, place: SearchPlace): void {
  const allowed = operatorsOf(field);
  if (allowed.includes(operator)) return;
  if (allowed.length === 0) {
    throw searchMistake('SEARCH_OPERATOR_INVALID', `"${field.id}" is stored, but can't be searched.`, place);
  }
  throw searchMistake(
    'SEARCH_OPERATOR_INVALID',
    `"${operator}" does not apply to "${field.id}", a field of type ${field.type}.`,
    place,
    `It takes: ${allowed.join(', ')}.`,
  );
}

function wordsFilter(field: FieldDefinition, value: string, place: string): CheckedFilter {
  const words = [...new Set(wordsOf(value))];
  if (words.length > 0) return { kind: 'text', field, operator: 'words', value, words, place };
  throw searchMistake(
    'SEARCH_VALUE_INVALID',
    `"${value.slice(0, 80)}" holds no word to look for.`,
    { place },
    'To find text that is not a word, use "contains" (~).',
  );
}

function numberFor(field: FieldDefinition, value: SearchValue, place: SearchPlace): number {
  if (field.type === 'boolean') {
    if (typeof value === 'boolean') return value ? 1 : 0;
  } else if (field.type === 'date') {
    const time = typeof value === 'string' ? instantOf(value) : NaN;
    if (!Number.isNaN(time)) return time;
  } else if (typeof value === 'number' && Number.isFinite(value)) {
    return value;
  }
  const wanted = { boolean: 'true or false', date: 'a date in ISO 8601' }[field.type as string] ?? 'a number';
  const shown = String(value).slice(0, 80);
  throw searchMistake('SEARCH_VALUE_INVALID', `"${field.id}" needs ${wanted}, and got "${shown}".`, place);
}
