import { describe, expect, it } from 'vitest';
import { parseMissingSymbols, sumModules } from '../../../plugins/symbols/src/missing/missing-symbols.js';

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
