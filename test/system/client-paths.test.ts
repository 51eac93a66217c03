import { afterAll, describe, expect, it } from 'vitest';
import { Reader, reportBody } from './crash-client.js';
import { cleanUp, startServer } from './server-process.js';

afterAll(cleanUp);

describe('the paths that clients post to', () => {
  it('take the submit key where each client can put it, and answer in its words', async () => {
    const args = ['--set', 'collector.submitKeys={"Keyed":["key-of-keyed"]}'];
    const server = await startServer({ args });
    const reader = await Reader.of(server);
    const { body, contentType } = reportBody({ ProductName: 'Keyed' }, { upload_file_minidump: new Uint8Array(100) });
    const send = async (path: string, headers: Record<string, string> = {}) => {
      const init = { method: 'POST', headers: { 'content-type': contentType, ...headers }, body: new Uint8Array(body) };
      const response = await fetch(`${server.url}${path}`, init);
      return { status: response.status, text: await response.text() };
    };
    for (const path of ['/submit/key-of-keyed', '/submit?key=key-of-keyed']) {
      const { status, text } = await send(path);
      expect([status, text], path).toEqual([200, expect.stringMatching(/^CrashID=bp-[0-9a-f-]{36}\n$/)]);
    }
    for (const path of ['/api/1/minidump/?sentry_key=key-of-keyed', '/api/1/minidump?sentry_key=key-of-keyed']) {
      const { status, text } = await send(path);
      expect([status, text], path).toEqual([200, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
      expect((await reader.report(text)).crashId).toBe(text);
    }
    const auth = { 'x-sentry-auth': 'Sentry sentry_version=7, sentry_key=key-of-keyed' };
    expect((await send('/api/1/minidump/', auth)).status).toBe(200);
    expect(await send('/submit')).toEqual({ status: 401, text: 'Discarded=unauthorized_key' });
    const counts = await reader.get<{ outcomes: unknown[] }>('/api/v1/plugins/collector/counts');
    expect(counts.outcomes).toEqual([
      { outcome: 'accepted', reason: 'accept_everything', count: 5 },
      { outcome: 'unauthorized', reason: 'submit_key', count: 1 },
    ]);
    const tried = await fetch(`${server.url}/api/v1/plugins/collector/throttle/dry-run`, {
      method: 'POST',
      headers: { 'auth-token': reader.token, 'content-type': 'application/json' },
      body: JSON.stringify({ products: ['Another'] }),
    });
    expect(await tried.json()).toMatchObject({ posts: 5, today: { accept: 100 }, proposed: { reject: 100 } });
    expect(await server.stop()).toBe(0);
  });
});
