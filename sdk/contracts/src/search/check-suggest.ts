import type { FieldDefinition } from '../field-definition.js';
import type { SuggestRequest } from '../search-engine.js';
import { valueKind } from './indexed-values.js';
import { searchBounds } from './search-bounds.js';
import { searchMistake, tooLarge, unknownField } from './search-error.js';
import { isSearchable, type SearchFields } from './search-fields.js';
import { wordsOf } from './words.js';

export interface CheckedSuggest {
  field: FieldDefinition;
  /** In lower case. */
  prefix: string;
  /** Of the prefix; the last may be the beginning of a word. */
  words: string[];
  limit: number;
}

/** Throws as `checkSearchQuery` does. */
export function checkSuggest({ field: name, prefix, limit }: SuggestRequest, fields: SearchFields): CheckedSuggest {
  const field = fields.get(name);
  if (field === undefined) throw unknownField(name, fields, { place: 'field' });
  if (!isSearchable(field) || valueKind(field.type) === 'number' || field.id === 'crash_id') {
    throw searchMistake('SEARCH_OPERATOR_INVALID', `"${field.id}" has no texts to suggest.`, { place: 'field' });
  }
  if (prefix.length > searchBounds.prefix) throw tooLarge('typed characters', searchBounds.prefix, { place: 'prefix' });
  if (limit > searchBounds.suggestions) throw tooLarge('suggestions', searchBounds.suggestions, { place: 'limit' });
  if (!Number.isInteger(limit) || limit < 1) {
    throw searchMistake('SEARCH_VALUE_INVALID', 'The number of suggestions must be a whole number from 1 on.', {
      place: 'limit',
    });
  }
  return { field, prefix: prefix.toLowerCase(), words: wordsOf(prefix), limit };
}

/** Whether a value is suggested; see `SearchEngine.suggest`. */
export function isSuggested(value: string, { prefix, words }: Pick<CheckedSuggest, 'prefix' | 'words'>): boolean {
  if (value === '') return false;
  const last = words.at(-1);
  // Nothing typed, or only signs: what holds them.
  if (last === undefined) return value.toLowerCase().includes(prefix);
  const found = wordsOf(value);
  return words.slice(0, -1).every((word) => found.includes(word)) && found.some((word) => word.startsWith(last));
}
