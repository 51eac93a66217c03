import { nextStep, stepStart } from '@faultline/sdk/search';
import { describe, expect, it } from 'vitest';

describe('the steps of histograms', () => {
  it('grow with numbers of all magnitudes, on both sides of 0', () => {
    const cases: [value: number, start: number, next: number][] = [
      [0, 0, 1],
      [0.7, 0, 1],
      [1, 1, 2],
      [3.5, 2, 5],
      [9, 5, 10],
      [10, 10, 20],
      [999, 500, 1000],
      [2 ** 40, 1e12, 2e12],
      [-0.5, -1, 0],
      [-1, -1, 0],
      [-1.5, -2, -1],
      [-5, -5, -2],
      [-7, -10, -5],
      [1e300, 1e300, 2e300],
    ];
    for (const [value, start, next] of cases) {
      expect(stepStart(value, 'magnitude'), String(value)).toBe(start);
      expect(nextStep(start, 'magnitude'), String(start)).toBe(next);
    }
  });

  it('are UTC weeks from Monday and months of the calendar', () => {
    const sunday = Date.parse('2026-11-22T23:59:59Z');
    expect(new Date(stepStart(sunday, 'week')).toISOString()).toBe('2026-11-16T00:00:00.000Z');
    expect(new Date(nextStep(stepStart(sunday, 'month'), 'month')).toISOString()).toBe('2026-12-01T00:00:00.000Z');
  });
});
