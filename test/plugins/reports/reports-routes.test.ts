import {
  CrashProcessing,
  CrashStorage,
  definePlugin,
  FieldDefinition,
  SearchEngine,
  type Permission,
  type ProcessedCrash,
} from '@faultline/sdk';
import type { CrashReport, FieldList, SearchAnswer } from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';
import { fake, startTestHost, type TestHost } from '@faultline/server/testing';
import {
  MemoryCrashStorage,
  MemoryFieldDictionary,
  NaiveSearchEngine,
  sampleCrashId,
  samplePending,
  sampleProcessed,
  sampleRawCrash,
} from '@faultline/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const now = Date.now();
const processedId = sampleCrashId(1, now);
const pendingId = sampleCrashId(2, now);
const asked: string[] = [];

const fields: FieldDefinition[] = [
  { id: 'signature', title: 'Signature', type: 'string', description: 'Groups it.', permission: 'public' },
  {
    id: 'product',
    title: 'Product',
    type: 'keyword',
    description: 'Which program.',
    annotation: 'ProductName',
    permission: 'public',
  },
  { id: 'version', title: 'Version', type: 'keyword', description: '', annotation: 'Version', permission: 'public' },
  { id: 'os_name', title: 'OS', type: 'keyword', description: '', permission: 'public' },
  { id: 'url', title: 'URL', type: 'string', description: '', annotation: 'URL', permission: 'protected' },
  { id: 'json_dump', title: 'Stack walk', type: 'object', description: '', permission: 'public' },
];

const processed: ProcessedCrash = sampleProcessed(processedId, {
  submitted_timestamp: new Date(now - 60_000).toISOString(),
  signature: 'Boiler::Heat',
  product: 'Teapot',
  version: '1.2.3',
  os_name: 'Linux',
  url: 'https://canary.example/',
  undeclared: 'canary',
  json_dump: {
    status: 'OK',
    command_line_of_tomorrow: 'canary',
    crashing_thread: { frames: [{ function: 'Boiler::Heat', registers: { rip: '0xcanary' } }] },
    handles: ['canary'],
    faultline: {
      schema: 1,
      command_line: 'canary',
      threads: [{ frames: [{ code: [{ text: 'ret' }], registers: { rip: '0xcanary' }, stack_words: ['canary'] }] }],
    },
  },
});

const processing: Partial<CrashProcessing> = {
  prioritise: (id) => {
    asked.push(`prioritise ${id}`);
    return Promise.resolve(true);
  },
  reprocess: (id, { ruleset }) => {
    asked.push(`reprocess ${id} ${ruleset}`);
    return Promise.resolve({ crashId: id, run: 2 });
  },
  deadLetters: () =>
    Promise.resolve([{ crashId: pendingId, run: 1, since: now, code: 'WALK_FAILED', message: 'no', deliveries: 5 }]),
  replay: (id) => Promise.resolve({ crashId: id, run: 1 }),
  discard: (id) => Promise.reject(new FaultlineError('NotFound', 'DEAD_LETTER_UNKNOWN', `${id} is not dead.`)),
};

describe('the reports plugin', () => {
  let host: TestHost;
  const get = async <T>(path: string, as: readonly Permission[] = []): Promise<{ status: number; body: T }> => {
    const response = await host.fetch(path, { as });
    return { status: response.status, body: (await response.json()) as T };
  };
  const code = async (path: string, as: readonly Permission[] = [], init: RequestInit = {}) => {
    const response = await host.fetch(path, { as, ...init });
    const body = (await response.json()) as { error?: { code: string } };
    return `${response.status} ${body.error?.code}`;
  };

  beforeAll(async () => {
    const storage = new MemoryCrashStorage();
    await store(storage);
    const engine = new NaiveSearchEngine(new MemoryFieldDictionary(fields));
    await engine.index([{ crash: processed, run: 1 }]);
    host = await startTestHost({
      plugins: [
        'reports',
        {
          manifest: { id: 'fields', contributes: { FieldDefinition: [{ id: '*' }] } },
          definition: definePlugin({
            activate: (ctx) => fields.forEach((field) => void ctx.contribute(FieldDefinition, field)),
          }),
        },
      ],
      fakes: [
        fake(CrashStorage, storage),
        fake(SearchEngine, engine),
        fake(CrashProcessing, processing as CrashProcessing),
      ],
    });
  });
  afterAll(() => host.stop());

  it('shows a processed crash', async () => {
    const { status, body } = await get<CrashReport>(`/api/v1/crashes/bp-${processedId}`, ['view_pii']);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      crashId: processedId,
      state: 'processed',
      step: '',
      product: 'Teapot',
      hasHiddenFields: false,
      processed: { signature: 'Boiler::Heat', url: 'https://canary.example/' },
      runs: [{ run: 1 }],
      parts: [{ name: 'upload_file_minidump', filename: 'canary.dmp' }],
    });
  });

  it('leaves out what the caller may not see, names of fields included', async () => {
    const response = await host.fetch(`/api/v1/crashes/${processedId}`, { as: [] });
    const text = await response.text();
    expect(text).not.toContain('canary');
    expect(text).not.toContain('"url"');
    const report = JSON.parse(text) as CrashReport;
    expect(report.hasHiddenFields).toBe(true);
    expect(report.annotations.map(({ name }) => name)).toEqual(['ProductName', 'Version']);
    expect(report.processed?.['json_dump']).toEqual({
      status: 'OK',
      crashing_thread: { frames: [{ function: 'Boiler::Heat' }] },
      faultline: { schema: 1, threads: [{ frames: [{ code: [{ text: 'ret' }] }] }] },
    });
    const walk = await host.fetch(`/api/v1/crashes/${processedId}/stackwalk`, { as: [] });
    expect(await walk.json()).toEqual(report.processed?.['json_dump']);
  });

  it('says the step of one in processing, and lets it go first', async () => {
    const path = `/api/v1/crashes/${pendingId}`;
    expect((await get<CrashReport>(path)).body).toMatchObject({
      state: 'pending',
      step: 'waiting in the queue',
      processed: null,
    });
    expect(asked).toContain(`prioritise ${pendingId}`);
    host.bus.emit('crash.step', { crashId: pendingId, step: 'walking the minidump' });
    await expect.poll(async () => (await get<CrashReport>(path)).body.step).toBe('walking the minidump');
    expect(await code(`${path}/stackwalk`)).toBe('404 STACKWALK_NOT_FOUND');
  });

  it('names ids that are none, and crashes that are not here', async () => {
    expect(await code('/api/v1/crashes/nonsense')).toBe('400 CRASH_ID_INVALID');
    expect(await code(`/api/v1/crashes/${sampleCrashId(9, now)}`)).toBe('404 CRASH_NOT_FOUND');
  });

  it('hands parts out as downloads to those who may have them', async () => {
    const path = `/api/v1/crashes/${processedId}/raw/upload_file_minidump`;
    expect(await code(path)).toBe('403 PERMISSION_MISSING');
    const response = await host.fetch(path, { as: ['view_rawdump'] });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${processedId}.dmp"`);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(dump);
    expect(await code(`/api/v1/crashes/${processedId}/raw/..%2F..%2Fetc`, ['view_rawdump'])).toBe('404 PART_NOT_FOUND');
  });

  it('asks for another run', async () => {
    const ask = async (wish: object) => {
      const headers = { 'content-type': 'application/json' };
      const init = { method: 'POST', as: ['reprocess'] as const, headers, body: JSON.stringify(wish) };
      const response = await host.fetch(`/api/v1/crashes/${processedId}/reprocess`, init);
      return [response.status, await response.json()];
    };
    expect(await ask({})).toEqual([202, { crashId: processedId, run: 2 }]);
    expect(await ask({ ruleset: 'regenerate-signature' })).toEqual([202, { crashId: processedId, run: 2 }]);
    expect(asked).toContain(`reprocess ${processedId} default`);
    expect(asked).toContain(`reprocess ${processedId} regenerate-signature`);
  });

  it('finds crashes by the text of the search bar', async () => {
    const { body } = await get<SearchAnswer>(
      '/api/v1/search?q=signature%3A%5EBoiler%20product%3ATeapot&facets=product,version%3A5&histogram=day',
    );
    expect(body).toMatchObject({
      total: 1,
      rows: [{ crash_id: processedId, signature: 'Boiler::Heat', os_name: 'Linux' }],
      facets: { product: { buckets: [{ term: 'Teapot', count: 1 }] }, version: {}, histogram: {} },
    });
    expect((await get<SearchAnswer>('/api/v1/crashes')).body.total).toBe(1);
    expect((await get<SearchAnswer>('/api/v1/search?q=date%3A%3C-2d')).body.total).toBe(0);
  });

  it('points at the mistake in a search', async () => {
    const response = await host.fetch('/api/v1/search?q=prodct%3ATeapot', { as: [] });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: 'SEARCH_FIELD_UNKNOWN', hint: 'Did you mean "product"?', details: { start: 0, end: 6 } },
    });
    expect(await code('/api/v1/search?q=url%3Ax')).toBe('400 SEARCH_FIELD_UNKNOWN');
    expect(await code('/api/v1/search?cursor=nonsense')).toBe('400 SEARCH_CURSOR_INVALID');
    expect(await code('/api/v1/search?from=someday')).toBe('400 SEARCH_VALUE_INVALID');
  });

  it('lists the fields that the caller may see', async () => {
    const ids = async (as: Permission[]) =>
      (await get<FieldList>('/api/v1/fields', as)).body.fields.map(({ id }) => id);
    expect(await ids([])).not.toContain('url');
    expect(await ids(['view_pii'])).toEqual(expect.arrayContaining(['url', 'crash_id', 'signature']));
  });

  it('lists dead letters and acts on them', async () => {
    expect(await code('/api/v1/dead-letters')).toBe('403 PERMISSION_MISSING');
    expect((await get('/api/v1/dead-letters', ['reprocess'])).body).toMatchObject({
      deadLetters: [{ crashId: pendingId, code: 'WALK_FAILED', deliveries: 5 }],
    });
    const path = `/api/v1/dead-letters/${pendingId}`;
    expect((await host.fetch(`${path}/replay`, { method: 'POST', as: ['reprocess'] })).status).toBe(202);
    expect(await code(path, ['reprocess'], { method: 'DELETE' })).toBe('404 DEAD_LETTER_UNKNOWN');
  });
});

const dump = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251);

async function store(storage: MemoryCrashStorage): Promise<void> {
  for (const id of [processedId, pendingId]) {
    const draft = storage.openDraft();
    const part = draft.addPart({ name: 'upload_file_minidump', filename: 'canary.dmp', contentType: 'text/html' });
    await part.write(dump);
    const summary = await part.end();
    const annotations = { ProductName: 'Teapot', Version: '1.2.3', URL: 'https://canary.example/', Email: 'canary' };
    const raw = sampleRawCrash({ crashId: id, annotations, parts: [summary] });
    await draft.commit({ raw, pending: samplePending(id) });
  }
  await storage.commitRun({
    crashId: processedId,
    run: 1,
    expectedRun: 0,
    processed,
    record: {
      run: 1,
      ruleset: 'default',
      reason: 'received',
      started: processed.started_datetime,
      completed: processed.completed_datetime,
      status: 'complete',
      signature: 'Boiler::Heat',
      stackwalk: null,
      rules: [{ rule: 'r/r', version: 1, outcome: 'written', duration: 1, fields: ['url', 'product'], notes: [] }],
      notes: [],
      changed: ['url', 'product'],
      host: 'here',
    },
    sinks: [],
  });
}
