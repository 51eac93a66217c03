import { FaultlineError } from '../../errors.js';
import { suggestFields, type SearchFields } from '../search-fields.js';

/** Which parameter, and which of its values when it was given several times: from 0. */
export interface ParameterPlace {
  parameter: string;
  index: number;
}

/**
 * `Malformed` with the parameter and the place in `details`: `{parameter: 'uptime', place: 'uptime[1]'}`. Crash Stats
 * answers all of these with 400 "Bad request: BadArgumentError: ...".
 */
export function badArgument(
  code: 'SEARCH_VALUE_INVALID' | 'SEARCH_OPERATOR_INVALID',
  place: ParameterPlace,
  message: string,
  hint?: string,
): FaultlineError {
  return new FaultlineError('Malformed', code, message, {
    ...(hint === undefined ? {} : { hint }),
    details: detailsOf(place),
  });
}

/** `Malformed SEARCH_FIELD_UNKNOWN`, in Crash Stats' words. */
export function unknownParameterField(name: string, fields: SearchFields, place: ParameterPlace): FaultlineError {
  const shown = name.slice(0, 80);
  const suggestions = suggestFields(name, fields);
  return new FaultlineError('Malformed', 'SEARCH_FIELD_UNKNOWN', `Unknown field '${shown}'`, {
    ...(suggestions.length === 0 ? {} : { hint: `Did you mean ${suggestions.join(' or ')}?` }),
    details: { field: shown, suggestions, ...detailsOf(place) },
  });
}

function detailsOf({ parameter, index }: ParameterPlace): { parameter: string; place: string } {
  const name = parameter.slice(0, 80);
  return { parameter: name, place: `${name}[${index}]` };
}
