import { Clock, CrashStorage, definePlugin, FieldDefinition, SearchEngine, type ProcessedCrash } from '@faultline/sdk';
import type { GroupDetail, GroupList } from '@faultline/sdk/api';
import { fake, startTestHost, type TestHost } from '@faultline/server/testing';
import {
  FakeClock,
  MemoryCrashStorage,
  MemoryFieldDictionary,
  NaiveSearchEngine,
  sampleCrashId,
} from '@faultline/testing';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const day = 86_400_000;
const now = Date.UTC(2026, 10, 22, 12);

const fields: FieldDefinition[] = [
  { id: 'signature', title: 'Signature', type: 'string', description: '', permission: 'public' },
  { id: 'product', title: 'Product', type: 'keyword', description: '', permission: 'public' },
  { id: 'version', title: 'Version', type: 'keyword', description: '', permission: 'public' },
  { id: 'os_name', title: 'Operating system', type: 'keyword', description: '', permission: 'public' },
  { id: 'install', title: 'Installation', type: 'keyword', description: '', permission: 'public' },
  { id: 'json_dump', title: 'Stack walk', type: 'object', description: '', permission: 'public' },
];

let made = 0;
function crash(signature: string, daysAgo: number, more: Partial<ProcessedCrash> = {}): ProcessedCrash {
  const time = now - daysAgo * day;
  const stamp = new Date(time).toISOString();
  return {
    crash_id: sampleCrashId(++made, time),
    status: 'complete',
    submitted_timestamp: stamp,
    started_datetime: stamp,
    completed_datetime: stamp,
    signature,
    product: 'Teapot',
    version: '1.10.0',
    os_name: 'Linux',
    install: `install ${made % 2}`,
    ...more,
  };
}

const crashes = [
  crash('Old::Leak', 40, { version: '0.9' }),
  crash('Old::Leak', 20),
  crash('Old::Leak', 3, { version: '1.9.0' }),
  crash('Old::Leak', 2, { os_name: 'Windows NT' }),
  crash('Old::Leak', 1, {
    json_dump: { crashing_thread: { frames: [{ function: 'Old::Leak', module: 'pot', trust: 'cfi' }] } },
  }),
  crash('New::Crack', 1, { product: 'Kettle' }),
  crash('New::Crack', 0.5, { product: 'Kettle' }),
  crash('Gone::Lid', 20),
];

describe('the triage plugin', () => {
  let host: TestHost;
  const get = async <T>(path: string) => (await (await host.fetch(path, { as: [] })).json()) as T;

  beforeAll(async () => {
    const storage = new MemoryCrashStorage();
    storage.processedCrash = (id) => Promise.resolve(crashes.find(({ crash_id }) => crash_id === id) ?? null);
    const engine = new NaiveSearchEngine(new MemoryFieldDictionary(fields));
    await engine.index(crashes.map((one) => ({ crash: one, run: 1 })));
    host = await startTestHost({
      plugins: [
        'triage',
        {
          manifest: { id: 'fields', contributes: { FieldDefinition: [{ id: '*' }] } },
          definition: definePlugin({
            activate: (ctx) => fields.forEach((field) => void ctx.contribute(FieldDefinition, field)),
          }),
        },
      ],
      fakes: [fake(CrashStorage, storage), fake(SearchEngine, engine), fake(Clock, new FakeClock(now))],
    });
  });
  afterAll(() => host.stop());

  it('lists groups with counts, shares, change, first and last seen, versions and sparks', async () => {
    const list = await get<GroupList>('/api/v1/groups');
    expect(list).toMatchObject({ totalGroups: 2, totalCrashes: 5 });
    expect(list.steps).toHaveLength(15);
    const [leak, crack] = list.groups;
    expect(leak).toMatchObject({
      signature: 'Old::Leak',
      count: 3,
      share: 0.6,
      previousCount: 1,
      isNew: false,
      firstSeen: new Date(now - 40 * day).toISOString(),
      lastSeen: new Date(now - day).toISOString(),
      firstVersion: '1.9.0',
      lastVersion: '1.10.0',
      platforms: [
        { term: 'Linux', count: 2 },
        { term: 'Windows NT', count: 1 },
      ],
      products: [{ term: 'Teapot', count: 3 }],
      installs: 2,
    });
    expect(leak?.spark).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0]);
    expect(crack).toMatchObject({ signature: 'New::Crack', count: 2, previousCount: 0, isNew: true });
  });

  it.each([
    ['count', ['Old::Leak', 'New::Crack']],
    ['last-seen', ['New::Crack', 'Old::Leak']],
    ['first-seen', ['New::Crack', 'Old::Leak']],
    ['signature', ['New::Crack', 'Old::Leak']],
    ['change', ['Old::Leak', 'New::Crack']],
  ])('sorts by %s', async (sort, expected) => {
    const { groups } = await get<GroupList>(`/api/v1/groups?sort=${sort}`);
    expect(groups.map(({ signature }) => signature)).toEqual(expected);
  });

  it('takes a scope in the language of the search bar', async () => {
    const list = await get<GroupList>('/api/v1/groups?q=product%3AKettle&from=-2d');
    expect(list).toMatchObject({ totalGroups: 1, totalCrashes: 2, groups: [{ signature: 'New::Crack', share: 1 }] });
    // Nothing of the scope was collected in the two days before.
    expect(list.groups[0]?.previousCount).toBeNull();
    expect(await get('/api/v1/groups?q=prodct%3AKettle')).toMatchObject({ error: { code: 'SEARCH_FIELD_UNKNOWN' } });
    expect(await get('/api/v1/groups?from=now&to=-2d')).toMatchObject({ error: { code: 'SEARCH_VALUE_INVALID' } });
  });

  it('describes a group with where it happens, newest reports and top frames', async () => {
    const detail = await get<GroupDetail>('/api/v1/groups/detail?signature=Old%3A%3ALeak');
    expect(detail.group).toMatchObject({ signature: 'Old::Leak', count: 3, share: 0.6 });
    expect(detail.breakdowns.find(({ field }) => field === 'os_name')).toEqual({
      field: 'os_name',
      title: 'Operating system',
      buckets: [
        { term: 'Linux', count: 2 },
        { term: 'Windows NT', count: 1 },
      ],
    });
    expect(detail.newest.map((row) => row['version'])).toEqual(['1.10.0', '1.10.0', '1.9.0']);
    expect(detail.topFrames).toEqual([{ function: 'Old::Leak', module: 'pot', file: '', trust: 'cfi' }]);
  });

  it('describes a group that did not happen in the range, and knows one that never did', async () => {
    const detail = await get<GroupDetail>('/api/v1/groups/detail?signature=Gone%3A%3ALid');
    expect(detail.group).toMatchObject({ count: 0, previousCount: 1, isNew: false, lastSeen: '' });
    expect(await get('/api/v1/groups/detail?signature=Never')).toMatchObject({ error: { code: 'GROUP_NOT_FOUND' } });
  });
});
