import { isFaultlineError } from '@faultline/sdk/errors';
import { checkFilter, parseSearchText, printSearchText, searchFields, submittedRange } from '@faultline/sdk/search';
import type { SearchFilter } from '@faultline/sdk/search-query';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleFields } from './sample-fields.js';

const fields = searchFields(sampleFields, false);
const now = Date.parse('2026-11-22T12:00:00Z');
const parse = (text: string) => parseSearchText(text, { fields, now });
const is = (field: string, operator: string, value?: unknown) => ({
  kind: 'field',
  field,
  operator,
  ...(value === undefined ? {} : { value }),
});

function failure(text: string) {
  try {
    parse(text);
  } catch (error) {
    if (isFaultlineError(error)) return { ...error.toJSON(), place: text.slice(...placeOf(error.details)) };
    throw error;
  }
  throw new Error(`"${text}" was taken`);
}

function placeOf(details: Record<string, unknown>): [number, number] {
  return [Number(details['start']), Number(details['end'])];
}

describe('parseSearchText', () => {
  it('reads the conditions of the design', () => {
    expect(parse('signature:~"On Message" product:Fenix date:>-7d -version:125.0')).toEqual({
      kind: 'all',
      filters: [
        is('signature', 'contains', 'On Message'),
        is('product', 'has', 'Fenix'),
        is('submitted_timestamp', 'gt', '2026-11-15T12:00:00.000Z'),
        { kind: 'not', filter: is('version', 'has', '125.0') },
      ],
    });
  });

  it.each([
    ['product:=Fenix', is('product', 'is', 'Fenix')],
    ['product:^Fe', is('product', 'starts', 'Fe')],
    ['product:$ix', is('product', 'ends', 'ix')],
    ['product:@F.*', is('product', 'regex', 'F.*')],
    ['product:""', is('product', 'has', '')],
    ['product:"*"', is('product', 'has', '*')],
    ['product:"a \\"b\\" \\\\"', is('product', 'has', 'a "b" \\')],
    ['product:*', is('product', 'exists')],
    ['platform:Linux', is('os_name', 'has', 'Linux')],
    ['uptime:>=60', is('uptime', 'gte', 60)],
    ['load:<1.5', is('load', 'lt', 1.5)],
    ['startup_crash:yes', is('startup_crash', 'has', true)],
    ['product:!Fenix', { kind: 'not', filter: is('product', 'has', 'Fenix') }],
    ['product:!~Fen', { kind: 'not', filter: is('product', 'contains', 'Fen') }],
    ['NOT product:*', { kind: 'not', filter: is('product', 'exists') }],
    ['mozilla::dom::Foo(int)', is('signature', 'contains', 'mozilla::dom::Foo(int)')],
    ['bp-3f2a9c10-5b6d-4e7f-8a9b-0c1d20261122', is('crash_id', 'is', '3f2a9c10-5b6d-4e7f-8a9b-0c1d20261122')],
  ])('reads %s', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it('takes a list as any of its values', () => {
    expect(parse('product:(Fenix, "Focus, old")')).toEqual({
      kind: 'any',
      filters: [is('product', 'has', 'Fenix'), is('product', 'has', 'Focus, old')],
    });
  });

  it('binds side by side closer than OR, and parentheses closest', () => {
    expect(parse('product:a version:1 OR (product:b OR -product:c) AND version:2')).toEqual({
      kind: 'any',
      filters: [
        { kind: 'all', filters: [is('product', 'has', 'a'), is('version', 'has', '1')] },
        {
          kind: 'all',
          filters: [
            {
              kind: 'any',
              filters: [is('product', 'has', 'b'), { kind: 'not', filter: is('product', 'has', 'c') }],
            },
            is('version', 'has', '2'),
          ],
        },
      ],
    });
  });

  it('takes a bare date as all of that day, month or minute', () => {
    const range = (text: string) => submittedRange(parse(text));
    expect(range('date:2026-11-20')).toEqual({ from: '2026-11-20T00:00:00.000Z', to: '2026-11-21T00:00:00.000Z' });
    expect(range('date:2026-02')).toEqual({ from: '2026-02-01T00:00:00.000Z', to: '2026-03-01T00:00:00.000Z' });
    expect(range('date:>2026-11-20')).toEqual({ from: '2026-11-21T00:00:00.000Z', to: null });
    expect(range('date:2026-11-01..2026-11-07')).toEqual({
      from: '2026-11-01T00:00:00.000Z',
      to: '2026-11-08T00:00:00.000Z',
    });
    expect(range('date:>=yesterday')).toEqual({ from: '2026-11-21T00:00:00.000Z', to: null });
    expect(range('date:>=-1mo')).toEqual({ from: '2026-10-22T12:00:00.000Z', to: null });
  });

  it('takes numbers as ranges with both ends', () => {
    expect(parse('uptime:1..60')).toEqual({
      kind: 'all',
      filters: [is('uptime', 'gte', 1), is('uptime', 'lte', 60)],
    });
  });

  it('gives null for a text without conditions', () => {
    expect(parse('  ')).toBeNull();
  });

  it.each([
    ['prodct:Fenix', 'SEARCH_FIELD_UNKNOWN', 'prodct', 'Did you mean "product"?'],
    ['a:1 product:x', 'SEARCH_FIELD_UNKNOWN', 'a', undefined],
    ['product:Fenix (version:1', 'SEARCH_SYNTAX', '(', undefined],
    ['product:Fenix )', 'SEARCH_SYNTAX', ')', undefined],
    ['version:1 product:"Fen', 'SEARCH_SYNTAX', '"', undefined],
    ['version:1 product:(a, b', 'SEARCH_SYNTAX', '(', undefined],
    ['product: version:1', 'SEARCH_SYNTAX', 'product:', undefined],
    ['uptime:>soon', 'SEARCH_VALUE_INVALID', 'uptime:>soon', undefined],
    ['startup_crash:maybe', 'SEARCH_VALUE_INVALID', 'startup_crash:maybe', undefined],
    ['version:1 date:>2026-02-30', 'SEARCH_VALUE_INVALID', 'date:>2026-02-30', undefined],
    ['product:>a', 'SEARCH_OPERATOR_INVALID', 'product:>a', undefined],
    ['uptime:~6', 'SEARCH_OPERATOR_INVALID', 'uptime:~6', undefined],
    ['json_dump:*', 'SEARCH_OPERATOR_INVALID', 'json_dump:*', undefined],
  ])('points at the mistake in %s', (text, code, place, hint) => {
    const error = failure(text);
    expect(error.code).toBe(code);
    expect(error.place).toBe(place);
    if (hint !== undefined) expect(error.hint).toBe(hint);
  });

  it('answers for a protected field as for one that does not exist', () => {
    expect(failure('url:x')).toEqual({
      ...failure('urk:x'),
      message: failure('urk:x').message.replace('urk', 'url'),
      details: { ...failure('urk:x').details, field: 'url' },
      place: 'url',
    });
    expect(parseSearchText('url:x', { fields: searchFields(sampleFields, true), now })).not.toBeNull();
  });

  it('refuses what is too long or too deep with an error that names the bound', () => {
    expect(failure('a'.repeat(30_000)).code).toBe('SEARCH_TOO_LARGE');
    expect(failure(`${'('.repeat(9_000)}a`).code).toBe('SEARCH_TOO_LARGE');
    expect(failure(`${'-'.repeat(9_000)}a`).code).toBe('SEARCH_TOO_LARGE');
  });

  it('never throws anything but our own errors', () => {
    const words = fc.constantFrom('product:', 'date:', '"', '\\', '(', ')', '-', 'OR', ' ', 'a', ',', '>', '*', '..');
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string({ maxLength: 4 })), { maxLength: 20 }), (parts) => {
        try {
          parse(parts.join(''));
        } catch (error) {
          expect(isFaultlineError(error) ? error.kind : error).toBe('Malformed');
        }
      }),
    );
  });
});

describe('printSearchText', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('Fenix', 'a b', '"', '\\', '*', 'OR', '(x', 'a..b', '-'));
  const leaf: fc.Arbitrary<SearchFilter> = fc.oneof(
    fc.record({
      kind: fc.constant('field' as const),
      field: fc.constantFrom('product', 'signature', 'modules_in_stack'),
      operator: fc.constantFrom('has', 'is', 'contains', 'starts', 'ends', 'regex'),
      value: text,
    }),
    fc.record({
      kind: fc.constant('field' as const),
      field: fc.constant('load'),
      operator: fc.constantFrom('has', 'lt', 'lte', 'gt', 'gte'),
      value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
    }),
    fc.record({
      kind: fc.constant('field' as const),
      field: fc.constantFrom('install_date', 'submitted_timestamp'),
      operator: fc.constantFrom('lt', 'gte'),
      value: fc.integer({ min: 0, max: now }).map((time) => new Date(time).toISOString()),
    }),
    fc.record({
      kind: fc.constant('field' as const),
      field: fc.constant('startup_crash'),
      operator: fc.constantFrom('has', 'is'),
      value: fc.boolean(),
    }),
    fc.constant({ kind: 'field' as const, field: 'product', operator: 'exists' as const }),
  );
  const { filter } = fc.letrec<{ filter: SearchFilter }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.record({
        kind: fc.constantFrom('all' as const, 'any' as const),
        filters: fc.array(tie('filter'), { minLength: 2, maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant('not' as const), filter: tie('filter') }),
    ),
  }));

  it('prints what parses to the same filter', () => {
    fc.assert(
      fc.property(filter, (tree) => {
        expect(parse(printSearchText(tree))).toEqual(tree);
      }),
    );
  });

  it('prints what a person would type', () => {
    const typed = 'signature:~OnMessage -version:125.0 (product:Fenix OR product:"a b") uptime:>=60 build:*';
    expect(printSearchText(parse(typed))).toBe(typed);
  });
});

describe('checkFilter', () => {
  it('names the place in the tree', () => {
    const tree: SearchFilter = {
      kind: 'all',
      filters: [{ kind: 'not', filter: { kind: 'field', field: 'uptime', operator: 'lt', value: 'x' } }],
    };
    expect(() => checkFilter(tree, fields)).toThrow(
      expect.objectContaining({ code: 'SEARCH_VALUE_INVALID', details: { place: 'filter.filters[0].filter' } }),
    );
  });

  it('refuses more filters than the bound', () => {
    const one: SearchFilter = { kind: 'field', field: 'product', operator: 'exists' };
    const many: SearchFilter = { kind: 'any', filters: Array.from({ length: 3_000 }, () => one) };
    expect(() => checkFilter(many, fields)).toThrow(expect.objectContaining({ code: 'SEARCH_TOO_LARGE' }));
  });
});
