import type { SearchFilter } from '../search-query.js';

/** The range of submission that a filter's outermost conditions ask for; null where it leaves an end open. */
export function submittedRange(filter: SearchFilter | null): { from: string | null; to: string | null } {
  let from: number | null = null;
  let to: number | null = null;
  for (const condition of outermost(filter)) {
    if (condition.kind !== 'field' || condition.field !== 'submitted_timestamp') continue;
    const time = Date.parse(String(condition.value));
    if (Number.isNaN(time)) continue;
    const { operator } = condition;
    if (operator === 'gte' || operator === 'gt' || operator === 'is') from = Math.max(from ?? -Infinity, time);
    if (operator === 'lt') to = Math.min(to ?? Infinity, time);
    if (operator === 'lte' || operator === 'is') to = Math.min(to ?? Infinity, time + 1);
  }
  return { from: iso(from), to: iso(to) };
}

function outermost(filter: SearchFilter | null): SearchFilter[] {
  if (filter === null) return [];
  return filter.kind === 'all' ? filter.filters.flatMap((inner) => outermost(inner)) : [filter];
}

function iso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
