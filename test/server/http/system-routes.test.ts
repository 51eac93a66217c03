import { Bus, CrashStorage, definePlugin, HttpRoute, Job, Stackwalker, subjects } from '@faultline/sdk';
import { SystemStatus } from '@faultline/sdk/api';
import { fake, startTestHost, type TestHost, type TestPlugin } from '@faultline/server/testing';
import { MemoryCrashStorage } from '@faultline/testing';
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';

let host: TestHost | null = null;
afterEach(async () => {
  await host?.stop();
  host = null;
});

class FullStorage extends MemoryCrashStorage {
  override checkHealth(): Promise<void> {
    return Promise.reject(new Error('no space left on the device'));
  }
}

const walker: TestPlugin = {
  manifest: { id: 'walker', contributes: { Stackwalker: [{ id: 'still' }] } },
  definition: definePlugin({
    activate: (context) =>
      void context.contribute(Stackwalker, {
        id: 'still',
        title: '',
        walk: () => Promise.reject(new Error('not asked')),
        checkHealth: () => Promise.resolve(),
      }),
  }),
};

it('the heartbeat asks store, state, bus and walker', async () => {
  host = await startTestHost({ plugins: [walker] });
  const response = await host.fetch('/__heartbeat__');
  expect(response.status).toBe(200);
  const { errors, checks } = (await response.json()) as { errors: unknown[]; checks: { name: string }[] };
  expect(errors).toEqual([]);
  expect(checks.map(({ name }) => name)).toEqual(['store', 'state', 'bus', 'walker still']);
});

it('the heartbeat is 503 and says what is wrong; the load balancer gets its own answer', async () => {
  host = await startTestHost({ fakes: [fake(CrashStorage, new FullStorage())] });
  const response = await host.fetch('/__heartbeat__');
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ errors: [{ name: 'store', msg: 'no space left on the device' }] });
  const balanced = await host.fetch('/__lbheartbeat__');
  expect([balanced.status, await balanced.text()]).toEqual([200, '']);
});

it('a process of one role answers the same dunder paths', async () => {
  host = await startTestHost({ roles: ['collector'] });
  expect(await (await host.fetch('/__version__')).json()).toMatchObject({ name: 'faultline', roles: ['collector'] });
  expect((await host.fetch('/__heartbeat__')).status).toBe(200);
});

it('the status counts what waits', async () => {
  host = await startTestHost();
  await host.resolve(Bus).publish(subjects.process('priority'), 'a', { crashId: 'a' });
  const status = SystemStatus.parse(await (await host.fetch('/api/v1/status')).json());
  expect(status.queues.map(({ subject, depth }) => [subject, depth])).toContainEqual(['crash.process.priority', 1]);
  expect(status.summary).toContain('1 report waits');
  expect(status.submitUrl).toBe(`${host.url}/submit`);
});

it('the plugins are listed for managers', async () => {
  host = await startTestHost({ plugins: [walker] });
  expect((await host.fetch('/api/v1/plugins')).status).toBe(403);
  const response = await host.fetch('/api/v1/plugins', { as: ['manage'] });
  expect(await response.json()).toMatchObject({ plugins: [{ id: 'walker', state: 'active', version: '0.0.0' }] });
});

it('events arrive as they happen, and the listener is gone when the reader is', async () => {
  host = await startTestHost();
  const bus = host.resolve(Bus);
  const leaving = new AbortController();
  const response = await host.fetch('/api/v1/events', { signal: leaving.signal });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const read = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value);
  expect(await read()).toMatch(/^event: hello\n/);
  const event = { crashId: 'c', product: 'P', signature: 's', status: 'complete' };
  bus.emit(subjects.crashReceived, { ...event, secret: 'never sent on' });
  bus.emit('crash.step', { crashId: 'c', step: 'walking the minidump' });
  let text = '';
  while (!text.includes('walking')) text += await read();
  expect(text).toBe(
    `event: crash.received\ndata: ${JSON.stringify(event)}\n\n` +
      'event: crash.step\ndata: {"crashId":"c","step":"walking the minidump"}\n\n',
  );
  leaving.abort();
});

it('tells of jobs only those who may start them', async () => {
  const job: Job = { id: 'shop/count', title: 'Count', permission: 'reprocess', run: async () => undefined };
  host = await startTestHost({
    plugins: [
      {
        manifest: { id: 'shop', contributes: { Job: [{ id: 'shop/count' }] } },
        definition: definePlugin({ activate: (context) => void context.contribute(Job, job) }),
      },
    ],
  });
  const leaving = new AbortController();
  const bus = host.resolve(Bus);
  const streams = [
    await host.fetch('/api/v1/events', { signal: leaving.signal, as: ['reprocess'] }),
    await host.fetch('/api/v1/events', { signal: leaving.signal, as: ['triage'] }),
  ];
  const texts = ['', ''];
  const reading = streams.map(async (stream, index) => {
    for await (const chunk of stream.body ?? []) texts[index] += new TextDecoder().decode(chunk);
  });
  await expect.poll(() => texts.filter((text) => text.includes('hello')).length).toBe(2);
  const progress = { done: 1, total: 2, stage: '' };
  bus.emit(subjects.jobProgress, { run: 'r', job: 'shop/count', slot: 0, status: 'running', progress });
  bus.emit(subjects.crashDeleted, { crashId: 'c' });
  await expect.poll(() => texts.filter((text) => text.includes('crash.deleted')).length).toBe(2);
  expect(texts.map((text) => text.includes('job.progress'))).toEqual([true, false]);
  leaving.abort();
  await Promise.allSettled(reading);
});

it('stopping ends the event streams', async () => {
  host = await startTestHost();
  const response = await host.fetch('/api/v1/events');
  const text = response.text();
  await host.stop();
  host = null;
  expect(await text).toContain('hello');
});

it('the OpenAPI document has every route with what it takes and gives', async () => {
  const plugin: TestPlugin = {
    manifest: { id: 'shop', contributes: { HttpRoute: [{ id: 'shop/item' }] } },
    definition: definePlugin({
      activate: (context) =>
        void context.contribute(HttpRoute, {
          id: 'shop/item',
          method: 'GET',
          path: 'items/:size',
          summary: 'One item',
          access: 'triage',
          request: { params: z.object({ size: z.coerce.number() }), query: z.object({ q: z.string().default('') }) },
          response: z.object({ name: z.string() }),
          handle: () => ({ body: { name: 'cup' } }),
        }),
    }),
  };
  host = await startTestHost({ plugins: [plugin] });
  const document = (await (await host.fetch('/api/v1/openapi.json')).json()) as { paths: Record<string, unknown> };
  expect(document).toMatchObject({ openapi: '3.1.0', servers: [{ url: host.url }] });
  expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/api/v1/session', '/__heartbeat__']));
  expect(document.paths['/api/v1/plugins/shop/items/{size}']).toMatchObject({
    get: {
      operationId: 'shop/item',
      tags: ['shop'],
      security: [{ token: [] }, { session: [] }],
      parameters: [
        { name: 'size', in: 'path', required: true },
        { name: 'q', in: 'query', required: false, schema: { type: 'string', default: '' } },
      ],
      responses: { 200: { content: { 'application/json': { schema: { properties: { name: { type: 'string' } } } } } } },
    },
  });
});
