import type { FieldDefinition, FieldDictionary, ProcessedCrash, SearchEngine, SuggestRequest } from '@faultline/sdk';
import { makeCrashId } from '@faultline/sdk/crash-id';
import { searchBounds } from '@faultline/sdk/search';
import type {
  FacetRequest,
  SearchFilter,
  SearchOperator,
  SearchQuery,
  SearchResult,
} from '@faultline/sdk/search-query';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryFieldDictionary } from '../memory-field-dictionary.js';
import { NaiveSearchEngine } from '../naive-search-engine.js';

/** An engine that starts empty. */
export interface SearchEngineUnderTest {
  engine: SearchEngine;
  /** Brings all that is waiting to rest on disk, where the engine has a disk; so that both states are queried. */
  settle?(): Promise<void>;
  close(): Promise<void>;
}

/** The fields of the suite: one of each type. */
export const searchSuiteFields: readonly FieldDefinition[] = [
  field('signature', 'string'),
  field('product', 'keyword'),
  field('version', 'keyword'),
  field('uptime', 'integer'),
  field('load', 'number'),
  field('startup_crash', 'boolean'),
  field('install_date', 'date'),
  field('modules', 'list'),
  field('cpu_count', 'integer', { path: 'json_dump.system_info.cpu_count' }),
  field('url', 'string', { permission: 'protected' }),
  field('json_dump', 'object'),
  field('app_notes', 'stored'),
];

/** What every search engine promises, with random queries compared with the naive engine's answers. */
export function describeSearchEngine(
  name: string,
  make: (fields: FieldDictionary) => Promise<SearchEngineUnderTest>,
): void {
  describe(`${name} as a SearchEngine`, () => {
    let subject: SearchEngineUnderTest;
    let naive: NaiveSearchEngine;
    const fields = new MemoryFieldDictionary(searchSuiteFields);
    const both = async (batch: { crash: ProcessedCrash; run: number }[]) => {
      await subject.engine.index(batch);
      await naive.index(batch);
    };
    const search = (query: Partial<SearchQuery>, mayViewProtected = true) =>
      subject.engine.search({ ...everything, ...query }, { mayViewProtected });

    beforeEach(async () => {
      subject = await make(fields);
      naive = new NaiveSearchEngine(fields);
    });
    afterEach(() => subject.close());

    it('answers an empty index with nothing', async () => {
      const answer = await search({ facets: [{ kind: 'terms', name: 'p', field: 'product', size: 5 }] });
      expect(answer).toMatchObject({
        total: 0,
        rows: [],
        cursor: null,
        facets: { p: { kind: 'terms', buckets: [], other: 0 } },
        completeness: 1,
      });
    });

    it('finds a crash as soon as index has resolved, and not after remove', async () => {
      const [crash] = randomCrashes(1, 1);
      await subject.engine.index([{ crash: crash!, run: 1 }]);
      expect((await search({})).rows).toHaveLength(1);
      expect((await subject.engine.status()).crashes).toBe(1);
      await subject.engine.remove([crash!.crash_id]);
      expect((await search({})).total).toBe(0);
    });

    it('takes the newest run, whatever the order they come in', async () => {
      const [crash] = randomCrashes(1, 1);
      const named = (signature: string) => ({ ...crash!, signature });
      const columns = ['signature'];
      await subject.engine.index([{ crash: named('first'), run: 1 }]);
      await subject.settle?.();
      await subject.engine.index([{ crash: named('third'), run: 3 }]);
      await subject.engine.index([{ crash: named('second'), run: 2 }]);
      await subject.engine.index([{ crash: named('first'), run: 1 }]);
      expect((await search({ columns })).rows).toEqual([{ crash_id: crash!.crash_id, signature: 'third' }]);
      await subject.settle?.();
      await subject.engine.index([
        { crash: named('fourth'), run: 4 },
        { crash: named('second'), run: 2 },
      ]);
      expect((await search({ columns })).rows).toEqual([{ crash_id: crash!.crash_id, signature: 'fourth' }]);
    });

    it('pages through all rows without a wall, each once, though more arrive meanwhile', async () => {
      await both(randomCrashes(120, 2).map((crash) => ({ crash, run: 1 })));
      const sort: SearchQuery['sort'] = [
        { field: 'product', direction: 'desc' },
        { field: 'uptime', direction: 'asc' },
      ];
      const expected = (await naive.search({ ...everything, sort, limit: 1000 }, { mayViewProtected: true })).rows;
      const seen: unknown[] = [];
      let cursor: string | null = null;
      do {
        const page: SearchResult = await search({ sort, limit: 7, cursor });
        seen.push(...page.rows.map((row) => row['crash_id']));
        cursor = page.cursor;
        await subject.settle?.();
      } while (cursor !== null);
      expect(seen).toEqual(expected.map((row) => row['crash_id']));
    });

    it('refuses a cursor that is forged or of another search', async () => {
      await both(randomCrashes(30, 3).map((crash) => ({ crash, run: 1 })));
      const { cursor } = await search({ limit: 5 });
      expect(cursor).not.toBeNull();
      const refused = { kind: 'Malformed', code: 'SEARCH_CURSOR_INVALID' };
      await expect(search({ limit: 5, cursor: 'bm9uc2Vuc2U' })).rejects.toMatchObject(refused);
      await expect(search({ limit: 5, cursor: '' })).rejects.toMatchObject(refused);
      const other = { limit: 5, cursor, sort: [{ field: 'product', direction: 'asc' as const }] };
      await expect(search(other)).rejects.toMatchObject(refused);
    });

    it('answers for protected fields as for ones that do not exist', async () => {
      await both(randomCrashes(5, 4).map((crash) => ({ crash, run: 1 })));
      const uses: Partial<SearchQuery>[] = [
        { filter: { kind: 'field', field: 'url', operator: 'exists' } },
        { columns: ['url'] },
        { sort: [{ field: 'url', direction: 'asc' }] },
        { facets: [{ kind: 'terms', name: 'u', field: 'url', size: 1 }] },
      ];
      for (const query of uses) {
        await expect(search(query)).resolves.toBeDefined();
        await expect(search(query, false)).rejects.toMatchObject({ kind: 'Malformed', code: 'SEARCH_FIELD_UNKNOWN' });
      }
    });

    it('names what is wrong with a query', async () => {
      const condition = (field: string, operator: string, value?: unknown) =>
        ({ filter: { kind: 'field', field, operator, value } }) as Partial<SearchQuery>;
      await expect(search(condition('nope', 'is', 'x'))).rejects.toMatchObject({ code: 'SEARCH_FIELD_UNKNOWN' });
      await expect(search(condition('product', 'gt', 'x'))).rejects.toMatchObject({ code: 'SEARCH_OPERATOR_INVALID' });
      await expect(search(condition('uptime', 'is', 'x'))).rejects.toMatchObject({ code: 'SEARCH_VALUE_INVALID' });
      await both(randomCrashes(5, 5).map((crash) => ({ crash, run: 1 })));
      await expect(search(condition('product', 'regex', '(('))).rejects.toMatchObject({
        code: 'SEARCH_VALUE_INVALID',
      });
      const huge = [{ kind: 'terms' as const, name: 'a', field: 'product', size: 20_000 }];
      await expect(search({ facets: huge })).rejects.toMatchObject({
        kind: 'TooLarge',
        code: 'SEARCH_TOO_LARGE',
        details: { bound: 10_000 },
      });
    });

    it('suggests values by the words they hold, the most frequent first', async () => {
      await both(randomCrashes(120, 9).map((crash) => ({ crash, run: 1 })));
      const gone = randomCrashes(120, 9).filter(({ signature }) => signature === 'OnMessage');
      await subject.engine.remove(gone.map(({ crash_id }) => crash_id));
      await naive.remove(gone.map(({ crash_id }) => crash_id));
      for (const field of ['signature', 'product', 'modules', 'version']) {
        for (const prefix of [
          '',
          'o',
          'On',
          'mess',
          'message ag',
          'dom mozilla',
          '漢',
          '::',
          'F',
          'lib',
          'zzz',
          "<b>'",
        ]) {
          for (const limit of [1, 3, 100]) {
            const request = { field, prefix, limit };
            const wanted = await naive.suggest(request, { mayViewProtected: true });
            const answer = await subject.engine.suggest(request, { mayViewProtected: true });
            expect(answer, JSON.stringify(request)).toEqual(wanted);
          }
        }
      }
    });

    it('refuses suggestions for what has none, or beyond the bounds', async () => {
      const suggest = (request: Partial<SuggestRequest>, mayViewProtected = true) =>
        subject.engine.suggest({ field: 'signature', prefix: 'a', limit: 5, ...request }, { mayViewProtected });
      await expect(suggest({ field: 'nope' })).rejects.toMatchObject({ code: 'SEARCH_FIELD_UNKNOWN' });
      await expect(suggest({ field: 'url' }, false)).rejects.toMatchObject({ code: 'SEARCH_FIELD_UNKNOWN' });
      await expect(suggest({ field: 'uptime' })).rejects.toMatchObject({ code: 'SEARCH_OPERATOR_INVALID' });
      await expect(suggest({ limit: 0 })).rejects.toMatchObject({ code: 'SEARCH_VALUE_INVALID' });
      await expect(suggest({ limit: 1_000 })).rejects.toMatchObject({ code: 'SEARCH_TOO_LARGE' });
      await expect(suggest({ prefix: 'x'.repeat(10_000) })).rejects.toMatchObject({ code: 'SEARCH_TOO_LARGE' });
    });

    it('says the bound that a query goes beyond', async () => {
      await both(randomCrashes(20, 15).map((crash) => ({ crash, run: 1 })));
      const condition: SearchFilter = { kind: 'field', field: 'product', operator: 'is', value: 'Fenix' };
      const conditions = (count: number): SearchFilter => ({ kind: 'any', filters: Array(count).fill(condition) });
      const deep = Array.from({ length: 100 }).reduce<SearchFilter>((filter) => ({ kind: 'not', filter }), condition);
      const terms = (name: string, size: number, facets: FacetRequest[] = []): FacetRequest => ({
        kind: 'terms',
        name,
        field: 'signature',
        size,
        facets,
      });
      const beyond: [Partial<SearchQuery>, number][] = [
        [{ filter: conditions(5_000) }, searchBounds.filters],
        [{ filter: deep }, searchBounds.filterDepth],
        [{ filter: { ...condition, value: 'x'.repeat(100_000) } }, searchBounds.value],
        [{ limit: 1_000_000 }, searchBounds.rows],
        [{ columns: Array<string>(1_000).fill('product') }, searchBounds.columns],
        [{ sort: Array(20).fill({ field: 'product', direction: 'asc' }) as SearchQuery['sort'] }, searchBounds.sort],
        [{ facets: Array.from({ length: 200 }, (_, index) => terms(`f${index}`, 1)) }, searchBounds.facets],
        [{ facets: [terms('a', 10_000, [terms('b', 10_000)])] }, searchBounds.nestedBuckets],
        [
          { facets: [terms('a', 1, [terms('b', 1, [terms('c', 1, [terms('d', 1, [terms('e', 1)])])])])] },
          searchBounds.facetDepth,
        ],
      ];
      for (const [query, bound] of beyond) {
        await expect(search(query)).rejects.toMatchObject({
          kind: 'TooLarge',
          code: 'SEARCH_TOO_LARGE',
          details: { bound },
        });
      }
      const inside = { filter: conditions(1_000), facets: [terms('a', 10_000)] };
      const expected = await naive.search({ ...everything, ...inside }, { mayViewProtected: true });
      expect(comparable(await search(inside))).toEqual(comparable(expected));
    });

    it('takes an expression that would explode, and any text as a text', async () => {
      const [first, second] = randomCrashes(2, 16);
      const hostile = "'; DROP TABLE crashes; --<script>alert(1)</script>\u0000%_*?\\";
      await both([
        { crash: { ...first!, signature: `${'a'.repeat(5_000)}!` }, run: 1 },
        { crash: { ...second!, signature: hostile }, run: 1 },
      ]);
      const found = async (operator: SearchOperator, value: string): Promise<number> =>
        (await search({ filter: { kind: 'field', field: 'signature', operator, value } })).total;
      expect(await found('regex', '(a+)+(a|aa)+$')).toBe(0);
      expect(await found('regex', '(a|a)*!')).toBe(1);
      for (const operator of ['is', 'contains', 'starts', 'ends'] as const)
        expect(await found(operator, hostile)).toBe(1);
      expect(await found('contains', '%_*?')).toBe(1);
      expect(await found('is', '%')).toBe(0);
    });

    it('finds nothing between dates that are reversed or far away, and refuses what is no date', async () => {
      await both(randomCrashes(10, 17).map((crash) => ({ crash, run: 1 })));
      expect((await search({ from: everything.to, to: everything.from })).total).toBe(0);
      expect((await search({ from: '9000-01-01T00:00:00Z', to: '9999-12-31T00:00:00Z' })).total).toBe(0);
      expect((await search({ from: '0001-01-01T00:00:00Z', to: '9999-12-31T00:00:00Z' })).total).toBe(10);
      await expect(search({ from: '2026-13-45' })).rejects.toMatchObject({ code: 'SEARCH_VALUE_INVALID' });
    });

    it('stops when it is aborted', async () => {
      await both(randomCrashes(50, 6).map((crash) => ({ crash, run: 1 })));
      const signal = AbortSignal.abort(new Error('gone'));
      await expect(subject.engine.search(everything, { mayViewProtected: true, signal })).rejects.toThrow('gone');
    });

    it('is the same after a rebuild', async () => {
      const crashes = randomCrashes(80, 7).map((crash) => ({ crash, run: 1 }));
      await subject.engine.index(randomCrashes(20, 8).map((crash) => ({ crash, run: 1 })));
      await naive.index(crashes);
      await subject.engine.rebuild(stream(crashes), new AbortController().signal);
      const wanted = { ...everything, columns: ['signature', 'modules'] };
      const answer = await subject.engine.search(wanted, { mayViewProtected: true });
      expect(comparable(answer)).toEqual(comparable(await naive.search(wanted, { mayViewProtected: true })));
    });

    it.each([11, 12, 13, 14])('answers random queries as the naive engine does (seed %i)', async (seed) => {
      const random = fractions(seed);
      const crashes = randomCrashes(150, seed);
      await both(crashes.slice(0, 60).map((crash) => ({ crash, run: 1 })));
      await subject.settle?.();
      await both(crashes.slice(60).map((crash) => ({ crash, run: 1 })));
      const again = randomCrashes(25, seed + 100);
      const reprocessed = again.map((crash, index) => ({
        crash: { ...crash, crash_id: crashes[index * 4]!.crash_id },
        run: 2,
      }));
      await both(reprocessed);
      const gone = crashes.filter(() => random() < 0.1).map(({ crash_id }) => crash_id);
      await subject.engine.remove(gone);
      await naive.remove(gone);
      for (let round = 0; round < 150; round++) {
        if (round === 75) await subject.settle?.();
        const query = randomQuery(random);
        const expected = await naive.search(query, { mayViewProtected: true });
        const answer = await subject.engine.search(query, { mayViewProtected: true });
        expect(comparable(answer), JSON.stringify(query)).toEqual(comparable(expected));
      }
    });
  });
}

/** All crashes of the suite, newest first. */
const everything: SearchQuery = {
  filter: null,
  from: '2026-11-01T00:00:00Z',
  to: '2026-12-01T00:00:00Z',
  sort: [],
  limit: 100,
  cursor: null,
  columns: [],
  facets: [],
};

function field(id: string, type: FieldDefinition['type'], more: Partial<FieldDefinition> = {}): FieldDefinition {
  return { id, title: id, type, description: '', permission: 'public', ...more };
}

/** Time, completeness and the cursor's form differ between engines. */
function comparable({ total, rows, facets, cursor }: SearchResult) {
  return { total, rows, facets, hasMore: cursor !== null };
}

async function* stream<T>(values: readonly T[]): AsyncIterable<T> {
  for (const value of values) {
    await Promise.resolve();
    yield value;
  }
}

/** Mulberry32: the same fractions for the same seed. */
function fractions(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const texts = [
  'OOM | small',
  'mozilla::dom::OnMessage',
  'OnMessage',
  'on message (again)',
  'Ünïcode 漢字 😀',
  '',
  "<b>'; DROP TABLE--",
  'a.b*c',
];
const products = ['Fenix', 'Focus', 'Firefox', 'fenix'];

function randomCrashes(count: number, seed: number): ProcessedCrash[] {
  const random = fractions(seed * 7919);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const maybe = <T>(value: T): T | undefined => (random() < 0.75 ? value : undefined);
  return Array.from({ length: count }, () => {
    const time = Date.parse('2026-11-18T00:00:00Z') + Math.floor(random() * 4 * 86_400_000);
    const entropy = Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256));
    return {
      crash_id: makeCrashId(entropy, time),
      status: 'complete',
      submitted_timestamp: new Date(time).toISOString(),
      started_datetime: new Date(time).toISOString(),
      completed_datetime: new Date(time + 1000).toISOString(),
      signature: pick(texts),
      ...present({
        product: maybe(pick(products)),
        version: maybe(pick(['1.0', '2.0', '10.0b1', ''])),
        uptime: maybe(pick([0, 1, 59, 60, 3600, -5, 2 ** 40, '17', 'not a number'])),
        load: maybe(pick([0, 0.5, -0.25, 1e300, 3])),
        startup_crash: maybe(pick([true, false, 'true', '0', 'maybe'])),
        install_date: maybe(pick(['2026-10-31T23:59:59Z', '2026-11-02', '1999-12-31T00:00:00.5+02:00', 'yesterday'])),
        modules: maybe(pick([[], ['a'], ['a', 'b', 'a'], ['c', 'libfoo.so'], 'single'])),
        json_dump: maybe({ system_info: { cpu_count: pick([1, 4, 8]) } }),
        url: maybe(pick(['https://example.org/', 'about:blank'])),
        app_notes: maybe(pick(['note', 'other note'])),
      }),
    } satisfies ProcessedCrash;
  });
}

function present<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function randomQuery(random: () => number): SearchQuery {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const some = <T>(most: number, make: () => T): T[] => Array.from({ length: Math.floor(random() * most) }, make);
  const from = Date.parse('2026-11-17T00:00:00Z') + Math.floor(random() * 3 * 86_400_000);
  const sortable = ['signature', 'product', 'uptime', 'load', 'startup_crash', 'submitted_timestamp', 'crash_id'];
  const facets = some(4, () => randomFacet(random, 1));
  return {
    filter: random() < 0.2 ? null : randomFilter(random, 3),
    from: new Date(from).toISOString(),
    to: new Date(from + Math.floor(random() * 4 * 86_400_000)).toISOString(),
    sort: some(4, () => ({ field: pick(sortable), direction: pick(['asc', 'desc'] as const) })),
    limit: pick([0, 1, 3, 50]),
    cursor: null,
    columns: some(5, () => pick(['signature', 'modules', 'startup_crash', 'install_date', 'app_notes', 'cpu_count'])),
    facets: facets.map((facet, index) => ({ ...facet, name: `facet${index}` })),
  };
}

function randomFilter(random: () => number, depth: number): SearchFilter {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  if (depth > 0 && random() < 0.45) {
    const kind = pick(['all', 'any', 'not'] as const);
    if (kind === 'not') return { kind, filter: randomFilter(random, depth - 1) };
    return {
      kind,
      filters: Array.from({ length: Math.floor(random() * 4) }, () => randomFilter(random, depth - 1)),
    };
  }
  const condition = (field: string, operator: string, value?: unknown): SearchFilter =>
    ({ kind: 'field', field, operator, ...(value === undefined ? {} : { value }) }) as SearchFilter;
  const text = pick([...texts, 'message', 'O', 'Fenix', 'lib', 'single', 'a', 'xyz']);
  const word = pick(['onmessage', 'message again', 'dom mozilla', '漢字', 'oom']);
  const regex = pick(['.*Message.*', 'O+M.*', '(a|b|single)', '[^a-z]+', '.*', 'F(en|oc).*', 'mozilla::.*::On\\w+']);
  return pick([
    () => condition(pick(['signature', 'product', 'modules', 'version']), pick(['is', 'contains', 'starts']), text),
    () => condition(pick(['signature', 'product', 'modules']), 'ends', text),
    () => condition(pick(['signature', 'product', 'modules', 'url']), 'regex', regex),
    () => condition('signature', 'has', word),
    () => condition(pick(['product', 'modules']), 'has', text),
    () => condition('uptime', pick(['is', 'has', 'lt', 'lte', 'gt', 'gte']), pick([0, 1, 17, 59.5, 60, -5, 2 ** 40])),
    () => condition('load', pick(['is', 'lt', 'lte', 'gt', 'gte']), pick([0, 0.5, -0.25, 1e300])),
    () => condition('startup_crash', 'is', pick([true, false])),
    () =>
      condition('install_date', pick(['lt', 'lte', 'gt', 'gte', 'is']), pick(['2026-11-02', '2026-10-31T23:59:59Z'])),
    () => condition('cpu_count', 'gte', 4),
    () => condition(pick(searchSuiteFields.slice(0, 10)).id, 'exists'),
  ])();
}

function randomFacet(random: () => number, depth: number): FacetRequest {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const nested = depth < 3 && random() < 0.5 ? { facets: [{ ...randomFacet(random, depth + 1), name: 'inner' }] } : {};
  const anyField = pick(['signature', 'product', 'modules', 'uptime', 'load', 'startup_crash', 'install_date']);
  const numeric = pick(['uptime', 'load', 'cpu_count']);
  return pick<() => FacetRequest>([
    () => ({
      kind: 'terms',
      name: '',
      field: anyField,
      size: pick([1, 2, 5, 100]),
      includeMissing: random() < 0.5,
      ...nested,
    }),
    () => ({
      kind: 'histogram',
      name: '',
      field: pick(['submitted_timestamp', 'install_date']),
      interval: pick(['hour', 'day', 'week', 'month']),
      ...nested,
    }),
    () => ({ kind: 'histogram', name: '', field: numeric, interval: pick([0.5, 10, 60]), ...nested }),
    () => ({ kind: 'cardinality', name: '', field: anyField }),
    () => ({ kind: 'extent', name: '', field: pick(['uptime', 'load', 'install_date', 'submitted_timestamp']) }),
    () => ({ kind: 'percentiles', name: '', field: numeric, percents: [0, 50, 99.5, 100] }),
  ])();
}
