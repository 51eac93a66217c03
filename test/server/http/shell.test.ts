import { connect } from 'node:net';
import { defineRoute, definePlugin, FaultlineError, HttpRoute, type HttpRequest } from '@faultline/sdk';
import { startTestHost, type TestHost, type TestPlugin } from '@faultline/server/testing';
import { MemoryLogger } from '@faultline/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

const routes: HttpRoute[] = [
  defineRoute({
    id: 'shop/item',
    method: 'POST',
    path: 'items/:size',
    summary: 'Takes all three kinds of input',
    access: 'open',
    request: {
      params: z.strictObject({ size: z.coerce.number().int() }),
      query: z.strictObject({ colour: z.enum(['red', 'green']) }),
      body: z.strictObject({ name: z.string().max(10) }),
    },
    response: z.object({ size: z.number(), colour: z.string(), name: z.string() }),
    handle: ({ params, query, body }) => ({ body: { ...params, ...query, ...body } }),
  }),
  {
    id: 'shop/take',
    method: 'POST',
    path: '/take',
    summary: 'Reads its own body',
    access: 'open',
    stream: true,
    response: null,
    produces: 'text/plain',
    async handle({ stream }) {
      let size = 0;
      for await (const chunk of stream) size += chunk.length;
      return { body: `took ${size}\n` };
    },
  },
  {
    id: 'shop/shelf',
    method: 'GET',
    path: '/:shelf/:row/:place',
    means: (params) => /^[0-9]+$/.test(params['row'] ?? ''),
    summary: 'Three words, of which the second is a number',
    access: 'open',
    request: { params: z.object({ shelf: z.string(), row: z.string(), place: z.string() }) },
    produces: 'text/plain',
    handle: ({ params }: HttpRequest<{ shelf: string; row: string; place: string }>) => ({
      body: `${params.shelf} ${params.row} ${params.place}`,
    }),
  },
  {
    id: 'shop/refuse',
    method: 'POST',
    path: '/refuse',
    summary: 'Answers before it has read the body',
    access: 'open',
    stream: true,
    handle: () => ({ status: 413, body: 'too much\n', closeConnection: true }),
  },
  {
    id: 'shop/broken',
    method: 'GET',
    path: 'broken',
    summary: 'Throws something with private data in it',
    access: 'open',
    handle() {
      throw new Error('password hunter2');
    },
  },
  {
    id: 'shop/busy',
    method: 'GET',
    path: 'busy',
    summary: 'Refuses for now',
    access: 'open',
    handle() {
      throw new FaultlineError('Busy', 'SHOP_FULL', 'Too many people.', { hint: 'Come later.' });
    },
  },
  {
    id: 'shop/signed',
    method: 'GET',
    path: 'signed',
    summary: 'Needs a permission',
    access: 'triage',
    handle: ({ principal }) => ({ body: { name: principal.name } }),
  },
  {
    id: 'shop/wrong',
    method: 'GET',
    path: 'wrong',
    summary: 'Answers otherwise than it declares',
    access: 'open',
    response: z.object({ count: z.number() }),
    handle: () => ({ body: { count: 'many' } }),
  },
  {
    id: 'shop/bytes',
    method: 'GET',
    path: 'bytes',
    summary: 'Streams bytes',
    access: 'open',
    produces: 'application/x-bytes',
    handle: () => ({
      body: (async function* () {
        yield new Uint8Array([1, 2]);
        yield new Uint8Array([3]);
      })(),
    }),
  },
  {
    id: 'shop/news',
    method: 'GET',
    path: 'news',
    summary: 'Pushes events',
    access: 'open',
    handle: () => ({
      events: (async function* () {
        yield { event: 'first', data: { line: 'a\nb' } };
        yield { event: 'second', data: 2, id: '7' };
      })(),
    }),
  },
];

const shop: TestPlugin = {
  manifest: {
    id: 'shop',
    routes: ['/take', '/refuse', '/:shelf/:row/:place'],
    contributes: { HttpRoute: routes.map(({ id }) => ({ id })) },
  },
  definition: definePlugin({
    activate(context) {
      for (const route of routes) context.contribute(HttpRoute, route);
    },
  }),
};

let host: TestHost;
const logger = new MemoryLogger();

beforeAll(async () => {
  host = await startTestHost({ plugins: [shop], logger });
  expect(host.state('shop').error).toBeUndefined();
});
afterAll(() => host.stop());

const own = '/api/v1/plugins/shop';

function post(path: string, body: unknown): Promise<Response> {
  return host.fetch(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
}

describe('a request', () => {
  it('reaches its route with parameters, query and body parsed by their schemas', async () => {
    const response = await post(`${own}/items/3?colour=red`, { name: 'cup' });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ size: 3, colour: 'red', name: 'cup' });
  });

  it.each([
    [`${own}/items/x?colour=red`, { name: 'cup' }, 'path.size'],
    [`${own}/items/1?colour=blue`, { name: 'cup' }, 'query.colour'],
    [`${own}/items/1?colour=red&more=1`, { name: 'cup' }, 'query'],
    [`${own}/items/1?colour=red`, { name: 'much too long a name' }, 'body.name'],
  ])('that is wrong is refused with the place named: %s', async (path, body, place) => {
    const response = await post(path, body);
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { code: string; details: { issues: { place: string }[] } } };
    expect(error.code).toBe('REQUEST_INVALID');
    expect(error.details.issues[0]?.place).toBe(place);
  });

  it('with a body that is no JSON, or says it is none, or is too large, is refused', async () => {
    const send = (body: string, type: string) =>
      host.fetch(`${own}/items/1?colour=red`, { method: 'POST', body, headers: { 'content-type': type } });
    expect(await codeOf(await send('{"name":', 'application/json'))).toEqual([400, 'BODY_NOT_JSON']);
    expect(await codeOf(await send('name=cup', 'text/plain'))).toEqual([415, 'BODY_TYPE']);
    const large = JSON.stringify({ name: 'x'.repeat(1_100_000) });
    expect(await codeOf(await send(large, 'application/json'))).toEqual([413, 'BODY_TOO_LARGE']);
  });

  it('to nowhere is 404, by the wrong method 405 with what is allowed', async () => {
    expect(await codeOf(await host.fetch('/api/v1/nothing'))).toEqual([404, 'NOT_FOUND']);
    const response = await host.fetch('/take');
    expect(response.headers.get('allow')).toBe('POST');
    expect(await codeOf(response)).toEqual([405, 'METHOD_NOT_ALLOWED']);
  });

  it('of parameters alone answers what it means, and leaves other paths to the others', async () => {
    expect(await (await host.fetch('/books/12/left')).text()).toBe('books 12 left');
    expect((await host.fetch('/api/v1/version')).status).toBe(200);
    expect(await codeOf(await host.fetch('/books/twelve/left'))).toEqual([404, 'NOT_FOUND']);
    expect(await codeOf(await host.fetch('/books/12/left', { method: 'POST' }))).toEqual([404, 'NOT_FOUND']);
  });

  it('gets an id and the security headers', async () => {
    const { headers } = await host.fetch('/api/v1/version');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-z]+-[0-9a-z]+$/);
    expect(headers.get('content-security-policy')).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(headers.get('content-security-policy')).toContain("base-uri 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('strict-transport-security')).toBeNull();
  });
});

describe('an error', () => {
  it('of ours has its status, code and hint', async () => {
    const response = await host.fetch(`${own}/busy`);
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await response.json()).toEqual({
      error: { code: 'SHOP_FULL', message: 'Too many people.', hint: 'Come later.' },
    });
  });

  it('of any other kind says nothing of its words; the log has them under the request id', async () => {
    const response = await host.fetch(`${own}/broken`);
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain('hunter2');
    const id = response.headers.get('x-request-id');
    expect(text).toContain(id);
    const line = logger.lines.find(({ level, facts }) => level === 'error' && facts['requestId'] === id);
    expect((line?.facts['err'] as Error | undefined)?.message).toBe('password hunter2');
  });

  it('is what a test gets when a route answers otherwise than it declares', async () => {
    expect((await host.fetch(`${own}/wrong`)).status).toBe(500);
  });
});

describe('an answer', () => {
  it('can be bytes as they come', async () => {
    const response = await host.fetch(`${own}/bytes`);
    expect(response.headers.get('content-type')).toBe('application/x-bytes');
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([1, 2, 3]);
  });

  it('can be events', async () => {
    const response = await host.fetch(`${own}/news`);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(await response.text()).toBe('event: first\ndata: {"line":"a\\nb"}\n\nid: 7\nevent: second\ndata: 2\n\n');
  });

  it('to a stream route comes with the body read by the route', async () => {
    const response = await host.fetch('/take', { method: 'POST', body: 'x'.repeat(100_000) });
    expect(await response.text()).toBe('took 100000\n');
  });

  it('given before the body was read arrives, though the client is still sending', async () => {
    const { hostname, port } = new URL(host.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('error', reject);
      socket.on('close', () => resolve(text));
      socket.write('POST /refuse HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8000000\r\n\r\n');
      for (let sent = 0; sent < 80; sent++) socket.write(Buffer.alloc(100_000));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/too much\n$/);
  });
});

describe('access', () => {
  it('is refused to who has not signed in, and to who lacks the permission', async () => {
    expect(await codeOf(await host.fetch(`${own}/signed`))).toEqual([403, 'SIGN_IN_REQUIRED']);
    expect(await codeOf(await host.fetch(`${own}/signed`, { as: ['view_pii'] }))).toEqual([403, 'PERMISSION_MISSING']);
    expect((await host.fetch(`${own}/signed`, { as: ['triage'] })).status).toBe(200);
  });

  it('by a token that is not good is refused rather than taken for anonymous', async () => {
    const response = await host.fetch('/api/v1/session', { headers: { 'auth-token': 'flt_nonsense' } });
    expect(await codeOf(response)).toEqual([403, 'TOKEN_INVALID']);
  });
});

it('two plugins can not claim one path: the second is refused, and both are named', async () => {
  const twin = (id: string, path: string): TestPlugin => ({
    manifest: { id, routes: ['/twin/*'], contributes: { HttpRoute: [{ id: `${id}/route` }] } },
    definition: definePlugin({
      activate: (context) =>
        void context.contribute(HttpRoute, {
          id: `${id}/route`,
          method: 'GET',
          path,
          summary: '',
          access: 'open',
          handle: () => ({}),
        }),
    }),
  });
  const second = await startTestHost({ plugins: [twin('first', '/twin/:a'), twin('later', '/twin/:b')] });
  expect(second.state('later').error).toMatchObject({ code: 'ROUTE_TAKEN' });
  expect(second.state('later').error?.message).toContain('which first has');
  await second.stop();
  const undeclared = await startTestHost({ plugins: [twin('first', '/elsewhere')] });
  expect(undeclared.state('first').error).toMatchObject({ code: 'ROUTE_UNDECLARED' });
  await undeclared.stop();
});

async function codeOf(response: Response): Promise<[number, string]> {
  const { error } = (await response.json()) as { error: { code: string } };
  return [response.status, error.code];
}
