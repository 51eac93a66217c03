/** How likely a difference of two shares is without any reason. */

/** Below so many expected crashes in a cell the normal curve misleads, and the exact test is taken. */
const fewExpected = 10;

export interface TwoShares {
  /** Crashes of the group with the value, and all of the group. */
  inGroup: number;
  group: number;
  /** The same of the rest. */
  inRest: number;
  rest: number;
}

/**
 * One-sided p: the chance that the group's share is as much above the rest's. Two-proportion z test with a pooled
 * variance; Fisher's exact test where a cell expects few.
 */
export function overRepresentation({ inGroup, group, inRest, rest }: TwoShares): number {
  const all = group + rest;
  const having = inGroup + inRest;
  if (group === 0 || rest === 0 || having === 0 || having === all) return 1;
  const smaller = Math.min(group, rest) / all;
  const isSmall = smaller * Math.min(having, all - having) < fewExpected;
  if (isSmall) return fisher({ inGroup, group, inRest, rest });
  const pooled = having / all;
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / group + 1 / rest));
  return upperTail((inGroup / group - inRest / rest) / deviation);
}

/** Sum of the hypergeometric chances from what was seen up to the largest possible. */
function fisher({ inGroup, group, inRest, rest }: TwoShares): number {
  const having = inGroup + inRest;
  const all = group + rest;
  const most = Math.min(group, having);
  const whole = logChoose(all, having);
  let sum = 0;
  for (let k = inGroup; k <= most; k++) {
    const chance = Math.exp(logChoose(group, k) + logChoose(rest, having - k) - whole);
    sum += chance;
    // The chances only fall from here on.
    if (chance < sum * 1e-12) break;
  }
  return Math.min(1, sum);
}

function logChoose(n: number, k: number): number {
  if (k < 0 || k > n) return -Infinity;
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

/** Stirling's series, from where it is exact to fifteen digits. */
function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  while (z < 10) {
    shift -= Math.log(z);
    z++;
  }
  const inverse = 1 / (z * z);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / z;
  return shift + (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series;
}

/** Part of the normal curve above z; Abramowitz and Stegun 7.1.26 in the middle, its asymptote far out. */
function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z);
  if (z > 5) return (Math.exp(-0.5 * z * z) / (z * Math.sqrt(2 * Math.PI))) * (1 - 1 / (z * z));
  const t = 1 / (1 + (0.3275911 * z) / Math.SQRT2);
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return 0.5 * poly * Math.exp(-0.5 * z * z);
}

/**
 * Benjamini-Hochberg: for each p the part of false findings among all that are at least as sure. In the order given.
 */
export function falseDiscoveryRates(ps: readonly number[]): number[] {
  const order = ps.map((_, at) => at).sort((a, b) => (ps[a] ?? 1) - (ps[b] ?? 1));
  const rates = new Array<number>(ps.length).fill(1);
  let least = 1;
  for (let rank = order.length; rank >= 1; rank--) {
    const at = order[rank - 1] ?? 0;
    least = Math.min(least, ((ps[at] ?? 1) * ps.length) / rank);
    rates[at] = least;
  }
  return rates;
}
