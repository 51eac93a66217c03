import { ProductSettings } from '@faultline/sdk/product-catalog';
import {
  FakeClock,
  MemoryFieldDictionary,
  MemoryStateStore,
  NaiveSearchEngine,
  sampleCrashId,
  sampleProcessed,
} from '@faultline/testing';
import { describeJob } from '@faultline/testing/suites';
import { beforeEach, describe, expect, it } from 'vitest';
import { featuredVersions } from '../../../plugins/products/src/featured-versions.js';
import { buildDate } from '../../../plugins/products/src/releases.js';
import { learnJob, learnReleases } from '../../../plugins/products/src/learn-releases.js';
import { productRule } from '../../../plugins/products/src/product-rule.js';
import { StateProductCatalog } from '../../../plugins/products/src/state-product-catalog.js';

const settings = (name: string, more: object = {}) => ProductSettings.parse({ name, ...more });
const release = (version: string, more: object = {}) => ({
  product: 'Teapot',
  channel: 'release',
  version,
  buildId: '',
  ...more,
});

let state: MemoryStateStore;
let catalog: StateProductCatalog;

beforeEach(() => {
  state = new MemoryStateStore(new FakeClock());
  catalog = new StateProductCatalog(state);
});

describe('products', () => {
  it('come in their order, those known only from reports last', async () => {
    await catalog.save(settings('Kettle'));
    await catalog.save(settings('Teapot', { order: 1 }));
    await catalog.learn([{ ...release('1.0'), product: 'Urn', firstSeen: '2026-11-20T00:00:00.000Z' }]);
    const all = await catalog.products();
    expect(all.map(({ name, isDeclared, version }) => [name, isDeclared, version])).toEqual([
      ['Teapot', true, 1],
      ['Kettle', true, 1],
      ['Urn', false, 0],
    ]);
    expect(await catalog.product('Urn')).toMatchObject({ accepted: true });
  });

  it('are found by an alias, which only one product may have', async () => {
    await catalog.save(settings('Teapot', { aliases: ['teapot-nightly'] }));
    expect((await catalog.product('teapot-nightly'))?.name).toBe('Teapot');
    await expect(catalog.save(settings('Kettle', { aliases: ['teapot-nightly'] }))).rejects.toMatchObject({
      code: 'PRODUCT_NAME_TAKEN',
    });
    await expect(catalog.save(settings('teapot-nightly'))).rejects.toMatchObject({ code: 'PRODUCT_NAME_TAKEN' });
  });

  it('are not overwritten by somebody who has read an older version', async () => {
    await catalog.save(settings('Teapot'), 0);
    await catalog.save(settings('Teapot', { description: 'Pours.' }), 1);
    await expect(catalog.save(settings('Teapot'), 1)).rejects.toMatchObject({ code: 'PRODUCT_CHANGED' });
    expect((await catalog.product('Teapot'))?.description).toBe('Pours.');
  });

  it('are forgotten, and known again from their reports', async () => {
    await catalog.save(settings('Teapot'));
    await catalog.learn([{ ...release('1.0'), firstSeen: '2026-11-20T00:00:00.000Z' }]);
    expect(await catalog.remove('Teapot')).toBe(true);
    expect(await catalog.remove('Teapot')).toBe(false);
    expect(await catalog.products()).toMatchObject([{ name: 'Teapot', isDeclared: false }]);
  });
});

describe('releases', () => {
  it('are dated by what people say, else by the build id, else by the first report', async () => {
    await catalog.learn([
      { ...release('1.0', { buildId: '20261110093000' }), firstSeen: '2026-11-12T00:00:00.000Z' },
      { ...release('0.9', { buildId: 'abcdef' }), firstSeen: '2026-11-01T00:00:00.000Z' },
    ]);
    await catalog.saveRelease({ ...release('1.1'), date: '2026-11-21' });
    expect((await catalog.releases()).map(({ version, date, isDeclared }) => [version, date, isDeclared])).toEqual([
      ['1.1', '2026-11-21T00:00:00.000Z', true],
      ['1.0', '2026-11-10T09:30:00.000Z', false],
      ['0.9', '2026-11-01T00:00:00.000Z', false],
    ]);
  });

  it('keep what people declared when reports arrive', async () => {
    await catalog.saveRelease({ ...release('1.0'), date: '2026-11-01' });
    await catalog.learn([{ ...release('1.0'), firstSeen: '2026-11-05T00:00:00.000Z' }]);
    expect(await catalog.releases({ product: 'Teapot' })).toMatchObject([
      { isDeclared: true, date: '2026-11-01T00:00:00.000Z', firstSeen: '2026-11-05T00:00:00.000Z' },
    ]);
  });

  it('say which version a build is', async () => {
    await catalog.saveRelease(release('1.0b2', { channel: 'beta', buildId: '2026' }));
    await catalog.saveRelease(release('1.0b3', { channel: 'beta', buildId: '2027' }));
    expect(await catalog.versionsOf({ product: 'Teapot', channel: 'beta', buildId: '2026' })).toEqual(['1.0b2']);
    expect(await catalog.versionsOf({ product: 'Teapot', channel: 'release', buildId: '2026' })).toEqual([]);
  });

  it('are featured as people say, the newest of each channel by itself', async () => {
    await catalog.saveRelease({ ...release('2.0'), date: '2026-11-10' });
    await catalog.saveRelease({ ...release('2.1'), date: '2026-11-20' });
    await catalog.saveRelease({ ...release('3.0b1', { channel: 'beta' }), date: '2026-11-15' });
    const releases = await catalog.releases({ product: 'Teapot' });
    expect(featuredVersions(settings('Teapot'), releases)).toEqual(['2.1', '3.0b1']);
    const named = { featuredVersions: ['1.0', 'auto', '3.0b1'] };
    expect(featuredVersions(named, releases)).toEqual(['1.0', '2.1', '3.0b1']);
    expect(featuredVersions({ featuredVersions: [] }, releases)).toEqual([]);
  });

  it('of one product are remembered up to a bound, whatever reports claim', async () => {
    const seen = Array.from({ length: 2_100 }, (_, at) => ({
      ...release(`1.${at}`),
      firstSeen: '2026-11-20T00:00:00.000Z',
    }));
    await catalog.learn(seen);
    expect(await catalog.releases()).toHaveLength(2_000);
  });

  it('take a date only from a build id that begins with one', () => {
    expect(buildDate('20261110')).toBe('2026-11-10T00:00:00.000Z');
    expect(buildDate('20261310')).toBeNull();
    expect(buildDate('19991110')).toBeNull();
    expect(buildDate("20261110'; DROP")).toBe('2026-11-10T00:00:00.000Z');
  });
});

describe('the throttle rule', () => {
  const identity = (product: string) => ({
    annotations: {},
    identity: { product, version: '', channel: '', processType: '', platform: '', install: '' },
  });

  it('refuses products that people closed, and unknown ones only when told', async () => {
    await catalog.save(settings('Kettle', { accepted: false, aliases: ['kettle-old'] }));
    await catalog.save(settings('Teapot'));
    await catalog.follow(new AbortController().signal);
    const verdicts = (unknownProducts: 'accept' | 'defer' | 'reject') =>
      ['Kettle', 'kettle-old', 'Teapot', 'Urn'].map((product) =>
        productRule(catalog, { unknownProducts }).decide(identity(product), 0),
      );
    expect(verdicts('accept')).toEqual(['reject', 'reject', 'continue', 'continue']);
    expect(verdicts('reject')).toEqual(['reject', 'reject', 'continue', 'reject']);
    expect(verdicts('defer')).toEqual(['reject', 'reject', 'continue', 'defer']);
  });

  it('follows changes', async () => {
    await catalog.follow(new AbortController().signal);
    await catalog.save(settings('Teapot', { accepted: false }));
    await expect.poll(() => catalog.snapshot().map(({ name }) => name)).toEqual(['Teapot']);
  });
});

const now = Date.UTC(2026, 10, 22, 12);
const keyword = (id: string) => ({
  id,
  title: id,
  type: 'keyword' as const,
  description: '',
  permission: 'public' as const,
});

async function indexed(): Promise<NaiveSearchEngine> {
  const engine = new NaiveSearchEngine(
    new MemoryFieldDictionary(['product', 'version', 'release_channel', 'build'].map(keyword)),
  );
  const crash = (seed: number, more: object) => ({
    crash: sampleProcessed(sampleCrashId(seed, now), {
      submitted_timestamp: new Date(now - seed * 3_600_000).toISOString(),
      product: 'Teapot',
      version: '1.0',
      release_channel: 'beta',
      build: '20261120',
      ...more,
    }),
    run: 1,
  });
  await engine.index([
    crash(1, {}),
    crash(2, {}),
    crash(3, { version: '0.9' }),
    crash(4, { version: 'x'.repeat(500) }),
    crash(5, { version: 'x'.repeat(500) }),
    crash(6, { product: 'Kettle', release_channel: undefined, build: undefined }),
    crash(7, { product: 'Kettle', release_channel: undefined, build: undefined }),
  ]);
  return engine;
}

describe('learning', () => {
  it('takes over what enough reports say', async () => {
    const engine = await indexed();
    const range = { from: now - 86_400_000, to: now, signal: new AbortController().signal };
    expect(await learnReleases({ engine: () => engine, catalog, releaseAfter: 2 }, range)).toBe(2);
    expect(await catalog.releases()).toMatchObject([
      { product: 'Kettle', channel: '', version: '1.0', buildId: '', firstSeen: '2026-11-22T05:00:00.000Z' },
      { product: 'Teapot', channel: 'beta', version: '1.0', buildId: '20261120', isDeclared: false },
    ]);
  });

  it('files the releases of an alias under the product', async () => {
    await catalog.save(settings('Stove', { aliases: ['Kettle'] }));
    const engine = await indexed();
    const range = { from: now - 86_400_000, to: now, signal: new AbortController().signal };
    await learnReleases({ engine: () => engine, catalog, releaseAfter: 2 }, range);
    expect((await catalog.products()).map(({ name }) => name)).toEqual(['Stove', 'Teapot']);
  });

  describeJob('products/learn', async () => {
    const engine = await indexed();
    const own = new StateProductCatalog(new MemoryStateStore(new FakeClock()));
    return {
      job: learnJob({ engine: () => engine, catalog: own, releaseAfter: 1 }, () => now),
      effect: () => own.releases(),
    };
  });
});
