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

/**
 * The most frequent ordinals of each group, by count, then by value, missing last.
 * @param size ordinals are below
 */
export function largestTerms(
  { groups, entriesOf }: ByGroup<Uint32Array>,
  size: number,
  choice: TermChoice,
): { terms: Term[]; other: number }[] {
  const counts = new Uint32Array(size);
  const touched = new Uint32Array(size);
  return Array.from({ length: groups }, (_, group) => {
    let found = 0;
    for (const ordinals of entriesOf(group)) found = count(ordinals, counts, touched, found);
    const terms: Term[] = [];
    let total = 0;
    for (let index = 0; index < found; index++) {
      const ordinal = touched[index] ?? 0;
      const count = counts[ordinal] ?? 0;
      counts[ordinal] = 0;
      if (ordinal === 0 && !choice.includeMissing) continue;
      total += count;
      terms.push({ ordinal, count });
    }
    const kept = choice.byTerm ? terms.sort((a, b) => choice.compare(a.ordinal, b.ordinal)) : largest(terms, choice);
    return { terms: kept, other: total - kept.reduce((sum, { count }) => sum + count, 0) };
  });
}

/** The most frequent ordinals by their counts, as `largestTerms` orders them. */
export function largestOf(counts: Uint32Array, choice: Omit<TermChoice, 'byTerm'>): { terms: Term[]; other: number } {
  const terms: Term[] = [];
  let total = 0;
  for (let ordinal = choice.includeMissing ? 0 : 1; ordinal < counts.length; ordinal++) {
    const count = counts[ordinal] ?? 0;
    if (count === 0) continue;
    total += count;
    terms.push({ ordinal, count });
  }
  const kept = largest(terms, { ...choice, byTerm: false });
  return { terms: kept, other: total - kept.reduce((sum, { count }) => sum + count, 0) };
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

function largest(terms: Term[], { size, compare }: TermChoice): Term[] {
  const inOrder = (a: Term, b: Term): number => {
    if (a.count !== b.count) return b.count - a.count;
    if (a.ordinal === 0 || b.ordinal === 0) return a.ordinal === 0 ? 1 : -1;
    return compare(a.ordinal, b.ordinal);
  };
  if (terms.length <= size) return terms.sort(inOrder);
  // Sorting bare counts is fast; many rare terms share the last count, and only the first of them by value are wanted.
  const sorted = Uint32Array.from(terms, ({ count }) => count).sort();
  const threshold = sorted[sorted.length - size] ?? 0;
  const above = terms.filter(({ count }) => count > threshold);
  const ties = new BestOf<Term>(size - above.length, inOrder);
  for (const term of terms) if (term.count === threshold) ties.offer(term);
  return [...above.sort(inOrder), ...ties.inOrder()];
}
