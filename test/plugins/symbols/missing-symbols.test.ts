import type { SearchEngine, SearchResult } from '@faultline/sdk';
import { MissingSymbolList } from '@faultline/sdk/api';
import { FakeClock, MemoryStateStore } from '@faultline/testing';
import { describeJob } from '@faultline/testing/suites';
import { describe, expect, it } from 'vitest';
import { parseMissingSymbols, sumModules } from '../../../plugins/symbols/src/missing/missing-symbols.js';
import { rankJob } from '../../../plugins/symbols/src/missing/rank-job.js';
import { missingRoutes } from '../../../plugins/symbols/src/routes/missing-routes.js';

const id = '5A9832E5287241C1838ED98914E9B7FF1';

describe('the field missing_symbols', () => {
  it('names modules with version, debug id and code id', () => {
    expect(parseMissingSymbols(`app.exe/1.2\\/x/${id}/abc;lib.so/None/${id.toLowerCase()}`)).toEqual([
      { module: 'app.exe', version: '1.2/x', debugId: id, codeId: 'abc' },
      { module: 'lib.so', version: '', debugId: id, codeId: '' },
    ]);
  });
  it.each(['', ';;', 'lib.so', 'lib.so/1', 'lib.so/1/not hex', '/1/ABC'])('without an id names none: "%s"', (text) =>
    expect(parseMissingSymbols(text)).toEqual([]),
  );
});

describe('modules without symbols', () => {
  const list = (term: string, count: number, signatures: string[], min: string, max: string) => ({
    term,
    count,
    facets: {
      signatures: { kind: 'terms' as const, other: 0, buckets: signatures.map((term) => ({ term, count: 1 })) },
      dates: { kind: 'extent' as const, min, max },
    },
  });

  it('are ranked by the crashes of all lists that they stand in, with groups and dates', () => {
    const modules = sumModules([
      list(`a.so/1/${id};b.so/1/${id}`, 5, ['x', 'y'], '2026-11-20', '2026-11-21'),
      list(`b.so/1/${id}`, 2, ['y', 'z'], '2026-11-10', '2026-11-11'),
    ]);
    expect(modules).toMatchObject([
      { module: 'b.so', crashes: 7, groups: 3, first: '2026-11-10', last: '2026-11-21' },
      { module: 'a.so', crashes: 5, groups: 2, first: '2026-11-20', last: '2026-11-21' },
    ]);
  });
});

describeJob('the daily ranking of modules without symbols', () => {
  const clock = new FakeClock(Date.parse('2026-11-23T05:45:00Z'));
  const state = new MemoryStateStore(clock);
  const counts: Record<string, number> = { 'b.so': 2, 'a.so': 5 };
  const search = () => {
    const buckets = Object.entries(counts).map(([name, count]) => ({ term: `${name}/1/${id}`, count }));
    return Promise.resolve({ facets: { lists: { kind: 'terms', other: 0, buckets } } } as unknown as SearchResult);
  };
  const engine = () => ({ search }) as unknown as SearchEngine;
  const [route] = missingRoutes(engine, clock, state);
  return Promise.resolve({
    job: rankJob({ engine, clock, state }),
    async effect() {
      counts['c.so'] = 3;
      const query = { days: 30, limit: 10 };
      const answer = await route?.handle({ query, signal: new AbortController().signal } as never);
      delete counts['c.so'];
      const { modules, rankedAt } = MissingSymbolList.parse(answer?.body);
      expect(rankedAt).toBe(new Date(clock.now()).toISOString());
      const places = modules.map(({ module, rankBefore }) => [module, rankBefore]);
      expect(places).toEqual([
        ['a.so', 1],
        ['c.so', null],
        ['b.so', 2],
      ]);
      return places;
    },
  });
});
