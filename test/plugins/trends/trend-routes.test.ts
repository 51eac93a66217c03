import {
  definePlugin,
  FieldDefinition,
  HttpRoute,
  PluginManifest,
  ProductCatalog,
  SearchEngine,
  SignatureHistory,
  TicketLinks,
  type FirstAppearance,
  type Permission,
  type ProcessedCrash,
  type TicketLink,
} from '@faultline/sdk';
import type { Comparison, Correlations, RelatedGroups, TopCrasherList, Trend } from '@faultline/sdk/api';
import { fake, startTestHost, type TestHost } from '@faultline/server/testing';
import {
  FakeClock,
  MemoryFieldDictionary,
  NaiveSearchEngine,
  sampleCrashId,
  sampleProcessed,
} from '@faultline/testing';
import { describeHttpRoutes } from '@faultline/testing/suites';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { similarTo } from '../../../plugins/trends/src/related-groups.js';
import { scopeOf } from '../../../plugins/trends/src/scope.js';
import { topCrashers } from '../../../plugins/trends/src/top-crashers.js';

const now = Date.now();
const day = 86_400_000;
const field = (id: string, type: FieldDefinition['type'], more: Partial<FieldDefinition> = {}): FieldDefinition => ({
  id,
  title: id.toUpperCase(),
  type,
  description: '',
  permission: 'public',
  ...more,
});
const fields: FieldDefinition[] = [
  field('signature', 'string'),
  field('product', 'keyword'),
  field('version', 'keyword'),
  field('os_name', 'keyword'),
  field('process_type', 'keyword'),
  field('gpu', 'keyword'),
  field('addons', 'list'),
  field('startup_crash', 'boolean'),
  field('install', 'keyword'),
  field('uptime', 'integer'),
  field('modules_in_stack', 'string'),
  field('build_id', 'integer', { path: 'build' }),
  field('url', 'keyword', { permission: 'protected' }),
];

const engine = new NaiveSearchEngine(new MemoryFieldDictionary(fields));
let seed = 0;
async function crashes(count: number, days: number, more: Partial<ProcessedCrash> | ((at: number) => object)) {
  const batch = Array.from({ length: count }, (_, at) => ({
    crash: sampleProcessed(sampleCrashId(++seed, now - days * day), {
      submitted_timestamp: new Date(now - days * day).toISOString(),
      signature: 'Kettle::Boil | main',
      product: 'Teapot',
      version: '1.0',
      os_name: 'Linux',
      process_type: 'main',
      gpu: 'A',
      addons: ['x'],
      startup_crash: false,
      install: `i${at % 5}`,
      uptime: 1_000 + at,
      modules_in_stack: `base.dll/1;handle.dll/${at}`,
      build: '20261101000000',
      url: 'https://canary.example/',
      ...(typeof more === 'function' ? more(at) : more),
    }),
    run: 1,
  }));
  await engine.index(batch);
}

// Last week: Boil 100, Pour 60 (all on GPU B), Sip 20 (new). The week before: Pour 80, Boil 20.
await crashes(100, 2, (at) => ({ version: at < 80 ? '1.0' : '1.1', os_name: at < 50 ? 'Linux' : 'Windows NT' }));
await crashes(60, 3, (at) => ({
  signature: 'Kettle::Pour | main',
  gpu: 'B',
  addons: ['x', 'spout'],
  version: '1.1',
  uptime: 20 + (at % 25),
  modules_in_stack: `lid.dll/${at};spout.dll/1;base.dll/1`,
}));
await crashes(20, 1, { signature: 'Cup::Sip', startup_crash: true, gpu: undefined, build: '20261120000000' });
await crashes(80, 9, { signature: 'Kettle::Pour | main' });
await crashes(20, 9, {});

const links: TicketLink[] = [
  { ticket: '7', signature: 'Kettle::Boil | main' },
  { ticket: '7', signature: 'Cup::Sip' },
  { ticket: '8', signature: 'Kettle::Boil | main' },
];
const daysAgo = (days: number) => new Date(now - days * day).toISOString();
/** Written down of Pour before any crash that is kept; of Boil only after one; of Sip by who keeps no versions. */
const appearances: FirstAppearance[] = [
  {
    signature: 'Kettle::Pour | main',
    date: daysAgo(40),
    build: '',
    release: { product: 'Samovar', version: '0.9' },
  },
  { signature: 'Kettle::Boil | main', date: daysAgo(2), build: '', release: { product: 'Teapot', version: '1.1' } },
  { signature: 'Cup::Sip', date: daysAgo(1), build: '' },
];
const askedFirst: (readonly string[])[] = [];
const host: TestHost = await startTestHost({
  plugins: [
    'products',
    'trends',
    {
      manifest: { id: 'fields', contributes: { FieldDefinition: [{ id: '*' }] } },
      definition: definePlugin({
        activate: (ctx) => fields.forEach((one) => void ctx.contribute(FieldDefinition, one)),
      }),
    },
  ],
  fakes: [
    fake(SearchEngine, engine),
    fake(TicketLinks, {
      bySignature: (signatures) => Promise.resolve(links.filter(({ signature }) => signatures.includes(signature))),
      byTicket: (tickets) => Promise.resolve(links.filter(({ ticket }) => tickets.includes(ticket))),
    }),
    fake(SignatureHistory, {
      firstAppearances(signatures) {
        askedFirst.push(signatures);
        return Promise.resolve(appearances.filter(({ signature }) => signatures.includes(signature)));
      },
    }),
  ],
});
afterAll(() => host.stop());

const packageFile = fileURLToPath(new URL('../../../plugins/trends/package.json', import.meta.url));
const manifest = PluginManifest.parse(
  (JSON.parse(readFileSync(packageFile, 'utf8')) as { faultline: unknown }).faultline,
);
describeHttpRoutes(
  manifest,
  host
    .contributions(HttpRoute)
    .all()
    .filter(({ plugin }) => plugin === 'trends')
    .map(({ value }) => value),
);

async function get<T>(path: string, query: Record<string, string> = {}, as: readonly Permission[] = ['triage']) {
  const response = await host.fetch(`/api/v1/${path}?${new URLSearchParams(query).toString()}`, { as });
  return { status: response.status, body: (await response.json()) as T };
}

describe('/api/v1/topcrashers', () => {
  it('ranks groups and tells how they moved', async () => {
    const { body } = await get<TopCrasherList>('topcrashers');
    expect(body).toMatchObject({ totalCrashes: 180, totalGroups: 3, previousCrashes: 100 });
    expect(body.crashers.map(({ signature, rank, previousRank }) => [signature, rank, previousRank])).toEqual([
      ['Kettle::Boil | main', 1, 2],
      ['Kettle::Pour | main', 2, 1],
      ['Cup::Sip', 3, null],
    ]);
    expect(body.crashers[0]).toMatchObject({
      count: 100,
      share: 100 / 180,
      previousCount: 20,
      previousShare: 0.2,
      platforms: [
        { term: 'Linux', count: 50 },
        { term: 'Windows NT', count: 50 },
      ],
      installs: 5,
      tickets: ['7', '8'],
    });
    expect(body.crashers[2]).toMatchObject({ previousCount: 0, startups: 20 });
  });

  it('tells when and in which version a group came first, if that is known to be the first', async () => {
    askedFirst.length = 0;
    const { body } = await get<TopCrasherList>('topcrashers');
    const first = body.crashers.map(({ firstSeen, firstProduct, firstVersion }) => [
      Math.round((now - Date.parse(firstSeen)) / day),
      firstProduct,
      firstVersion,
    ]);
    expect(first).toEqual([
      [9, '', ''],
      [40, 'Samovar', '0.9'],
      [1, '', ''],
    ]);
    // Once for all rows.
    expect(askedFirst).toEqual([body.crashers.map(({ signature }) => signature)]);
  });

  it('tells the date of the crashes that are kept where nobody writes first appearances down', async () => {
    const sources = { engine, clock: new FakeClock(now), tickets: null, history: null };
    const caller = { dictionary: new MemoryFieldDictionary(fields), mayViewProtected: false, now };
    const scope = scopeOf({ q: '', from: '-7d', to: 'now' }, { ...caller, signal: AbortSignal.timeout(10_000) });
    const { crashers } = await topCrashers(sources, scope, { by: 'report', limit: 2 });
    expect(crashers[1]).toMatchObject({
      firstSeen: daysAgo(9),
      firstProduct: '',
      firstVersion: '',
      tickets: [],
    });
  });

  it('ranks the crashes of the builds that were made in the range', async () => {
    const range = { by: 'build', from: '2026-11-19', to: '2026-11-23' };
    const { body } = await get<TopCrasherList>('topcrashers', range);
    expect(body.crashers.map(({ signature, count }) => [signature, count])).toEqual([['Cup::Sip', 20]]);
  });

  it('keeps to the scope, and says when there was nothing before', async () => {
    const { body } = await get<TopCrasherList>('topcrashers', { q: 'os_name:"Windows NT"', limit: '1' });
    expect(body).toMatchObject({ totalCrashes: 50, previousCrashes: null });
    expect(body.crashers).toMatchObject([{ count: 50, previousCount: null, previousShare: null }]);
  });

  const bad: Record<string, string>[] = [
    { from: '2026-11-20', to: '2026-11-10' },
    { from: 'soon' },
    { from: '-999999y' },
    { q: 'prodct:x' },
    { by: 'moon' },
  ];
  it.each(bad)('refuses %j in words', async (query) => {
    const { status, body } = await get<{ error: { message: string } }>('topcrashers', query);
    expect(status).toBe(400);
    expect(body.error.message).not.toBe('');
  });
});

describe('/api/v1/topcrashers/compare', () => {
  it('puts two versions side by side, the largest difference first', async () => {
    const { body } = await get<Comparison>('topcrashers/compare', { a: '1.0', b: '1.1' });
    expect(body.a).toEqual({ value: '1.0', crashes: 100 });
    expect(body.rows).toMatchObject([
      { signature: 'Kettle::Pour | main', a: { count: 0, rank: 0 }, b: { count: 60, share: 0.75, rank: 1 }, only: 'b' },
      { signature: 'Kettle::Boil | main', a: { count: 80, rank: 1 }, b: { count: 20, rank: 2 }, only: null },
      { signature: 'Cup::Sip', a: { count: 20, rank: 2 }, only: 'a' },
    ]);
  });

  it('does not take a group for absent that is only further down', async () => {
    const { body } = await get<Comparison>('topcrashers/compare', { a: '1.0', b: '1.1', limit: '1' });
    expect(body.rows.find(({ signature }) => signature.startsWith('Kettle::Boil'))).toMatchObject({
      b: { count: 20, rank: 0 },
      only: null,
    });
  });

  it('compares any field that the caller may see', async () => {
    const { body } = await get<Comparison>('topcrashers/compare', { field: 'platform', a: 'Linux', b: 'Windows NT' });
    expect(body.b.crashes).toBe(50);
    expect((await get('topcrashers/compare', { field: 'url', a: 'x', b: 'y' })).status).toBe(400);
  });
});

describe('/api/v1/trends', () => {
  it('counts by time and by the values of a field, and names the releases', async () => {
    const date = new Date(now - 2 * day).toISOString();
    await host
      .resolve(ProductCatalog)
      .saveRelease({ product: 'Teapot', channel: '', version: '1.1', buildId: '', date });
    const { body } = await get<Trend>('trends', { field: 'version', from: '-12d', size: '1' });
    expect(body.series).toMatchObject([{ value: '1.0', total: 200 }]);
    expect(body.series[0]?.counts.reduce((sum, one) => sum + one)).toBe(200);
    expect(body.other.reduce((sum, one) => sum + one)).toBe(80);
    expect(body.steps.length).toBe(body.series[0]?.counts.length);
    expect(body.releases).toMatchObject([{ product: 'Teapot', version: '1.1' }]);
    expect((await get<Trend>('trends', { field: 'gpu' })).body.series.map(({ value }) => value)).toContain(null);
    expect((await get<Trend>('trends')).body.series).toMatchObject([{ value: null, total: 180 }]);
  });

  it('refuses more steps than anybody could see', async () => {
    const { status, body } = await get<{ error: object }>('trends', { interval: 'hour', from: '-5y' });
    expect(status).toBe(413);
    expect(body.error).toMatchObject({ code: 'TREND_TOO_FINE', details: { bound: 2000 } });
  });
});

describe('/api/v1/correlations', () => {
  const ask = (query: object, as?: readonly Permission[]) =>
    get<Correlations>('correlations', { signature: 'Kettle::Pour | main', ...query }, as);

  it('finds what is over-represented, with counts and significance', async () => {
    const { body } = await ask({});
    expect(body).toMatchObject({ groupCrashes: 60, restCrashes: 120 });
    expect(body.findings.map(({ field: id, value }) => `${id}=${value}`)).toEqual(
      expect.arrayContaining(['gpu=B', 'addons=spout', 'version=1.1']),
    );
    expect(body.findings.find(({ value }) => value === 'B')).toMatchObject({
      title: 'GPU',
      inGroup: 60,
      inRest: 0,
      shareInGroup: 1,
      shareInRest: 0,
    });
    for (const { q, p } of body.findings) expect(q).toBeGreaterThanOrEqual(p);
    // Everybody has these.
    expect(body.findings.some(({ value }) => value === 'x' || value === 'Teapot')).toBe(false);
  });

  it('counts a missing value as one', async () => {
    const { body } = await ask({ signature: 'Cup::Sip' });
    expect(body.findings).toEqual(expect.arrayContaining([expect.objectContaining({ field: 'gpu', value: null })]));
  });

  it('compares numbers by their size, and lists of names by each name', async () => {
    const { findings } = (await ask({})).body;
    expect(findings.find(({ field: id }) => id === 'uptime')).toMatchObject({
      value: '20 – 50',
      inGroup: 60,
      inRest: 0,
    });
    const modules = findings.filter(({ field: id }) => id === 'modules_in_stack').map(({ value }) => value);
    expect(modules).toEqual(['spout.dll/1']);
  });

  it('asks for enough crashes and differences', async () => {
    expect((await ask({ support: '61' })).body.findings).toEqual([]);
    expect((await ask({ difference: '0.99' })).body.findings.map(({ field: id }) => id)).toEqual(
      expect.arrayContaining(['gpu']),
    );
    expect((await ask({ signature: 'nobody' })).body).toMatchObject({ groupCrashes: 0, findings: [] });
  });

  it('says nothing about protected fields to those who may not see them', async () => {
    expect(JSON.stringify((await ask({})).body)).not.toMatch(/canary|URL/);
  });
});

describe('/api/v1/groups/related', () => {
  it('finds groups with functions in common and groups of the same ticket', async () => {
    const { body } = await get<RelatedGroups>('groups/related', { signature: 'Kettle::Boil | main' });
    expect(body.byTicket).toEqual([{ signature: 'Cup::Sip', tickets: ['7'] }]);
    expect(body.similar).toMatchObject([{ signature: 'Kettle::Pour | main' }]);
  });
});

describe('similarTo', () => {
  const groups = ['abort | A::f', 'abort | B::g', 'abort | C::h', 'A::f<int>(char) | D::i', 'A::f | D::i'].map(
    (signature) => ({ signature, count: 1 }),
  );

  it('weighs a function the more the fewer groups have it', () => {
    const found = similarTo('abort | A::f', [...groups, { signature: 'abort | A::f | main', count: 1 }]);
    expect(found.map(({ signature }) => signature)).not.toContain('abort | B::g');
    expect(found[0]?.shared).toEqual(expect.arrayContaining(['A::f']));
  });

  it('looks past templates and arguments', () => {
    expect(similarTo('A::f | D::i', groups)[0]).toMatchObject({ signature: 'A::f<int>(char) | D::i', likeness: 1 });
  });
});
