import {
  CrashProcessing,
  CrashStorage,
  SearchEngine,
  TicketLinks,
  ProductCatalog,
  type Permission,
} from '@faultline/sdk';
import { fake, startTestHost, type TestHost } from '@faultline/server/testing';
import {
  NaiveSearchEngine,
  sampleCrashId,
  samplePending,
  sampleProcessed,
  sampleRawCrash,
  sampleRun,
} from '@faultline/testing';
import { definePlugin, FieldDefinition, FieldDictionary } from '@faultline/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const now = Date.now();
const time = new Date(now - 60_000).toISOString();
const ids = [sampleCrashId(1, now), sampleCrashId(2, now)];
const reprocessed: string[] = [];
let host: TestHost;

const fields = definePlugin({
  activate(context) {
    const field = (id: string, type: FieldDefinition['type'], more: Partial<FieldDefinition> = {}) =>
      context.contribute(FieldDefinition, { id, title: id, type, description: id, permission: 'public', ...more });
    field('signature', 'string');
    field('product', 'keyword', { annotation: 'ProductName' });
    field('version', 'keyword', { annotation: 'Version' });
    field('build', 'keyword');
    field('topmost_filenames', 'list');
    field('startup_crash', 'boolean');
    field('url', 'string', { permission: 'protected', annotation: 'URL' });
  },
});

/** Made once the dictionary is there. */
const engine = definePlugin({
  activate(context) {
    context.provide(SearchEngine, new NaiveSearchEngine(context.resolve(FieldDictionary)));
  },
});

beforeAll(async () => {
  const processing: Partial<CrashProcessing> = {
    rulesets: () => ['default', 'regenerate_signature'],
    reprocess(crashId, { ruleset }) {
      reprocessed.push(`${crashId}:${ruleset}`);
      return Promise.resolve({ crashId, run: 2 });
    },
  };
  const tickets: TicketLinks = {
    bySignature: () => Promise.resolve([{ ticket: '12', signature: 'kettle::boil' }]),
    byTicket: () =>
      Promise.resolve([
        { ticket: '12', signature: 'kettle::boil' },
        { ticket: '12', signature: 'pot::pour' },
      ]),
  };
  const catalog: Partial<ProductCatalog> = {
    snapshot: () => [],
    versionsOf: () => Promise.resolve(['125.0rc1', '125.0b9']),
  };
  host = await startTestHost({
    plugins: [
      { manifest: { id: 'fields', contributes: { FieldDefinition: [{ id: '*' }] } }, definition: fields },
      { manifest: { id: 'engine', provides: ['core.searchEngine'] }, definition: engine },
      'crashstats-api',
    ],
    config: { 'crashstats-api': { anonymousPerMinute: 200 } },
    fakes: [
      fake(CrashProcessing, processing as CrashProcessing),
      fake(TicketLinks, tickets),
      fake(ProductCatalog, catalog as ProductCatalog),
    ],
  });
  const storage = host.resolve(CrashStorage);
  for (const [index, id] of ids.entries()) {
    const draft = await storage.openDraft();
    const part = draft.addPart({ name: 'upload_file_minidump', filename: 'x', contentType: 'text/html' });
    await part.write(Buffer.from('MDMP'));
    const annotations = { ProductName: 'Teapot', Version: '1.2.3', URL: 'https://secret.example', Unknown: 'x' };
    const raw = sampleRawCrash({ crashId: id, submittedTimestamp: time, annotations, parts: [await part.end()] });
    await draft.commit({ raw, pending: samplePending(id) });
    const processed = sampleProcessed(id, {
      submitted_timestamp: time,
      build: `2026112${index}`,
      topmost_filenames: ['a.c'],
      startup_crash: true,
      url: 'https://secret.example',
    });
    await storage.commitRun({ crashId: id, run: 1, expectedRun: 0, processed, record: sampleRun(1), sinks: [] });
    await host.resolve(SearchEngine).index([{ crash: processed, run: 1 }]);
  }
});
afterAll(() => host.stop());

async function ask(
  path: string,
  as?: readonly Permission[],
  init: RequestInit = {},
): Promise<{ status: number; body: unknown; headers: Headers }> {
  const response = await host.fetch(`/api/${path}`, { ...init, ...(as === undefined ? {} : { as }) });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
}
interface MissingPage {
  results: object[];
  count: number;
  next: string | null;
  previous: string | null;
}

const form = (body: string): RequestInit => ({
  method: 'POST',
  body,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
});

describe('searches', () => {
  it('answer hits, total and facets in the forms of Crash Stats', async () => {
    const { body } = await ask(
      'SuperSearch/?_columns=uuid&_columns=topmost_filenames&_columns=startup_crash&_columns=date&_facets=startup_crash&_facets=_cardinality.build_id',
    );
    expect(body).toMatchObject({
      total: 2,
      errors: [],
      facets: { startup_crash: [{ term: 'T', count: 2 }], cardinality_build_id: { value: 2 } },
    });
    const [hit] = (body as { hits: Record<string, unknown>[] }).hits;
    expect(hit).toMatchObject({ topmost_filenames: 'a.c', startup_crash: true });
    expect(hit?.['date']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00$/);
  });

  it('page, count nothing when asked so, and show the query', async () => {
    const page = await ask('SuperSearch/?_results_number=1&_results_offset=1&_facets_size=0');
    expect(page.body).toMatchObject({ total: 2, facets: {}, hits: [{ product: 'Teapot' }] });
    expect((await ask('SuperSearch/?_return_query=1')).body).toHaveProperty('indices');
    expect((await ask('SuperSearch/?_results_number=1001')).status).toBe(400);
  });

  it('treat a protected field as an unknown one', async () => {
    const asked = await ask('SuperSearch/?_columns=url');
    expect(asked).toMatchObject({ status: 400, body: { error: "Bad request: BadArgumentError: Unknown field 'url'" } });
    expect((await ask('SuperSearch/?_columns=url', ['view_pii'])).body).toMatchObject({
      hits: [{ url: 'https://secret.example' }, {}],
    });
    expect((await ask('SuperSearchUnredacted/', [])).body).toEqual({
      error: "Use of this endpoint requires the 'View Personal Identifiable Information' permission",
    });
    expect((await ask('SuperSearchFields/')).body).not.toHaveProperty('url');
    expect((await ask('SuperSearchFields/', ['view_pii'])).body).toMatchObject({
      url: { permissions_needed: ['crashstats.view_pii'] },
    });
  });
});

describe('crashes', () => {
  it('come redacted, or whole to who may see them', async () => {
    const { body, headers } = await ask(`RawCrash/?crash_id=bp-${ids[0]}`);
    expect(body).toMatchObject({ ProductName: 'Teapot', uuid: ids[0] });
    expect(body).not.toHaveProperty('URL');
    expect(body).not.toHaveProperty('metadata');
    expect(headers.get('cache-control')).toBe('private, no-store');
    const whole = await ask(`RawCrash/?crash_id=${ids[0]}&format=meta`, ['view_pii']);
    expect(whole.body).toMatchObject({
      URL: 'https://secret.example',
      Unknown: 'x',
      metadata: { payload: 'multipart' },
    });
    expect((await ask(`ProcessedCrash/?crash_id=${ids[0]}&format=meta`)).body).not.toHaveProperty('url');
  });

  it('hand their dumps to who may have them, as a file of ours', async () => {
    const refused = await ask(`RawCrash/?crash_id=${ids[0]}&format=raw`, ['view_pii']);
    expect(refused).toMatchObject({
      status: 403,
      body: { error: 'Binary response requires permissions: View Raw Dumps' },
    });
    const { body, headers } = await ask(`RawCrash/?crash_id=${ids[0]}&format=raw&name=dump`, ['view_rawdump']);
    expect(body).toBe('MDMP');
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-disposition')).toBe(`attachment; filename="${ids[0]}.dmp"`);
  });

  it('say where they are, and which are missing', async () => {
    expect((await ask(`CrashVerify/?crash_id=${ids[0]}`)).body).toEqual({
      uuid: ids[0],
      raw_crash: true,
      processed_crash: true,
      elasticsearch_crash: true,
      telemetry_crash: false,
    });
    expect((await ask('MissingProcessedCrash/')).body).toEqual({ results: [], count: 0, next: null, previous: null });
    const unknown = sampleCrashId(9, now);
    expect(await ask(`ProcessedCrash/?crash_id=${unknown}`)).toMatchObject({
      status: 404,
      body: { error: `Not found: CrashIDNotFound ${unknown}` },
    });
  });

  it('that are missing come by the thousand, with whole addresses of the pages beside', async () => {
    const storage = host.resolve(CrashStorage);
    const since = now - 2 * 60 * 60_000;
    for (let n = 0; n < 1001; n++) {
      const id = sampleCrashId(100 + n, now);
      const draft = await storage.openDraft();
      const raw = sampleRawCrash({ crashId: id, submittedTimestamp: time, annotations: {}, parts: [] });
      await draft.commit({ raw, pending: samplePending(id, { since }) });
    }
    const first = (await ask('MissingProcessedCrash/')).body as MissingPage;
    expect(first.results).toHaveLength(1000);
    expect(first).toMatchObject({ count: 1001, previous: null, next: `${host.url}/api/MissingProcessedCrash/?page=2` });
    const second = (await (await fetch(first.next ?? '')).json()) as MissingPage;
    expect(second).toMatchObject({
      count: 1001,
      next: null,
      previous: `${host.url}/api/MissingProcessedCrash/?page=1`,
    });
    expect(second.results).toEqual([
      { crash_id: expect.any(String) as string, is_processed: false, created: new Date(since).toISOString() },
    ]);
    for (const page of ['3', '0', 'x', '-1']) {
      expect(await ask(`MissingProcessedCrash/?page=${page}`)).toMatchObject({
        status: 404,
        body: { error: 'Invalid page.' },
      });
    }
  });

  it('are processed again by id and ruleset', async () => {
    const sent = await ask(
      'Reprocessing/',
      ['reprocess'],
      form(`crash_ids=${ids[0]}&crash_ids=${ids[1]}:regenerate_signature`),
    );
    expect(sent).toMatchObject({ status: 200, body: null });
    expect(reprocessed).toEqual([`${ids[0]}:default`, `${ids[1]}:regenerate_signature`]);
    expect((await ask('Reprocessing/', ['reprocess'], form('crash_ids=nonsense'))).status).toBe(400);
    expect((await ask('Reprocessing/', ['reprocess'], form(`crash_ids=${ids[0]}:nope`))).status).toBe(400);
    expect((await ask('Reprocessing/', ['triage'], form(`crash_ids=${ids[0]}`))).body).toEqual({
      error: "Use of this endpoint requires the 'Reprocess Crashes' permission",
    });
  });
});

describe('signatures', () => {
  it('have tickets, a first appearance, and can be made', async () => {
    expect((await ask('Bugs/?signatures=kettle::boil')).body).toEqual({
      hits: [
        { id: 12, signature: 'kettle::boil' },
        { id: 12, signature: 'pot::pour' },
      ],
      total: 2,
    });
    expect((await ask('SignaturesByBugs/?bug_ids=12')).body).toMatchObject({ total: 2 });
    expect((await ask('SignaturesByBugs/?bug_ids=x')).body).toEqual({ errors: { bug_ids: [expect.any(String)] } });
    expect((await ask('SignatureFirstDate/?signatures=kettle::boil')).body).toMatchObject({
      hits: [{ signature: 'kettle::boil', first_build: '20261120' }],
    });
    const body = JSON.stringify({ jobs: [{ threads: [{ frames: [{ function: 'boil', module: 'kettle' }] }] }] });
    expect((await ask('CrashSignature/', undefined, { method: 'POST', body })).body).toMatchObject({
      results: [{ signature: 'boil' }],
    });
    expect((await ask('CrashSignature/', undefined, { method: 'POST', body: '{}' })).body).toEqual({
      error: 'no jobs specified',
    });
  });

  it('belong to versions: a beta before its release candidate', async () => {
    const path = 'VersionString/?product=Teapot&channel=beta&build_id=20261120';
    expect((await ask(path)).body).toEqual({ hits: [{ version_string: '125.0b9' }], total: 1 });
    expect((await ask('VersionString/?product=Teapot')).body).toEqual({
      errors: { channel: ['This field is required.'] },
    });
  });
});

describe('what all services share', () => {
  it('are the words of errors', async () => {
    expect(await ask('Nothing/')).toMatchObject({ status: 404, body: { error: "No service called 'Nothing'" } });
    expect(await ask('SuperSearch/', undefined, { method: 'DELETE' })).toMatchObject({
      status: 405,
      body: { error: 'Method not allowed' },
    });
    expect(await ask('ProcessedCrash/')).toMatchObject({
      status: 400,
      body: { errors: { crash_id: ['This field is required.'] } },
    });
    expect(await ask('NoOp/?product=bad')).toMatchObject({ status: 400 });
    expect((await ask('NoOp/?product=good')).body).toEqual({ hits: [], total: 0 });
    const token = { headers: { 'auth-token': 'forged' } };
    expect(await ask('SuperSearch/', undefined, token)).toMatchObject({
      status: 403,
      body: { error: 'API Token not matched' },
    });
  });

  it('are addresses with a slash, pretty JSON, and OPTIONS', async () => {
    const plain = await ask('SuperSearch?product=Teapot');
    expect([plain.status, plain.headers.get('location')]).toEqual([301, 'SuperSearch/?product=Teapot']);
    const pretty = await host.fetch('/api/NoOp/?product=x&pretty=print');
    expect(await pretty.text()).toContain('\n  "hits"');
    const options = await ask('SuperSearch/', undefined, { method: 'OPTIONS' });
    expect(options.headers.get('access-control-allow-headers')).toContain('Auth-Token');
  });

  it('is who may read from elsewhere: tokens, but not who comes to a loopback address without one', async () => {
    expect((await ask('NoOp/?product=x', [])).headers.get('access-control-allow-origin')).toBe('*');
    expect((await ask('NoOp/?product=x')).headers.has('access-control-allow-origin')).toBe(false);
  });

  it('is a bound on requests', async () => {
    const statuses = new Set<number>();
    for (let n = 0; n < 210; n++) statuses.add((await ask('NoOp/?product=x')).status);
    expect(statuses.has(429)).toBe(true);
    expect((await ask('NoOp/?product=x', [])).status).toBe(200);
    const refused = await ask('NoOp/?product=x');
    expect(refused).toMatchObject({ status: 429, body: 'Too Many Requests' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const other = await ask('CrashSignature/', undefined, { method: 'POST', body: '{}' });
    expect(other).toMatchObject({ status: 429, body: { detail: 'Too Many Requests' } });
  });
});

describe('old addresses', () => {
  it.each([
    [`/report/index/bp-${ids[0]}`, `/report/${ids[0]}`],
    ['/topcrashers/?product=Teapot&version=1&days=14', '/topcrashers?product=Teapot&version=1&from=-14d'],
    ['/signature/?signature=a%20b', '/group?q='],
    ['/search/?product=Teapot&signature=~boil', '/search?q=product%3ATeapot+signature%3A%7Eboil'],
  ])('lead to the view that shows the same: %s', async (path, view) => {
    const response = await host.fetch(path);
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toContain(view);
  });
});
