/** Steps of histograms: multiples of a width for numbers; UTC hours, days, weeks from Monday, and months for dates. */
export type HistogramInterval = 'hour' | 'day' | 'week' | 'month' | number;

const hour = 3_600_000;
const day = 24 * hour;
/** 1970-01-01 was a Thursday; weeks begin on Monday. */
const firstMonday = 4 * day;

/** Start of the step that holds the value; milliseconds since 1970 for dates. */
export function stepStart(value: number, interval: HistogramInterval): number {
  if (interval === 'month') {
    const date = new Date(value);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  }
  const { width, origin } = stepWidth(interval);
  const start = Math.floor((value - origin) / width) * width + origin;
  return start === 0 ? 0 : start;
}

/** Start of the step behind the one that begins at `start`. */
export function nextStep(start: number, interval: HistogramInterval): number {
  if (interval !== 'month') return start + stepWidth(interval).width;
  const date = new Date(start);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}

/** Width and origin of steps that are all equally wide. */
export function stepWidth(interval: Exclude<HistogramInterval, 'month'>): { width: number; origin: number } {
  if (interval === 'hour') return { width: hour, origin: 0 };
  if (interval === 'day') return { width: day, origin: 0 };
  if (interval === 'week') return { width: 7 * day, origin: firstMonday };
  return { width: interval, origin: 0 };
}
