/** The values of one Crash Stats parameter as conditions on its field. */
import type { FieldDefinition } from '../../field-definition.js';
import type { SearchFilter, SearchOperator, SearchValue } from '../../search-query.js';
import type { UnixMillis } from '../../units.js';
import { valueKind } from '../indexed-values.js';
import { parseSearchDate } from '../search-dates.js';
import { wordsOf } from '../words.js';
import { badArgument, type ParameterPlace } from './mistake.js';

export interface ParameterValue {
  field: FieldDefinition;
  text: string;
  place: ParameterPlace;
  now: UnixMillis;
}

/** One value read. `range` conditions of a field must all hold, of the others one; `bare` ones are negated together. */
export interface ReadValue {
  kind: 'bare' | 'operator' | 'range';
  isNegated: boolean;
  condition: SearchFilter;
}

const textOperators: Readonly<Record<string, SearchOperator>> = {
  '=': 'is',
  '~': 'contains',
  '^': 'starts',
  $: 'ends',
  '@': 'regex',
};
const rangeOperators: Readonly<Record<string, SearchOperator>> = { '>=': 'gte', '<=': 'lte', '>': 'gt', '<': 'lt' };
const truths = new Set(['true', 't', '1', 'y', 'yes']);
/** The years 0 to 9999, which queries can hold. */
const firstInstant = Date.parse('0000-01-01T00:00:00Z');
const lastInstant = Date.parse('9999-12-31T23:59:59Z');
const untruths = new Set(['false', 'f', '0', 'n', 'no']);

/** Throws `Malformed SEARCH_VALUE_INVALID`. */
export function readValue(value: ParameterValue): ReadValue {
  const { field } = value;
  const isNegated = value.text.startsWith('!');
  const text = isNegated ? value.text.slice(1) : value.text;
  const conditionOf = (operator: SearchOperator, content: SearchValue): SearchFilter => ({
    kind: 'field',
    field: field.id,
    operator,
    value: content,
  });
  if (text === '__null__') {
    const exists: SearchFilter = { kind: 'field', field: field.id, operator: 'exists' };
    // Missing is what is asked for, so the negation says "has a value".
    return { kind: 'operator', isNegated: !isNegated, condition: exists };
  }
  if (field.type === 'boolean') {
    return { kind: 'bare', isNegated, condition: conditionOf('has', truth(value, text)) };
  }
  if (valueKind(field.type) !== 'number') {
    const operator = textOperators[text.charAt(0)];
    if (operator !== undefined) return { kind: 'operator', isNegated, condition: conditionOf(operator, text.slice(1)) };
    // Betas of Firefox are asked for as "125.0b", without the number.
    if (field.id === 'version' && text.endsWith('b')) {
      return { kind: 'operator', isNegated, condition: conditionOf('starts', text) };
    }
    const hasWords = field.type !== 'string' || wordsOf(text).length > 0;
    return { kind: 'bare', isNegated, condition: conditionOf(hasWords ? 'has' : 'is', text) };
  }
  const sign = /^(?:>=|<=|>|<)/.exec(text)?.[0] ?? '';
  const content = text.slice(sign.length);
  const operator = rangeOperators[sign];
  if (field.type === 'date') {
    if (operator !== undefined)
      return { kind: 'range', isNegated, condition: conditionOf(operator, date(value, content)) };
    throw badArgument(
      'SEARCH_VALUE_INVALID',
      value.place,
      `Bad value for parameter ${value.place.parameter}: a date needs one of >=, <=, > and < before it.`,
      'For a day, give two values: >=2026-11-20 and <2026-11-21.',
    );
  }
  const condition = conditionOf(operator ?? 'has', number(value, content));
  return { kind: operator === undefined ? 'bare' : 'range', isNegated, condition };
}

/** ISO 8601 UTC with milliseconds. Days mean their midnight; `-7d` and `now` are taken too. */
function date(value: ParameterValue, text: string): string {
  // A plus that a client didn't encode arrives as a blank: 2026-11-20T00:00:00 00:00.
  const mended = text.trim().replace(/^(.{10}[T ]\d{2}:\d{2}\S*) (\d{2}:?\d{2})$/, '$1+$2');
  const start = parseSearchDate(mended, value.now)?.start;
  if (start !== undefined && start >= firstInstant && start <= lastInstant) return new Date(start).toISOString();
  throw invalid(value, text, 'a date', 'Write 2026-11-20, 2026-11-20T10:30:00+00:00 or -7d.');
}

function number(value: ParameterValue, text: string): number {
  const trimmed = text.trim();
  const result = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : NaN;
  const isInteger = value.field.type === 'integer';
  if (Number.isFinite(result) && (!isInteger || Number.isInteger(result))) return result === 0 ? 0 : result;
  throw invalid(value, text, isInteger ? 'a whole number' : 'a number');
}

function truth(value: ParameterValue, text: string): boolean {
  const word = text.toLowerCase();
  if (word === '__true__' || truths.has(word)) return true;
  if (untruths.has(word)) return false;
  throw invalid(value, text, 'true or false', 'Write __true__, !__true__ or __null__.');
}

function invalid({ place }: ParameterValue, text: string, wanted: string, hint?: string): Error {
  const message = `Bad value for parameter ${place.parameter}: "${text.slice(0, 80)}" is not ${wanted}.`;
  return badArgument('SEARCH_VALUE_INVALID', place, message, hint);
}
