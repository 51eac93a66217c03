import { describe, expect, it } from 'vitest';
import { falseDiscoveryRates, overRepresentation } from '../../../plugins/trends/src/significance.js';

describe('overRepresentation', () => {
  it('is exact where few are expected', () => {
    // Fisher's tea: 3 of 4 cups right, one-sided p = 17/70.
    expect(overRepresentation({ inGroup: 3, group: 4, inRest: 1, rest: 4 })).toBeCloseTo(17 / 70, 10);
    expect(overRepresentation({ inGroup: 4, group: 4, inRest: 0, rest: 4 })).toBeCloseTo(1 / 70, 10);
    // 8 of 9 against 4 of 10, one-sided: (C(9,8)C(10,4) + C(9,9)C(10,3)) / C(19,12).
    expect(overRepresentation({ inGroup: 8, group: 9, inRest: 4, rest: 10 })).toBeCloseTo(2010 / 50388, 10);
  });

  it('is the normal curve where many are', () => {
    // Pooled 0.06, deviation 0.010621: z = 0.9416.
    expect(overRepresentation({ inGroup: 65, group: 1000, inRest: 55, rest: 1000 })).toBeCloseTo(0.1732, 4);
    // z = 1.96 has 2.5% above it.
    expect(overRepresentation({ inGroup: 5219, group: 10_000, inRest: 5080, rest: 10_000 })).toBeCloseTo(0.0246, 3);
  });

  it('agrees with itself where the two tests meet', () => {
    const exact = overRepresentation({ inGroup: 16, group: 99, inRest: 84, rest: 900 });
    const normal = overRepresentation({ inGroup: 17, group: 105, inRest: 84, rest: 900 });
    expect(Math.abs(Math.log(exact / normal))).toBeLessThan(1);
  });

  it('stays a chance for very large and very sure numbers', () => {
    const p = overRepresentation({ inGroup: 90_000, group: 100_000, inRest: 10_000, rest: 900_000 });
    expect(p).toBeGreaterThanOrEqual(0);
    expect(p).toBeLessThan(1e-100);
    expect(overRepresentation({ inGroup: 10, group: 100, inRest: 900, rest: 1000 })).toBeGreaterThan(0.999);
  });

  it.each([
    { inGroup: 0, group: 0, inRest: 5, rest: 10 },
    { inGroup: 5, group: 10, inRest: 0, rest: 0 },
    { inGroup: 10, group: 10, inRest: 20, rest: 20 },
    { inGroup: 0, group: 10, inRest: 0, rest: 20 },
  ])('finds nothing where nothing can differ: %j', (shares) => {
    expect(overRepresentation(shares)).toBe(1);
  });
});

describe('falseDiscoveryRates', () => {
  it('are those of Benjamini and Hochberg, in the order given', () => {
    expect(falseDiscoveryRates([0.04, 0.01, 0.03, 0.5])).toEqual([0.16 / 3, 0.04, 0.16 / 3, 0.5]);
    expect(falseDiscoveryRates([])).toEqual([]);
  });
});
