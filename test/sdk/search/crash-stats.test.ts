import { isFaultlineError } from '@faultline/sdk/errors';
import {
  checkSearchQuery,
  parseCrashStats,
  printCrashStats,
  searchFields,
  type CrashStatsOptions,
} from '@faultline/sdk/search';
import type { SearchQuery } from '@faultline/sdk/search-query';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleFields } from './sample-fields.js';

const fields = searchFields(sampleFields, false);
const now = Date.parse('2026-11-22T12:00:00Z');
const parse = (text: string, more: Partial<CrashStatsOptions> = {}) =>
  parseCrashStats(new URLSearchParams(text), { fields, now, ...more });
const filterOf = (text: string) => parse(text).query.filter;
const rangeOf = (text: string) => {
  const { from, to } = parse(text).query;
  return [from, to];
};
const is = (field: string, operator: string, value?: unknown) => ({
  kind: 'field',
  field,
  operator,
  ...(value === undefined ? {} : { value }),
});
const not = (filter: unknown) => ({ kind: 'not', filter });
const any = (...filters: unknown[]) => ({ kind: 'any', filters });
const all = (...filters: unknown[]) => ({ kind: 'all', filters });

function failure(text: string, more: Partial<CrashStatsOptions> = {}) {
  try {
    parse(text, more);
  } catch (error) {
    if (isFaultlineError(error)) return { ...error.toJSON(), kind: error.kind };
    throw error;
  }
  throw new Error(`"${text.slice(0, 100)}" was taken`);
}

describe('parseCrashStats', () => {
  it('searches the last seven days for any crash when nothing is asked', () => {
    expect(parse('')).toEqual({
      query: {
        filter: null,
        from: '2026-11-15T12:00:00.000Z',
        to: '2026-11-22T12:00:00.000Z',
        sort: [],
        limit: 100,
        cursor: null,
        columns: ['uuid', 'date', 'signature', 'product', 'version'],
        facets: [{ kind: 'terms', name: 'signature', field: 'signature', size: 50 }],
      },
      offset: 0,
      returnQuery: false,
    });
  });

  it.each([
    ['signature=Foo bar', is('signature', 'has', 'Foo bar')],
    ['signature==Foo', is('signature', 'is', 'Foo')],
    ['signature=~Foo', is('signature', 'contains', 'Foo')],
    ['signature=^Foo', is('signature', 'starts', 'Foo')],
    ['signature=$Foo', is('signature', 'ends', 'Foo')],
    ['signature=@Foo.*', is('signature', 'regex', 'Foo.*')],
    ['signature=__null__', not(is('signature', 'exists'))],
    ['signature=!__null__', is('signature', 'exists')],
    ['signature=!Foo', not(is('signature', 'has', 'Foo'))],
    ['signature=!=Foo', not(is('signature', 'is', 'Foo'))],
    ['signature=!~Foo', not(is('signature', 'contains', 'Foo'))],
    ['signature=!^Foo', not(is('signature', 'starts', 'Foo'))],
    ['signature=!$Foo', not(is('signature', 'ends', 'Foo'))],
    ['signature=!@Foo', not(is('signature', 'regex', 'Foo'))],
    ['signature=~*?', is('signature', 'contains', '*?')],
    ['signature=(...)', is('signature', 'is', '(...)')],
    ['platform=Linux', is('os_name', 'has', 'Linux')],
    ['version=125.0b', is('version', 'starts', '125.0b')],
    ['version=!125.0b', not(is('version', 'starts', '125.0b'))],
    ['uptime=60', is('uptime', 'has', 60)],
    ['uptime=!60', not(is('uptime', 'has', 60))],
    ['uptime=>60', is('uptime', 'gt', 60)],
    ['uptime=>=60', is('uptime', 'gte', 60)],
    ['uptime=<60', is('uptime', 'lt', 60)],
    ['uptime=<=-1', is('uptime', 'lte', -1)],
    ['uptime=!>60', not(is('uptime', 'gt', 60))],
    ['uptime=__null__', not(is('uptime', 'exists'))],
    ['load=<1.5', is('load', 'lt', 1.5)],
    ['startup_crash=__true__', is('startup_crash', 'has', true)],
    ['startup_crash=!__true__', not(is('startup_crash', 'has', true))],
    ['startup_crash=yes', is('startup_crash', 'has', true)],
    ['startup_crash=no', is('startup_crash', 'has', false)],
    ['startup_crash=!__null__', is('startup_crash', 'exists')],
    ['install_date=>2026-11-20', is('install_date', 'gt', '2026-11-20T00:00:00.000Z')],
    ['modules_in_stack=xul.dll', is('modules_in_stack', 'has', 'xul.dll')],
  ])('reads %s', (text, expected) => {
    const { query } = parse(text);
    expect(query.filter).toEqual(expected);
    expect(checkSearchQuery(query, fields).filter).not.toBeNull();
  });

  it('wants every field and any value of one', () => {
    expect(filterOf('product=Fenix&product=Focus&signature=~a&signature=^b&product=!~x')).toEqual(
      all(
        any(is('product', 'has', 'Fenix'), is('product', 'has', 'Focus'), not(is('product', 'contains', 'x'))),
        any(is('signature', 'contains', 'a'), is('signature', 'starts', 'b')),
      ),
    );
  });

  it('wants all ranges of a field, and none of its unwanted values', () => {
    expect(filterOf('uptime=>=60&uptime=<600&version=!1&version=!2')).toEqual(
      all(
        is('uptime', 'gte', 60),
        is('uptime', 'lt', 600),
        not(any(is('version', 'has', '1'), is('version', 'has', '2'))),
      ),
    );
  });

  it('ignores parameters that name no field, empty ones, and fields that the caller may not see', () => {
    expect(filterOf('format=meta&product=&url=secret&json_dump=x&__proto__=1&constructor=1')).toBeNull();
    const options = { fields: searchFields(sampleFields, true), now };
    expect(parseCrashStats([['url', 'x']], options).query.filter).not.toBeNull();
  });

  it('takes the tightest of several dates and fills in the missing end', () => {
    expect(rangeOf('date=>=2026-11-01&date=<2026-11-10')).toEqual([
      '2026-11-01T00:00:00.000Z',
      '2026-11-10T00:00:00.000Z',
    ]);
    expect(rangeOf('date=>2026-11-01&date=>=2026-11-02&date=<=2026-11-10 12:00:00&date=<2026-11-11')).toEqual([
      '2026-11-02T00:00:00.000Z',
      '2026-11-10T12:00:00.001Z',
    ]);
    expect(rangeOf('date=>2026-11-01')).toEqual(['2026-11-01T00:00:00.001Z', '2026-11-22T12:00:00.000Z']);
    expect(rangeOf('date=<2026-11-10')).toEqual(['2026-11-03T00:00:00.000Z', '2026-11-10T00:00:00.000Z']);
    expect(rangeOf('date=>=-2d')).toEqual(['2026-11-20T12:00:00.000Z', '2026-11-22T12:00:00.000Z']);
  });

  it('takes a zone whose plus arrived as a blank', () => {
    expect(rangeOf('date=>=2026-11-20T02:00:00+02:00')[0]).toBe('2026-11-20T00:00:00.000Z');
    expect(rangeOf('date=>=2026-11-20T02:00:00%2B02:00')[0]).toBe('2026-11-20T00:00:00.000Z');
  });

  it.each([
    ['date=2026-11-20', 'SEARCH_VALUE_INVALID', 'date[0]'],
    ['date=>=2026-02-30', 'SEARCH_VALUE_INVALID', 'date[0]'],
    ['date=>=99999999d', 'SEARCH_VALUE_INVALID', 'date[0]'],
    ['date=>=-999999d', 'SEARCH_VALUE_INVALID', 'date[0]'],
    ['date=>2026-11-20&date=<2026-11-10', 'SEARCH_VALUE_INVALID', 'date[0]'],
    ['date=>2024-01-01&date=<2026-11-10', 'SEARCH_VALUE_INVALID', 'date[0]'],
    ['uptime=1&uptime=soon', 'SEARCH_VALUE_INVALID', 'uptime[1]'],
    ['uptime=1.5', 'SEARCH_VALUE_INVALID', 'uptime[0]'],
    ['uptime=0x10', 'SEARCH_VALUE_INVALID', 'uptime[0]'],
    ['startup_crash=maybe', 'SEARCH_VALUE_INVALID', 'startup_crash[0]'],
    ['_columns=product&_columns=verson', 'SEARCH_FIELD_UNKNOWN', '_columns[1]'],
    ['_sort=-nothing', 'SEARCH_FIELD_UNKNOWN', '_sort[0]'],
    ['_facets=nothing', 'SEARCH_FIELD_UNKNOWN', '_facets[0]'],
    ['_aggs.product=nothing', 'SEARCH_FIELD_UNKNOWN', '_aggs.product[0]'],
    ['_aggs.nothing=product', 'SEARCH_FIELD_UNKNOWN', '_aggs.nothing[0]'],
    ['_histogram.product=version', 'SEARCH_OPERATOR_INVALID', '_histogram.product[0]'],
    ['_histogram_interval.date=3 days', 'SEARCH_VALUE_INVALID', '_histogram_interval.date[0]'],
    ['_histogram_interval.uptime=0', 'SEARCH_VALUE_INVALID', '_histogram_interval.uptime[0]'],
    ['_results_number=1001', 'SEARCH_VALUE_INVALID', '_results_number[0]'],
    ['_results_number=many', 'SEARCH_VALUE_INVALID', '_results_number[0]'],
    ['_results_number=-1', 'SEARCH_VALUE_INVALID', '_results_number[0]'],
    ['_results_number=1000&_results_offset=9001', 'SEARCH_VALUE_INVALID', '_results_offset[0]'],
    ['_facets_size=10001', 'SEARCH_VALUE_INVALID', '_facets_size[0]'],
  ])('points at the mistake in %s', (text, code, place) => {
    expect(failure(text)).toMatchObject({ kind: 'Malformed', code, details: { place } });
  });

  it('suggests names that a person may have meant', () => {
    expect(failure('_columns=verson')).toMatchObject({
      message: "Unknown field 'verson'",
      hint: 'Did you mean version?',
    });
  });

  it('leaves out hidden columns, sorts and facets without a word when told which they are', () => {
    const isHidden = (name: string) => name === 'url';
    const { query } = parse('_columns=url&_columns=product&_sort=url&_facets=url&_aggs.url=product', { isHidden });
    expect(query).toMatchObject({ columns: ['product'], sort: [], facets: [] });
    expect(failure('_columns=url').code).toBe('SEARCH_FIELD_UNKNOWN');
  });

  it('refuses unknown products when it knows them', () => {
    const products = ['Fenix'];
    expect(parse('product=Fenix', { products }).query.filter).toEqual(is('product', 'has', 'Fenix'));
    expect(failure('product=Fennec', { products })).toMatchObject({ message: 'Not valid products: Fennec' });
  });

  it('joins facets, nested facets and histograms into one tree', () => {
    const text =
      '_facets=platform&_aggs.platform=version&_aggs.platform.version=_cardinality.build_id&_histogram.date=product' +
      '&_histogram_interval.date=1h&_facets=_cardinality.build_id&_aggs.product=_histogram.uptime&_facets_size=7';
    const terms = (field: string) => ({ kind: 'terms', name: field, field, size: 7 });
    const builds = { kind: 'cardinality', name: 'cardinality_build_id', field: 'build_id' };
    expect(parse(text).query.facets).toEqual([
      { ...terms('platform'), facets: [{ ...terms('version'), facets: [builds] }] },
      { kind: 'histogram', name: 'histogram_date', field: 'date', interval: 'hour', facets: [terms('product')] },
      builds,
      {
        ...terms('product'),
        facets: [{ kind: 'histogram', name: 'histogram_uptime', field: 'uptime', interval: 1 }],
      },
    ]);
  });

  it('counts nothing when facets are turned off', () => {
    expect(parse('_facets=product&_aggs.product=version&_facets_size=0').query.facets).toEqual([]);
  });

  it('asks for the rows that an offset passes over too', () => {
    expect(parse('_results_number=50&_results_offset=150&_sort=-date&_sort=uptime&_return_query=1')).toMatchObject({
      offset: 150,
      returnQuery: true,
      query: {
        limit: 200,
        sort: [
          { field: 'date', direction: 'desc' },
          { field: 'uptime', direction: 'asc' },
        ],
      },
    });
  });

  it.each([
    ['thousands of parameters', Array.from({ length: 3_000 }, () => 'product=a').join('&')],
    ['100 KB in a value', `signature=~${'a'.repeat(100_000)}`],
    ['thousands of facets', pairs().join('&')],
    ['facets nested without end', `_aggs.${Array.from({ length: 5_000 }, () => 'product').join('.')}=version`],
  ])('refuses %s with an error that names the bound', (_, text) => {
    expect(failure(text)).toMatchObject({ kind: 'TooLarge', code: 'SEARCH_TOO_LARGE' });
  });

  it('answers hostile parameters with a query or an error of ours', () => {
    const hostile = [
      `'; DROP TABLE crashes; --`,
      '<script>alert(1)</script>',
      '\0',
      '%',
      '=',
      '!',
      '!!',
      '>',
      '__null__',
    ];
    const name = fc.oneof(
      fc.constantFrom(
        ...fields.all().map(({ id }) => id),
        'date',
        '_facets',
        '_aggs.product',
        '_histogram.date',
        '_sort',
      ),
      fc.constantFrom('_columns', '_results_number', '_histogram_interval.date', '_aggs.', '_histogram.', '_'),
      fc.string(),
    );
    const value = fc.oneof(fc.constantFrom(...hostile), fc.string());
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 12 }), (parameters) => {
        try {
          checkSearchQuery(parseCrashStats(parameters, { fields, now }).query, fields);
        } catch (error) {
          expect(isFaultlineError(error) ? error.kind : error).toMatch(/^(Malformed|TooLarge)$/);
        }
      }),
    );
  });
});

function pairs(): string[] {
  const ids = fields.all().map(({ id }) => id);
  return ids.flatMap((outer) => ids.map((inner) => `_aggs.${outer}=${inner}`));
}

describe('printCrashStats', () => {
  const text = fc.oneof(
    fc.constantFrom('Fenix', 'a b', '*?', '"', '=x', '125.0b', "'; DROP TABLE", '<b>', 'ü', '(x)'),
    fc.string({ minLength: 1 }),
  );
  const textValue = fc.tuple(fc.constantFrom('', '=', '~', '^', '$', '@', '!', '!=', '!~', '!^', '!$', '!@'), text);
  const numberValue = fc.tuple(fc.constantFrom('', '>', '>=', '<', '<=', '!', '!>'), fc.integer());
  const dateValue = fc.tuple(
    fc.constantFrom('>', '>=', '<', '<=', '!<', '!>='),
    fc.integer({ min: now - 300 * 86_400_000, max: now }).map((time) => new Date(time).toISOString()),
  );
  const joined = (parts: readonly (string | number)[]): string => parts.join('');
  const parameter = fc.oneof(
    fc.tuple(fc.constantFrom('product', 'signature', 'version', 'modules_in_stack', 'platform'), textValue.map(joined)),
    fc.tuple(fc.constantFrom('uptime', 'build_id', 'load'), numberValue.map(joined)),
    fc.tuple(fc.constantFrom('install_date'), dateValue.map(joined)),
    fc.tuple(fc.constant('date'), fc.constantFrom('!>2026-11-20', '>=2026-11-20', '<2026-11-21T10:00:00')),
    fc.tuple(fc.constant('startup_crash'), fc.constantFrom('__true__', '!__true__', 'no', '__null__', '!__null__')),
    fc.tuple(fc.constantFrom('product', 'uptime', 'signature'), fc.constantFrom('__null__', '!__null__')),
    fc.tuple(fc.constant('_columns'), fc.constantFrom('uuid', 'platform', 'uptime')),
    fc.tuple(fc.constant('_sort'), fc.constantFrom('-date', 'platform')),
    fc.tuple(fc.constant('_facets'), fc.constantFrom('product', '_cardinality.uptime', '_histogram.date')),
    fc.tuple(
      fc.constantFrom('_aggs.product', '_aggs.product.version'),
      fc.constantFrom('platform', '_cardinality.load'),
    ),
    fc.tuple(fc.constantFrom('_histogram.date', '_histogram.uptime'), fc.constantFrom('product', '_cardinality.load')),
    fc.tuple(fc.constant('_histogram_interval.date'), fc.constantFrom('hour', 'week')),
    fc.tuple(fc.constant('_facets_size'), fc.constantFrom('0', '10')),
    fc.tuple(fc.constant('_results_number'), fc.constantFrom('0', '10')),
    fc.tuple(fc.constant('_results_offset'), fc.constantFrom('0', '25')),
  );

  it('prints what parses to the same query', () => {
    fc.assert(
      fc.property(fc.array(parameter, { maxLength: 12 }), (parameters) => {
        const first = parseCrashStats(parameters, { fields, now });
        const printed = printCrashStats(first.query, fields, first.offset);
        expect(parseCrashStats(printed, { fields, now: now + 5_000 })).toEqual({ ...first, returnQuery: false });
      }),
      { numRuns: 300 },
    );
  });

  const query = (more: Partial<SearchQuery>): SearchQuery => ({ ...parse('').query, ...more });

  it('prints what a script would send', () => {
    const parameters = printCrashStats(parse('signature=~Foo&platform=Linux&_facets=version').query, fields);
    expect(parameters.slice(0, 2)).toEqual([
      ['signature', '~Foo'],
      ['platform', 'Linux'],
    ]);
  });

  it('says what Crash Stats parameters cannot say', () => {
    const a = { kind: 'field' as const, field: 'product', operator: 'has' as const, value: 'a' };
    const b = { ...a, field: 'version' };
    const refused = [
      query({ filter: { kind: 'any', filters: [a, b] } }),
      query({ filter: { kind: 'all', filters: [a, { ...a, value: 'b' }] } }),
      query({ filter: { kind: 'not', filter: { kind: 'all', filters: [a, b] } } }),
      query({ filter: { kind: 'any', filters: [] } }),
      query({ facets: [{ kind: 'percentiles', name: 'p', field: 'uptime', percents: [50] }] }),
      query({ facets: [{ kind: 'terms', name: 'product', field: 'product', size: 1, includeMissing: true }] }),
      query({ cursor: 'abc' }),
    ];
    for (const one of refused) {
      expect(() => printCrashStats(one, fields)).toThrow(expect.objectContaining({ code: 'CRASH_STATS_UNSPEAKABLE' }));
    }
  });
});
