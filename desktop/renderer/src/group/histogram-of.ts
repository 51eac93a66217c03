import type { SearchAnswer } from '@faultline/sdk/api';

export type HistogramStep = 'hour' | 'day' | 'week' | 'month';

/** The range that a histogram covers, as a search takes it. */
export interface HistogramRange {
  from: string;
  to: string;
  step: HistogramStep;
}

const hour = 3_600_000;
const day = 24 * hour;
/** No range of ours has more; a longer one shows its newest steps. */
const mostSteps = 400;

/**
 * Steps and counts of the histogram that was asked for with an answer, over the whole range: engines leave out the steps
 * without a crash. Steps begin in UTC, weeks on Mondays. Empty when the answer has none.
 */
export function histogramOf(
  answer: SearchAnswer | null,
  range: HistogramRange,
  now: number,
): { steps: string[]; counts: number[] } {
  const buckets = (answer?.facets['histogram']?.buckets ?? []).filter((bucket) => bucket.term !== null);
  if (buckets.length === 0) return { steps: [], counts: [] };
  const counts = new Map(buckets.map((bucket) => [Date.parse(String(bucket.term)), bucket.count]));
  const steps = stepsOf(range, now);
  for (const time of counts.keys()) if (!steps.includes(time)) steps.push(time);
  steps.sort((a, b) => a - b);
  return {
    steps: steps.map((time) => new Date(time).toISOString()),
    counts: steps.map((time) => counts.get(time) ?? 0),
  };
}

/** A step that gives between ten and some sixty bars for a range; `now` and ISO times are understood. */
export function histogramStep(from: string, to: string, now: number): HistogramStep {
  const days = (timeOf(to, now) - timeOf(from, now)) / day;
  if (days <= 3) return 'hour';
  if (days <= 62) return 'day';
  return days <= 400 ? 'week' : 'month';
}

function stepsOf({ from, to, step }: HistogramRange, now: number): number[] {
  const end = timeOf(to, now);
  const steps: number[] = [];
  for (let at = startOf(timeOf(from, now), step); at < end; at = nextStep(at, step)) steps.push(at);
  return steps.slice(-mostSteps);
}

function startOf(time: number, step: HistogramStep): number {
  const date = new Date(time);
  if (step === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  if (step === 'hour') return Math.floor(time / hour) * hour;
  const midnight = Math.floor(time / day) * day;
  return step === 'day' ? midnight : midnight - ((date.getUTCDay() + 6) % 7) * day;
}

function nextStep(time: number, step: HistogramStep): number {
  if (step === 'hour') return time + hour;
  if (step === 'day') return time + day;
  if (step === 'week') return time + 7 * day;
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

const units: Record<string, number> = { m: 60_000, h: hour, d: day, w: 7 * day };

function timeOf(text: string, now: number): number {
  if (text === 'now') return now;
  const relative = /^-(\d+)([mhdw])$/.exec(text);
  if (relative !== null) return now - Number(relative[1]) * (units[relative[2] ?? ''] ?? 0);
  const absolute = Date.parse(text);
  return Number.isNaN(absolute) ? now - 14 * day : absolute;
}
