import { describe, expect, it } from 'vitest';
import { idsOf, receiptOf } from '../../../desktop/renderer/src/retention/receipts.js';
import { dayExcerpt, kindTotals, storedDays } from '../../../desktop/renderer/src/retention/stored-days.js';

const usage = [
  { day: '2026-11-01', kind: 'dumps' as const, bytes: 0, purgedAt: '2026-11-20T00:00:00.000Z' },
  { day: '2026-11-01', kind: 'reports' as const, bytes: 10, purgedAt: '2026-11-19T00:00:00.000Z' },
  { day: '2026-11-22', kind: 'dumps' as const, bytes: 300, purgedAt: null },
  { day: '2026-11-22', kind: 'reports' as const, bytes: 40, purgedAt: null },
];
const step = { day: '2026-11-01', kind: 'reports' as const, reason: 'age' as const, products: null, bytes: 10 };

describe('what is stored', () => {
  it('is put together by day, newest first, with what goes of it', () => {
    const days = storedDays({ usage }, { bytes: 10, steps: [step] });
    expect(days.map(({ day, bytes }) => [day, bytes.dumps, bytes.reports])).toEqual([
      ['2026-11-22', 300, 40],
      ['2026-11-01', 0, 10],
    ]);
    expect(days[1]?.steps).toEqual([step]);
    expect(days[1]?.purgedAt).toBe('2026-11-19T00:00:00.000Z');
  });

  it('is cut to the newest days and the oldest of those of which something goes', () => {
    const dump = { kind: 'dumps' as const, bytes: 300, purgedAt: null };
    const many = Array.from({ length: 9 }, (_, at) => ({ ...dump, day: `2026-11-0${at + 1}` }));
    const steps = [1, 2, 3].map((day) => ({ ...step, day: `2026-11-0${day}` }));
    const excerpt = (plan: typeof steps) =>
      dayExcerpt(storedDays({ usage: many }, { bytes: 0, steps: plan }), 2).map(({ day }) => Number(day.slice(-2)));
    expect(excerpt([])).toEqual([9, 8]);
    expect(excerpt(steps)).toEqual([9, 8, 2, 1]);
  });

  it('is summed up by kind', () => {
    expect(kindTotals(storedDays({ usage }, { bytes: 10, steps: [step] }))).toEqual([
      { kind: 'dumps', bytes: 300, days: 1, oldest: '2026-11-22', frees: 0 },
      { kind: 'reports', bytes: 50, days: 2, oldest: '2026-11-01', frees: 10 },
    ]);
    expect(kindTotals([])[0]).toEqual({ kind: 'dumps', bytes: 0, days: 0, oldest: '', frees: 0 });
  });
});

describe('a receipt', () => {
  it('is read from what a purge and an erasure leave', () => {
    const purge = { isDryRun: false, clockAhead: 12, crashes: 0, freed: 0, steps: [] };
    expect(receiptOf(purge)).toEqual({ crashes: 0, freed: 0, clockAhead: 12, asked: null, places: [] });
    const places = [{ place: 'Search', records: null }, { place: 'Queue', records: 2 }, 'odd'];
    expect(receiptOf({ asked: 3, crashes: 2, freed: 9, places })).toEqual({
      crashes: 2,
      freed: 9,
      clockAhead: null,
      asked: 3,
      places: places.slice(0, 2),
    });
  });

  it('is not made up from anything else', () => {
    for (const odd of [null, 'done', [], { crashes: '2', freed: 0 }]) expect(receiptOf(odd)).toBeNull();
  });
});

describe('typed ids', () => {
  it('may stand on lines, between spaces or commas', () => {
    expect(idsOf(' a\n\nb, c;d\te ')).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(idsOf(' \n')).toEqual([]);
  });
});
