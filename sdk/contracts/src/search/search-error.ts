import { FaultlineError } from '../errors.js';
import { suggestFields, type SearchFields } from './search-fields.js';

/** Where in its input a search went wrong: characters of the text, or a path into the query. */
export type SearchPlace = { start: number; end: number } | { place: string };

/** `Malformed SEARCH_FIELD_UNKNOWN`. Fields that the caller may not see are unknown, and never suggested. */
export function unknownField(name: string, fields: SearchFields, place: SearchPlace): FaultlineError {
  const shown = name.slice(0, 80);
  const suggestions = suggestFields(name, fields);
  return new FaultlineError('Malformed', 'SEARCH_FIELD_UNKNOWN', `There is no field "${shown}".`, {
    hint: suggestions.length === 0 ? 'The list of fields shows what can be searched.' : didYouMean(suggestions),
    details: { field: shown, suggestions, ...place },
  });
}

/** `TooLarge SEARCH_TOO_LARGE`, naming the bound. */
export function tooLarge(what: string, bound: number, place: SearchPlace): FaultlineError {
  const limit = bound.toLocaleString('en-US');
  return new FaultlineError('TooLarge', 'SEARCH_TOO_LARGE', `A search may have at most ${limit} ${what}.`, {
    details: { bound, what, ...place },
  });
}

export function searchMistake(
  code: 'SEARCH_SYNTAX' | 'SEARCH_OPERATOR_INVALID' | 'SEARCH_VALUE_INVALID' | 'SEARCH_CURSOR_INVALID',
  message: string,
  place: SearchPlace,
  hint?: string,
): FaultlineError {
  return new FaultlineError('Malformed', code, message, { ...(hint === undefined ? {} : { hint }), details: place });
}

function didYouMean(names: string[]): string {
  return `Did you mean ${names.map((name) => `"${name}"`).join(' or ')}?`;
}
