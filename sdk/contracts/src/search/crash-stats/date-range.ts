import type { UnixMillis } from '../../units.js';
import { badArgument } from './mistake.js';
import type { ReadValue } from './values.js';

const day = 86_400_000;
/** What is searched when no date is given, and how far back from an upper bound alone. */
const defaultRange = 7 * day;
/** Crash Stats refuses more. */
const longestDateRange = 365 * day;

/**
 * The days searched, half open, ISO 8601: the tightest of the bounds, now and seven days before the end where one is
 * missing. Throws `Malformed SEARCH_VALUE_INVALID` when it is reversed or longer than 365 days.
 */
export function dateRange(values: readonly ReadValue[], now: UnixMillis): { from: string; to: string } {
  let from: number | null = null;
  let to: number | null = null;
  for (const { condition, isNegated } of values) {
    if (condition.kind !== 'field' || isNegated) continue;
    const time = Date.parse(String(condition.value));
    // Time has milliseconds here, so "after" is the next one.
    if (condition.operator === 'gt') from = Math.max(from ?? -Infinity, time + 1);
    if (condition.operator === 'gte') from = Math.max(from ?? -Infinity, time);
    if (condition.operator === 'lt') to = Math.min(to ?? Infinity, time);
    if (condition.operator === 'lte') to = Math.min(to ?? Infinity, time + 1);
  }
  const end = to ?? Math.max(now, from ?? now);
  const start = from ?? Math.max(end - defaultRange, Date.parse('0000-01-01T00:00:00Z'));
  const place = { parameter: 'date', index: 0 };
  if (start > end) {
    throw badArgument('SEARCH_VALUE_INVALID', place, 'Bad value for parameter date: the range ends before it begins.');
  }
  if (end - start > longestDateRange) {
    const days = Math.ceil((end - start) / day).toLocaleString('en-US');
    const message = `Bad value for parameter date: the range is ${days} days long, and may be 365 at most.`;
    throw badArgument('SEARCH_VALUE_INVALID', place, message);
  }
  return { from: new Date(start).toISOString(), to: new Date(end).toISOString() };
}
