import type { SearchAnswer } from '@faultline/sdk/api';

/** Steps and counts of the histogram that was asked for with an answer; empty when it has none. */
export function histogramOf(answer: SearchAnswer | null): { steps: string[]; counts: number[] } {
  const facet = answer?.facets['histogram'];
  const buckets = (facet?.buckets ?? []).filter((bucket) => bucket.term !== null);
  return { steps: buckets.map((bucket) => String(bucket.term)), counts: buckets.map((bucket) => bucket.count) };
}

/** A step that gives between ten and some sixty bars for a range; `now` and ISO times are understood. */
export function histogramStep(from: string, to: string, now: number): 'hour' | 'day' | 'week' | 'month' {
  const days = (timeOf(to, now) - timeOf(from, now)) / 86_400_000;
  if (days <= 3) return 'hour';
  if (days <= 62) return 'day';
  return days <= 400 ? 'week' : 'month';
}

const units: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

function timeOf(text: string, now: number): number {
  if (text === 'now') return now;
  const relative = /^-(\d+)([mhdw])$/.exec(text);
  if (relative !== null) return now - Number(relative[1]) * (units[relative[2] ?? ''] ?? 0);
  const absolute = Date.parse(text);
  return Number.isNaN(absolute) ? now - 14 * 86_400_000 : absolute;
}
