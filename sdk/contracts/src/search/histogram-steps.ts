/**
 * Steps of histograms: multiples of a width for numbers, or `magnitude`, steps that grow with them (0, 1, 2, 5, 10, 20,
 * and so on, below 0 the same); UTC hours, days, weeks from Monday, and months for dates.
 */
export type HistogramInterval = 'hour' | 'day' | 'week' | 'month' | 'magnitude' | number;

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
  if (interval === 'magnitude') return magnitudeStart(value);
  const { width, origin } = stepWidth(interval);
  const start = Math.floor((value - origin) / width) * width + origin;
  return start === 0 ? 0 : start;
}

/** Start of the step behind the one that begins at `start`. */
export function nextStep(start: number, interval: HistogramInterval): number {
  if (interval === 'magnitude') return magnitudeAfter(start);
  if (interval !== 'month') return start + stepWidth(interval).width;
  const date = new Date(start);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}

/** Width and origin of steps that are all equally wide. */
export function stepWidth(interval: Exclude<HistogramInterval, 'month' | 'magnitude'>): {
  width: number;
  origin: number;
} {
  if (interval === 'hour') return { width: hour, origin: 0 };
  if (interval === 'day') return { width: day, origin: 0 };
  if (interval === 'week') return { width: 7 * day, origin: firstMonday };
  return { width: interval, origin: 0 };
}

/** Starts of the steps from 0 on, as far as numbers go. */
const magnitudes = [
  0,
  ...Array.from({ length: 308 }, (_, power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`))).flat(),
];

function magnitudeStart(value: number): number {
  if (value >= 0) return magnitudes[lastUpTo(value)] ?? 0;
  const at = lastUpTo(-value);
  // Below 0 a step holds its start, too, and that is the end further from 0.
  const isStart = magnitudes[at] === -value;
  return -(magnitudes[isStart ? at : at + 1] ?? Infinity);
}

function magnitudeAfter(start: number): number {
  if (start >= 0) return magnitudes[lastUpTo(start) + 1] ?? Infinity;
  const before = magnitudes[lastUpTo(-start) - 1] ?? 0;
  return before === 0 ? 0 : -before;
}

/** Place of the largest magnitude that is not above the value. */
function lastUpTo(value: number): number {
  let low = 0;
  let high = magnitudes.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((magnitudes[middle] ?? Infinity) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
