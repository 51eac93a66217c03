/** How many crashes come on which day, of which kinds: weeks swing, programs grow, and now and then something spikes. */
import { Chance } from './chance.js';
import type { CrashKind } from './signatures.js';

export interface DayPlan {
  /** Days since 1970. */
  day: number;
  crashes: number;
  /** A kind that comes far more often today, and its part of all crashes. */
  spike: { kind: CrashKind; share: number } | null;
}

/** @param last the last day, days since 1970 */
export function planDays(options: {
  seed: string;
  crashes: number;
  days: number;
  last: number;
  /** Part of the last day that is over; above 0, up to 1. */
  lastPart: number;
  kinds: readonly CrashKind[];
}): DayPlan[] {
  const { seed, crashes, days, last, lastPart, kinds } = options;
  const chance = new Chance(`${seed} days`);
  const weights = Array.from({ length: days }, (_, index) => {
    const weekday = (last - days + 1 + index + 4) % 7;
    const swing = weekday === 0 || weekday === 6 ? 0.8 : 1.05;
    const part = index === days - 1 ? lastPart : 1;
    return part * swing * (1 + (0.15 * index) / days) * (0.95 + chance.fraction() * 0.1);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let placed = 0;
  let sum = 0;
  return weights.map((weight, index) => {
    sum += weight;
    const until = index === days - 1 ? crashes : Math.round((crashes * sum) / total);
    const count = until - placed;
    placed = until;
    const kind = kinds[20 + chance.below(Math.min(400, kinds.length - 20))];
    const spike = chance.happens(0.07) && kind !== undefined ? { kind, share: 0.02 + chance.fraction() * 0.06 } : null;
    return { day: last - days + 1 + index, crashes: count, spike };
  });
}
