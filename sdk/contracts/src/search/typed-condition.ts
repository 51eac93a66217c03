/** One condition of the search bar, its value converted to the type of its field. */
import type { FieldDefinition } from '../field-definition.js';
import type { SearchFilter, SearchOperator } from '../search-query.js';
import type { UnixMillis } from '../units.js';
import { valueKind } from './indexed-values.js';
import { parseSearchDate, type DateSpan } from './search-dates.js';
import { searchMistake } from './search-error.js';

export type RangeOperator = 'gt' | 'gte' | 'lt' | 'lte';

interface Condition {
  field: FieldDefinition;
  operator: SearchOperator;
  value: string;
  place: { start: number; end: number };
  now: UnixMillis;
}

const truths: Readonly<Record<string, boolean>> = {
  true: true,
  t: true,
  yes: true,
  y: true,
  '1': true,
  false: false,
  f: false,
  no: false,
  n: false,
  '0': false,
};

/**
 * A bare date means all of it: `date:2026-11-20` is that day, `date:>2026-11-20` begins with the next one. Throws
 * `Malformed SEARCH_VALUE_INVALID`.
 */
export function conditionFor(condition: Condition): SearchFilter {
  const { field, operator, value } = condition;
  if (valueKind(field.type) !== 'number') return { kind: 'field', field: field.id, operator, value };
  if (field.type === 'boolean') return { kind: 'field', field: field.id, operator, value: truth(condition) };
  const ends = operator === 'has' ? /^(\S+?)\.\.(\S+)$/.exec(value) : null;
  if (field.type === 'date') return dateCondition(condition, ends);
  if (ends === null) return { kind: 'field', field: field.id, operator, value: number(condition, value) };
  return within(field, number(condition, ends[1] ?? ''), 'lte', number(condition, ends[2] ?? ''));
}

function dateCondition(condition: Condition, ends: RegExpExecArray | null): SearchFilter {
  const { field, operator, value } = condition;
  if (ends !== null) {
    const first = date(condition, ends[1] ?? '');
    return within(field, iso(first.start), 'lt', iso(date(condition, ends[2] ?? '').end));
  }
  const { start, end } = date(condition, value);
  const isInstant = end === start + 1;
  switch (operator) {
    case 'gt':
      return isInstant ? one(field, 'gt', iso(start)) : one(field, 'gte', iso(end));
    case 'lte':
      return isInstant ? one(field, 'lte', iso(start)) : one(field, 'lt', iso(end));
    case 'gte':
    case 'lt':
      return one(field, operator, iso(start));
    default:
      return isInstant ? one(field, 'is', iso(start)) : within(field, iso(start), 'lt', iso(end));
  }
}

function one(field: FieldDefinition, operator: SearchOperator, value: string | number): SearchFilter {
  return { kind: 'field', field: field.id, operator, value };
}

function within(
  field: FieldDefinition,
  low: string | number,
  operator: 'lt' | 'lte',
  high: string | number,
): SearchFilter {
  return { kind: 'all', filters: [one(field, 'gte', low), one(field, operator, high)] };
}

function iso(time: UnixMillis): string {
  return new Date(time).toISOString();
}

function date(condition: Condition, text: string): DateSpan {
  const span = parseSearchDate(text, condition.now);
  if (span !== null) return span;
  throw invalid(condition, text, 'a date', 'Write 2026-11-20, 2026-11-20T10:30, today, now or -7d.');
}

function number(condition: Condition, text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw invalid(condition, text, 'a number');
}

function truth(condition: Condition): boolean {
  const value = truths[condition.value.toLowerCase()];
  if (value !== undefined) return value;
  throw invalid(condition, condition.value, 'true or false');
}

function invalid(condition: Condition, text: string, wanted: string, hint?: string): Error {
  const message = `"${condition.field.id}" needs ${wanted}, and got "${text.slice(0, 80)}".`;
  return searchMistake('SEARCH_VALUE_INVALID', message, condition.place, hint);
}
