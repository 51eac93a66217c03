import { AuditLog, definePlugin, FieldDefinition, SearchEngine, type Permission } from '@faultline/sdk';
import type { SavedSearch, SavedSearchList, SearchAnswer } from '@faultline/sdk/api';
import type { SearchQuery, SearchResult } from '@faultline/sdk/search-query';
import { fake, startTestHost, type TestHost } from '@faultline/server/testing';
import { MemoryFieldDictionary, NaiveSearchEngine, sampleCrashId, sampleProcessed } from '@faultline/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const now = Date.now();
const hour = 3_600_000;
const fields: FieldDefinition[] = [
  { id: 'signature', title: 'Signature', type: 'string', description: '', permission: 'public' },
  { id: 'product', title: 'Product', type: 'keyword', description: '', permission: 'public' },
  { id: 'version', title: 'Version', type: 'keyword', description: '', permission: 'public' },
  { id: 'os_name', title: 'OS', type: 'keyword', description: '', permission: 'public' },
  { id: 'uptime', title: 'Uptime', type: 'integer', description: '', permission: 'public' },
  { id: 'addons', title: 'Add-ons', type: 'list', description: '', permission: 'public' },
  { id: 'url', title: 'URL', type: 'string', description: '', permission: 'protected' },
];

/** Remembers what it was asked, and can be held up. */
class WatchedEngine extends NaiveSearchEngine {
  readonly asked: { query: SearchQuery; signal: AbortSignal | undefined }[] = [];
  /** How many questions are answered; later ones wait until they are cancelled. */
  answers = Infinity;

  override search(
    query: SearchQuery,
    options: { mayViewProtected: boolean; signal?: AbortSignal },
  ): Promise<SearchResult> {
    this.asked.push({ query, signal: options.signal });
    if (this.asked.length <= this.answers) return super.search(query, options);
    return new Promise((_, reject) => {
      options.signal?.addEventListener('abort', () => reject(new Error('the client went away')));
    });
  }
}

const engine = new WatchedEngine(new MemoryFieldDictionary(fields));
const hostileSignature = '=cmd|\'/c calc\'!A1,"quoted"\n<img src=x onerror=alert(1)>';
let host: TestHost;

beforeAll(async () => {
  const crashes = Array.from({ length: 120 }, (_, at) => ({
    crash: sampleProcessed(sampleCrashId(at + 1, now), {
      submitted_timestamp: new Date(now - at * hour).toISOString(),
      signature: at === 0 ? hostileSignature : `Boiler::Heat${at % 7}`,
      product: at % 3 === 0 ? 'Kettle' : 'Teapot',
      version: `1.${at % 4}`,
      uptime: at === 1 ? -5 : at,
      addons: ['a', 'b'],
      url: 'https://canary.example/',
    }),
    run: 1,
  }));
  await engine.index(crashes);
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
    fakes: [fake(SearchEngine, engine)],
  });
});
afterAll(() => host.stop());

async function text(path: string, as: readonly Permission[] = ['triage']): Promise<{ status: number; text: string }> {
  const response = await host.fetch(path, { as });
  return { status: response.status, text: await response.text() };
}

async function refusal(path: string, as?: readonly Permission[]) {
  const { status, text: body } = await text(path, as);
  const { error } = JSON.parse(body) as { error: { code: string; message: string; hint?: string; details?: object } };
  return { status, ...error };
}

describe('/api/v1/search/export', () => {
  it('writes every crash as CSV, in the order asked for', async () => {
    const response = await host.fetch('/api/v1/search/export?from=-30d&columns=product,uptime,addons', {
      as: ['triage'],
    });
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="crashes-[\d-]{10}\.csv"$/);
    const lines = (await response.text()).trimEnd().split('\r\n');
    expect(lines).toHaveLength(121);
    expect(lines[0]).toBe('crash_id,product,uptime,addons');
    expect(lines[1]).toBe(`${sampleCrashId(1, now)},Kettle,0,"a; b"`);
    expect(lines[2]).toBe(`${sampleCrashId(2, now)},Teapot,-5,"a; b"`);
    expect(lines[120]).toContain('Teapot,119');
  });

  it('gives the same rows as NDJSON and JSON, oldest first when asked', async () => {
    const query = 'from=-30d&columns=uptime&sort=submitted_timestamp&q=product:Kettle';
    const ndjson = (await text(`/api/v1/search/export?${query}&format=ndjson`)).text;
    const rows = ndjson
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(rows).toHaveLength(40);
    expect(rows[0]).toEqual({ crash_id: sampleCrashId(118, now), uptime: 117 });
    expect(JSON.parse((await text(`/api/v1/search/export?${query}&format=json`)).text)).toEqual(rows);
    expect((await text('/api/v1/search/export?q=product:Urn&format=json')).text).toBe('[]\n');
  });

  it('stops at a limit, and sorts by any field', async () => {
    const { text: csv } = await text('/api/v1/search/export?from=-30d&columns=uptime&sort=-uptime&limit=3');
    expect(
      csv
        .trimEnd()
        .split('\r\n')
        .slice(1)
        .map((line) => line.split(',')[1]),
    ).toEqual(['119', '118', '117']);
  });

  it('turns what a spreadsheet would run into text', async () => {
    const { text: csv } = await text('/api/v1/search/export?columns=signature&limit=1');
    expect(csv).toContain(`,"'=cmd|'/c calc'!A1,""quoted""\n<img src=x onerror=alert(1)>"\r\n`);
  });

  it('asks for the days one after the other, so that no page looks at all of the range', async () => {
    engine.asked.length = 0;
    await text('/api/v1/search/export?from=-30d&columns=product');
    const ranges = engine.asked.filter(({ query }) => query.limit > 0).map(({ query }) => query);
    expect(ranges.length).toBeGreaterThanOrEqual(5);
    const longest = Math.max(...ranges.map(({ from, to }) => Date.parse(to) - Date.parse(from)));
    expect(longest).toBeLessThanOrEqual(24 * hour);
  });

  it('stops asking when the client goes away', async () => {
    engine.asked.length = 0;
    engine.answers = 3;
    const leave = new AbortController();
    const response = await host.fetch('/api/v1/search/export?from=-30d&columns=product', {
      as: ['triage'],
      headers: { 'accept-encoding': 'identity' },
      signal: leave.signal,
    });
    await response.body?.getReader().read();
    leave.abort();
    try {
      await expect.poll(() => engine.asked[3]?.signal?.aborted).toBe(true);
    } finally {
      engine.answers = Infinity;
    }
  });

  it('leaves protected fields out for those who may not see them, as if they did not exist', async () => {
    expect(await refusal('/api/v1/search/export?columns=url')).toMatchObject({
      status: 400,
      code: 'SEARCH_FIELD_UNKNOWN',
    });
    const all = await text('/api/v1/search/export?columns=*&format=ndjson');
    expect(all.text).toContain('"signature"');
    expect(all.text).not.toContain('canary');
  });

  it('notes who took protected fields away', async () => {
    const { text: csv } = await text('/api/v1/search/export?columns=url,product&limit=1', ['view_pii']);
    expect(csv).toContain('https://canary.example/');
    const [entry] = await host.resolve(AuditLog).entries({ action: 'search.export' });
    expect(entry?.details).toMatchObject({ columns: ['url'], format: 'csv' });
  });

  it('is not for those who are not signed in', async () => {
    expect((await host.fetch('/api/v1/search/export')).status).toBe(403);
  });
});

describe('/api/v1/search', () => {
  it('counts nested facets, numbers, distinct and missing values', async () => {
    const facets = encodeURIComponent('product>version:2,cardinality(version),histogram(uptime:50),url_of:1');
    expect((await refusal(`/api/v1/search?facets=${facets}`)).code).toBe('SEARCH_FIELD_UNKNOWN');
    const sound = encodeURIComponent(
      'product>version:2,product>cardinality(uptime),histogram(uptime:50),addons:1:missing',
    );
    const answer = JSON.parse((await text(`/api/v1/search?from=-30d&limit=0&facets=${sound}`)).text) as SearchAnswer;
    expect(answer.facets['product']?.buckets[0]).toMatchObject({
      term: 'Teapot',
      count: 80,
      facets: { version: { buckets: [{ count: 20 }, { count: 20 }] }, cardinality_uptime: { value: 80 } },
    });
    expect(answer.facets['histogram_uptime']?.buckets.map(({ term }) => term)).toEqual([-50, 0, 50, 100]);
  });

  it.each(['product:x', 'product:1:2', 'histogram(product)', 'histogram(uptime:0)', 'cardinality(version)>product'])(
    'says that %s is no facet',
    async (facets) => {
      const { status, code } = await refusal(`/api/v1/search?facets=${encodeURIComponent(facets)}`);
      expect(status).toBe(400);
      expect(code).toMatch(/^SEARCH_(VALUE|OPERATOR)_INVALID$/);
    },
  );

  it('suggests values as somebody types', async () => {
    const answer = JSON.parse((await text('/api/v1/fields/signature/values?prefix=boi&limit=2')).text) as unknown;
    expect(answer).toMatchObject({ values: [{ value: 'Boiler::Heat0' }, { value: 'Boiler::Heat1' }] });
    expect(await refusal('/api/v1/fields/url/values')).toMatchObject({ code: 'SEARCH_FIELD_UNKNOWN' });
  });
});

describe('bad searches', () => {
  const search = (query: Record<string, string>) => `/api/v1/search?${new URLSearchParams(query).toString()}`;

  it.each([
    ['dates reversed', { from: '2026-11-20', to: '2026-11-10' }, 'SEARCH_VALUE_INVALID'],
    ['a date that is none', { from: '2026-02-30' }, 'SEARCH_VALUE_INVALID'],
    ['an absurd date', { from: '-999999y' }, 'SEARCH_VALUE_INVALID'],
    ['an absurd date in the text', { q: 'date:>99999-01-01' }, 'SEARCH_VALUE_INVALID'],
    ['an unknown column', { columns: 'prodct' }, 'SEARCH_FIELD_UNKNOWN'],
    ['an unknown sort', { sort: '-prodct' }, 'SEARCH_FIELD_UNKNOWN'],
    ['an unknown facet', { facets: 'prodct' }, 'SEARCH_FIELD_UNKNOWN'],
    ['a cursor of nothing', { cursor: 'AAAA' }, 'SEARCH_CURSOR_INVALID'],
    ['a cursor made by hand', { cursor: forged({ from: 'x', to: 'y', cursor: 'z' }) }, 'SEARCH_VALUE_INVALID'],
    [
      'a cursor with SQL in it',
      { cursor: forged({ from: '2026-11-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z', cursor: "' OR 1=1 --" }) },
      'SEARCH_CURSOR_INVALID',
    ],
    ['a text that is not closed', { q: 'product:"Tea' }, 'SEARCH_SYNTAX'],
  ] satisfies [string, Record<string, string>, string][])('are refused in words: %s', async (_, query, code) => {
    expect(await refusal(search({ ...query }))).toMatchObject({ status: 400, code });
  });

  it('suggest the field that was meant', async () => {
    expect((await refusal(search({ columns: 'prodct' }))).hint).toBe('Did you mean "product"?');
  });

  it('refuse the cursor of another query', async () => {
    const first = JSON.parse((await text(search({ from: '-30d', limit: '5' }))).text) as SearchAnswer;
    const other = { from: '-30d', limit: '5', q: 'product:Kettle', cursor: String(first.cursor) };
    expect(await refusal(search(other))).toMatchObject({ status: 400, code: 'SEARCH_CURSOR_INVALID' });
  });

  it('of 100 KB are refused, whichever way they come', async () => {
    expect((await host.fetch(search({ q: 'a'.repeat(100_000) }), { as: ['triage'] })).status).toBe(431);
    const saved = await host.fetch('/api/v1/saved-searches', {
      method: 'POST',
      as: ['triage'],
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'big', query: 'a'.repeat(100_000) }),
    });
    expect(saved.status).toBe(400);
  });

  it('with SQL and HTML in every value find nothing, and do no harm', async () => {
    const hostile = `'; DROP TABLE crashes; -- <script>alert("x")</script> \${7*7} ../../etc/passwd %00`;
    const value = JSON.stringify(hostile);
    for (const name of ['signature', 'product', 'version', 'addons']) {
      for (const operator of ['', '=', '~', '^', '$', '!', '!=']) {
        const response = await host.fetch(search({ q: `${name}:${operator}${value}`, from: '-30d' }), {
          as: ['triage'],
        });
        expect(response.status, `${name}:${operator}`).toBe(200);
        const answer = (await response.json()) as SearchAnswer;
        expect(answer.total).toBe(operator.startsWith('!') ? 120 : 0);
      }
    }
    for (const parameter of ['sort', 'columns', 'facets', 'histogram', 'limit', 'cursor', 'from', 'to']) {
      const response = await host.fetch(search({ [parameter]: hostile }), { as: ['triage'] });
      expect(response.status, parameter).toBe(400);
      expect(response.headers.get('content-type')).toContain('application/json');
    }
  });
});

function forged(page: object): string {
  return Buffer.from(JSON.stringify(page)).toString('base64url');
}

describe('/api/v1/saved-searches', () => {
  const call = async <T>(method: string, path: string, as: readonly Permission[], body?: unknown) => {
    const response = await host.fetch(path, {
      method,
      as,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const answer = await response.text();
    return { status: response.status, body: (answer === '' ? null : JSON.parse(answer)) as T };
  };
  const names = async (as: readonly Permission[]) =>
    (await call<SavedSearchList>('GET', '/api/v1/saved-searches', as)).body.searches.map(({ name }) => name);

  it('keeps searches for their owner, or for everybody', async () => {
    const own = await call<SavedSearch>('POST', '/api/v1/saved-searches', ['triage'], {
      name: 'mine <b>',
      query: 'q=product%3ATeapot',
    });
    expect(own).toMatchObject({
      status: 201,
      body: { name: 'mine <b>', view: 'search', isShared: false, mayChange: true },
    });
    const shared = await call<SavedSearch>('POST', '/api/v1/saved-searches', ['triage'], {
      name: 'ours',
      query: 'q=x',
      view: 'inbox',
      isShared: true,
    });
    expect(await names(['triage'])).toEqual(['mine <b>', 'ours']);
    expect(await names(['reprocess'])).toEqual(['ours']);
    const inbox = await call<SavedSearchList>('GET', '/api/v1/saved-searches?view=inbox', ['triage']);
    expect(inbox.body.searches).toHaveLength(1);

    const of = (search: { body: SavedSearch }) => `/api/v1/saved-searches/${search.body.id}`;
    expect(await call('PATCH', of(own), ['reprocess'], { name: 'theirs' })).toMatchObject({
      status: 404,
      body: { error: { code: 'SAVED_SEARCH_UNKNOWN' } },
    });
    expect(await call('PATCH', of(shared), ['reprocess'], { name: 'theirs' })).toMatchObject({
      status: 403,
      body: { error: { code: 'SAVED_SEARCH_OF_ANOTHER' } },
    });
    expect(await call('PATCH', of(own), ['triage'], { isShared: true, name: 'for all' })).toMatchObject({
      status: 200,
      body: { name: 'for all', isShared: true, query: 'q=product%3ATeapot' },
    });
    expect((await call('DELETE', of(shared), ['manage'])).status).toBe(204);
    expect((await call('DELETE', of(shared), ['triage'])).status).toBe(404);
    expect(await names(['reprocess'])).toEqual(['for all']);
  });

  it('needs a name, and a sign-in to save', async () => {
    expect((await call('POST', '/api/v1/saved-searches', ['triage'], { name: ' ', query: '' })).status).toBe(400);
    const anonymous = await host.fetch('/api/v1/saved-searches', { method: 'POST', body: '{}' });
    expect(anonymous.status).toBe(403);
  });

  it('stops at a bound', async () => {
    const save = () => call('POST', '/api/v1/saved-searches', ['upload_symbols'], { name: 'x', query: '' });
    const answers = await Promise.all(Array.from({ length: 201 }, save));
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(200);
    expect(await save()).toMatchObject({ status: 413, body: { error: { code: 'SAVED_SEARCHES_TOO_MANY' } } });
  });
});
