import { BestOf } from './best-of.js';
import type { ByGroup } from './by-group.js';

export interface Term {
  ordinal: number;
  count: number;
}

export interface TermChoice {
  /** Order of the ordinals' values. */
  compare(a: number, b: number): number;
  /** Terms wanted a group. */
  size: number;
  includeMissing: boolean;
  /** All in the order of their values, instead of the largest. */
  byTerm: boolean;
}

export interface ChosenTerms {
  terms: Term[];
  /** Counts of the terms that were not chosen, together. */
  other: number;
}

/**
 * The most frequent ordinals of each group, by count, then by value, missing last.
 * @param size ordinals are below
 */
export function largestTerms(
  { groups, entriesOf }: ByGroup<Uint32Array>,
  size: number,
  choice: TermChoice,
): ChosenTerms[] {
  const counts = new Uint32Array(size);
  const touched = new Uint32Array(size);
  return Array.from({ length: groups }, (_, group) => {
    let found = 0;
    for (const ordinals of entriesOf(group)) found = count(ordinals, counts, touched, found);
    const chosen = choose(counts, touched.subarray(0, found), choice);
    for (let index = 0; index < found; index++) counts[touched[index] ?? 0] = 0;
    return chosen;
  });
}

/** The most frequent ordinals by their counts, as `largestTerms` orders them. */
export function largestOf(counts: Uint32Array, choice: TermChoice): ChosenTerms {
  let found = 0;
  for (const counted of counts) if (counted !== 0) found++;
  const touched = new Uint32Array(found);
  let at = 0;
  for (let ordinal = 0; ordinal < counts.length; ordinal++) if (counts[ordinal] !== 0) touched[at++] = ordinal;
  return choose(counts, touched, choice);
}

/** Returns how many ordinals have been touched. */
function count(ordinals: Uint32Array, counts: Uint32Array, touched: Uint32Array, already: number): number {
  let found = already;
  for (const ordinal of ordinals) {
    const before = counts[ordinal] ?? 0;
    if (before === 0) touched[found++] = ordinal;
    counts[ordinal] = before + 1;
  }
  return found;
}

/** @param touched ordinals with a count */
function choose(counts: Uint32Array, touched: Uint32Array, choice: TermChoice): ChosenTerms {
  const { size, compare, includeMissing, byTerm } = choice;
  const isCounted = (ordinal: number): boolean => ordinal !== 0 || includeMissing;
  const sizes = new Uint32Array(touched.length);
  let found = 0;
  let total = 0;
  for (const ordinal of touched) {
    if (!isCounted(ordinal)) continue;
    const counted = counts[ordinal] ?? 0;
    sizes[found++] = counted;
    total += counted;
  }
  const inOrder = (a: Term, b: Term): number => {
    if (a.count !== b.count) return b.count - a.count;
    if (a.ordinal === 0 || b.ordinal === 0) return a.ordinal === 0 ? 1 : -1;
    return compare(a.ordinal, b.ordinal);
  };
  // Many rare terms share the last count, and only the first of them by value are wanted.
  const isCut = !byTerm && found > size;
  const threshold = isCut ? nthLargest(sizes.subarray(0, found), size) : 0;
  const kept: Term[] = [];
  const ties: Term[] = [];
  for (const ordinal of touched) {
    const counted = counts[ordinal] ?? 0;
    if (!isCounted(ordinal) || counted < threshold) continue;
    (isCut && counted === threshold ? ties : kept).push({ ordinal, count: counted });
  }
  const last = new BestOf<Term>(size - kept.length, inOrder);
  if (isCut) for (const term of ties) last.offer(term);
  const terms = byTerm
    ? kept.sort((a, b) => compare(a.ordinal, b.ordinal))
    : [...kept.sort(inOrder), ...last.inOrder()];
  return { terms, other: total - terms.reduce((sum, { count }) => sum + count, 0) };
}

/** Counts from here on are sorted; most are smaller, and only told apart. */
const large = 1024;

/** The n-th of some counts, from the largest on; n is at least 1 and there are so many. */
function nthLargest(counts: Uint32Array, n: number): number {
  const tally = new Uint32Array(large + 1);
  for (const count of counts) {
    const kind = Math.min(count, large);
    tally[kind] = (tally[kind] ?? 0) + 1;
  }
  const larger = tally[large] ?? 0;
  if (larger >= n) return counts.filter((count) => count >= large).sort()[larger - n] ?? 0;
  let seen = larger;
  let count = large;
  while (seen < n && count > 0) seen += tally[--count] ?? 0;
  return count;
}
