import type { FieldDictionary, UnixMillis } from '@faultline/sdk';
import {
  isFacetable,
  nextStep,
  parseSearchDate,
  parseSearchText,
  searchFields,
  searchMistake,
  stepStart,
  type SearchFields,
} from '@faultline/sdk/search';
import type { SearchFilter } from '@faultline/sdk/search-query';

/** Which crashes groups are made of, for one caller. */
export interface GroupScope {
  filter: SearchFilter | null;
  /** Milliseconds, half open. */
  from: UnixMillis;
  to: UnixMillis;
  fields: SearchFields;
  mayViewProtected: boolean;
  signal: AbortSignal;
}

/** Throws as `parseSearchText` does, and `Malformed SEARCH_VALUE_INVALID` for dates that are none or reversed. */
export function groupScope(
  parameters: { q: string; from: string; to: string },
  caller: { dictionary: FieldDictionary; mayViewProtected: boolean; now: UnixMillis; signal: AbortSignal },
): GroupScope {
  const { mayViewProtected, now, signal } = caller;
  const fields = searchFields(caller.dictionary.all(), mayViewProtected);
  const from = dateOf('from', parameters.from, now);
  const to = dateOf('to', parameters.to, now);
  if (from >= to) {
    throw searchMistake('SEARCH_VALUE_INVALID', 'The range ends before it begins.', { place: 'from, to' });
  }
  const filter = parseSearchText(parameters.q, { fields, now });
  return { filter, from, to, fields, mayViewProtected, signal };
}

/** The fields of the list that exist, for this caller, and can be counted. */
export function countable(scope: GroupScope, fields: readonly string[]): string[] {
  return fields.filter((id) => {
    const field = scope.fields.get(id);
    return field !== undefined && isFacetable(field);
  });
}

export type SparkStep = 'hour' | 'day' | 'week' | 'month';

/** A step that gives a range some ten to sixty bars. */
export function sparkStep({ from, to }: Pick<GroupScope, 'from' | 'to'>): SparkStep {
  const days = (to - from) / 86_400_000;
  if (days <= 2.5) return 'hour';
  if (days <= 62) return 'day';
  return days <= 430 ? 'week' : 'month';
}

/** Starts of the steps that a range touches. */
export function sparkSteps({ from, to }: Pick<GroupScope, 'from' | 'to'>, step: SparkStep): string[] {
  const steps: string[] = [];
  for (let at = stepStart(from, step); at < to && steps.length < mostSteps; at = nextStep(at, step)) {
    steps.push(new Date(at).toISOString());
  }
  return steps;
}

/** Months of a hundred years. */
const mostSteps = 1_200;

function dateOf(name: string, text: string, now: UnixMillis): UnixMillis {
  const span = parseSearchDate(text, now);
  if (span !== null) return span.start;
  throw searchMistake(
    'SEARCH_VALUE_INVALID',
    `"${text.slice(0, 80)}" is not a date.`,
    { place: name },
    'Write 2026-11-20, 2026-11-20T10:30, today, now or -7d.',
  );
}
