import { SearchAnswer } from '@faultline/sdk/api';
import { describe, expect, it } from 'vitest';
import { histogramOf, histogramStep } from '../../desktop/renderer/src/group/histogram-of.js';

const now = Date.parse('2026-11-23T12:00:00Z');

function answer(buckets: { term: string; count: number }[]) {
  return SearchAnswer.parse({
    total: 1,
    rows: [],
    cursor: null,
    facets: { histogram: { buckets, other: 0 } },
    milliseconds: 1,
    completeness: 1,
  });
}

describe('histogramOf', () => {
  it('fills in the steps without a crash over the whole range', () => {
    const found = answer([{ term: '2026-11-22T00:00:00.000Z', count: 7 }]);
    const { steps, counts } = histogramOf(found, { from: '-3d', to: 'now', step: 'day' }, now);
    expect(steps.map((step) => step.slice(0, 10))).toEqual(['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23']);
    expect(counts).toEqual([0, 0, 7, 0]);
  });

  it('begins weeks on Mondays and months on their first', () => {
    const weeks = histogramOf(
      answer([{ term: '2026-11-16T00:00:00.000Z', count: 1 }]),
      { from: '-14d', to: 'now', step: 'week' },
      now,
    );
    expect(weeks.counts).toEqual([0, 1, 0]);
    const months = histogramOf(
      answer([{ term: '2026-10-01T00:00:00.000Z', count: 2 }]),
      { from: '-60d', to: 'now', step: 'month' },
      now,
    );
    expect(months.steps.map((step) => step.slice(0, 7))).toEqual(['2026-09', '2026-10', '2026-11']);
  });

  it('gives nothing when no histogram came', () => {
    expect(histogramOf(null, { from: '-3d', to: 'now', step: 'day' }, now)).toEqual({ steps: [], counts: [] });
  });
});

describe('histogramStep', () => {
  it('grows with the range', () => {
    const step = (from: string) => histogramStep(from, 'now', now);
    expect(['-24h', '-14d', '-90d', '2024-01-01'].map(step)).toEqual(['hour', 'day', 'week', 'month']);
  });
});
