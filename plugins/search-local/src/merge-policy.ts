import type { Segment } from './segments/segment.js';

/** So many segments of about one size become one. */
const fanIn = 4;
/** Rows below which all sizes count as one. */
const smallest = 1_000;
/** A segment with a larger part of its rows gone is written anew. */
const mostGone = 0.3;

/** Segments of one day that should become one; null when all is well. Every row is rewritten a few times at most. */
export function mergeCandidates(days: Iterable<Segment[]>): Segment[] | null {
  for (const segments of days) {
    const wasteful = segments.find((segment) => segment.liveRows < segment.rows * (1 - mostGone));
    if (wasteful !== undefined) return [wasteful];
    const tiers = new Map<number, Segment[]>();
    for (const segment of segments) {
      const tier = tierOf(segment.liveRows);
      tiers.set(tier, [...(tiers.get(tier) ?? []), segment]);
    }
    for (const tier of tiers.values()) if (tier.length >= fanIn) return tier;
  }
  return null;
}

function tierOf(rows: number): number {
  return Math.floor(Math.log(Math.max(1, rows / smallest)) / Math.log(fanIn));
}
