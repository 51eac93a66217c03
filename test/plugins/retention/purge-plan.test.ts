import type { KindUsage } from '@faultline/sdk';
import { describe, expect, it } from 'vitest';
import { planPurge, type PlanInput } from '../../../plugins/retention/src/purge-plan.ts';
import { retentionRules } from '../../../plugins/retention/src/retention-rules.ts';

const defaults = { dumpDays: 30, crashDays: 180, products: {} };
const usage = (day: string, dumps: number, reports: number): KindUsage[] => [
  { day, kind: 'dumps', bytes: dumps, purgedAt: null },
  { day, kind: 'reports', bytes: reports, purgedAt: null },
];

const plan = (input: Partial<PlanInput>) =>
  planPurge({
    usage: [],
    rules: retentionRules(defaults, []),
    today: '2026-11-22',
    maxBytes: 0,
    sharesOf: () => Promise.resolve([]),
    goneFrom: () => Promise.resolve([]),
    ...input,
  });

describe('What goes next', () => {
  it('is nothing that is young enough, to the day', async () => {
    expect(await plan({ usage: usage('2026-10-23', 10, 10) })).toEqual([]);
    expect(await plan({ usage: usage('2026-10-22', 10, 10) })).toMatchObject([
      { day: '2026-10-22', kind: 'dumps', reason: 'age', products: null, bytes: 10 },
    ]);
  });

  it('is a crash with its dumps, once it is too old itself', async () => {
    expect(await plan({ usage: usage('2026-05-25', 10, 5) })).toMatchObject([{ kind: 'reports', bytes: 15 }]);
    expect(await plan({ usage: usage('2027-05-25', 10, 5) })).toEqual([]);
  });

  it('is only what is due of each product, and what has gone does not go twice', async () => {
    const rules = retentionRules({ ...defaults, products: { Kettle: { dumpDays: 90 } } }, [
      { name: 'Teapot', aliases: ['Pot'], retention: { dumpDays: 2, crashDays: null } },
    ]);
    const sharesOf = () =>
      Promise.resolve([
        { product: 'Pot', partBytes: 7 },
        { product: 'Kettle', partBytes: 5 },
        { product: 'Cup', partBytes: 3 },
      ]);
    const input = { usage: usage('2026-11-10', 20, 20), rules, sharesOf };
    expect(await plan(input)).toMatchObject([{ kind: 'dumps', products: ['Pot'], bytes: 7 }]);
    expect(await plan({ ...input, goneFrom: () => Promise.resolve(['Pot']) })).toEqual([]);
    expect(await plan({ ...input, today: '2027-01-01' })).toMatchObject([{ products: ['Cup', 'Pot'], bytes: 10 }]);
    expect(await plan({ ...input, today: '2027-03-01' })).toMatchObject([{ products: null, bytes: 20 }]);
  });

  it('is a whole day as soon as nobody in it may stay', async () => {
    const rules = retentionRules({ ...defaults, products: { Kettle: { dumpDays: 90 } } }, []);
    const sharesOf = () => Promise.resolve([{ product: 'Cup', partBytes: 3 }]);
    expect(await plan({ usage: usage('2026-10-01', 20, 20), rules, sharesOf })).toMatchObject([
      { kind: 'dumps', products: null, bytes: 20 },
    ]);
  });

  it('is, for want of space, the oldest dumps, then the oldest crashes, and never what is still coming in', async () => {
    const days = ['2026-11-18', '2026-11-19', '2026-11-21', '2026-11-22'].flatMap((day) => usage(day, 10, 10));
    const steps = await plan({ usage: days, maxBytes: 65 });
    expect(steps.map(({ day, kind, reason }) => `${day} ${kind} ${reason}`)).toEqual([
      '2026-11-18 dumps size',
      '2026-11-19 dumps size',
    ]);
    const tight = await plan({ usage: days, maxBytes: 1 });
    expect(tight.map(({ day, kind }) => `${day} ${kind}`)).toEqual([
      '2026-11-18 dumps',
      '2026-11-19 dumps',
      '2026-11-18 reports',
      '2026-11-19 reports',
    ]);
  });

  it('never lets a dump outlive its crash', () => {
    const { others } = retentionRules({ dumpDays: 30, crashDays: 10, products: {} }, []);
    expect(others).toEqual({ dumps: 10, reports: 10 });
  });
});
