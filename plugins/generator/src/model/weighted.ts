import type { Chance } from './chance.js';

/** Picks things by their weights. */
export class Weighted<T> {
  private readonly sums: Float64Array;

  constructor(
    private readonly values: readonly T[],
    weights: readonly number[],
  ) {
    let sum = 0;
    this.sums = Float64Array.from(values, (_, index) => (sum += weights[index] ?? 0));
  }

  /** The value with this part of all weights before it. */
  pick(chance: Chance): T {
    return this.values[this.index(chance)] as T;
  }

  index(chance: Chance): number {
    const wanted = chance.fraction() * (this.sums.at(-1) ?? 0);
    let low = 0;
    let high = this.sums.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.sums[middle] ?? 0) <= wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Weights by rank: rank r about 1/r as often as the first. */
export function zipfWeights(count: number, exponent = 1): number[] {
  return Array.from({ length: count }, (_, rank) => 1 / (rank + 1) ** exponent);
}
