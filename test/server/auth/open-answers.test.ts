import { Clock, HttpRoute, StateStore, type HttpRequest } from '@faultline/sdk';
import { TokenMade } from '@faultline/sdk/api';
import { definePlugin } from '@faultline/sdk';
import { fake, startTestHost, type TestHost, type TestPlugin } from '@faultline/server/testing';
import { FakeClock, MemoryStateStore } from '@faultline/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrowserSession, codeOf } from './browser-session.js';

/** Sends a line every 20 ms, until its request ends. */
const endless: TestPlugin = {
  manifest: { id: 'endless', contributes: { HttpRoute: [{ id: 'endless/lines' }] } },
  definition: definePlugin({
    activate(context) {
      context.contribute(HttpRoute, {
        id: 'endless/lines',
        method: 'GET',
        path: 'lines',
        summary: 'Lines without an end',
        access: 'view_pii',
        produces: 'text/plain',
        handle: ({ signal }: HttpRequest) => ({
          body: (async function* () {
            while (!signal.aborted) {
              yield 'secret\n';
              await new Promise((resolve) => setTimeout(resolve, 20));
            }
          })(),
        }),
      });
    },
  }),
};

let host: TestHost;
let clock: FakeClock;
let admin: BrowserSession;

beforeEach(async () => {
  clock = new FakeClock();
  host = await startTestHost({
    plugins: [endless],
    fakes: [fake(Clock, clock), fake(StateStore, new MemoryStateStore(clock))],
  });
  admin = await BrowserSession.admin(host);
});
afterEach(() => host.stop());

/** Reads an answer to its end; what it said, and whether it ended as it should. */
async function toTheEnd(response: Response): Promise<{ text: string; isWhole: boolean }> {
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk as Uint8Array, { stream: true });
    return { text, isWhole: true };
  } catch {
    return { text, isWhole: false };
  }
}

describe('an answer that goes on', () => {
  it('ends with the reason when its token is revoked', async () => {
    const { token } = TokenMade.parse(
      await admin.json('POST', '/api/v1/account/tokens', { name: 'listener', permissions: [] }),
    );
    const stream = await host.fetch('/api/v1/events', { headers: { 'auth-token': token } });
    expect(stream.status).toBe(200);
    const reading = toTheEnd(stream);
    const [entry] = ((await admin.json('GET', '/api/v1/account/tokens')) as { tokens: { id: string }[] }).tokens;
    await admin.json('DELETE', `/api/v1/account/tokens/${entry?.id}`);
    const { text, isWhole } = await reading;
    expect(text).toMatch(/event: refused\ndata: \{"code":"TOKEN_INVALID"/);
    expect(isWhole).toBe(true);
  });

  it('ends when somebody is disabled, and says why', async () => {
    const ann = await admin.invite('ann', 'viewer');
    // Anonymous people may read here, too; ann's stream ends all the same, for it is ann's no more.
    const reading = toTheEnd(await ann.send('GET', '/api/v1/events'));
    await admin.json('PATCH', '/api/v1/users/ann', { isDisabled: true });
    expect((await reading).text).toContain('event: refused\ndata: {"code":"PERMISSIONS_CHANGED"');
  });

  it('breaks off when a permission is taken away in the midst of a download', async () => {
    const ann = await admin.invite('ann', 'maintainer');
    const response = await ann.send('GET', '/api/v1/plugins/endless/lines');
    expect(response.status).toBe(200);
    const reading = toTheEnd(response);
    await admin.json('PATCH', '/api/v1/users/ann', { roles: ['viewer'] });
    expect((await reading).isWhole).toBe(false);
    expect(await codeOf(await ann.send('GET', '/api/v1/plugins/endless/lines'))).toBe('PERMISSION_MISSING');
  });

  it('goes on when others change', async () => {
    const ann = await admin.invite('ann', 'viewer');
    const stop = new AbortController();
    const response = await host.fetch('/api/v1/events', { headers: { cookie: ann.cookie }, signal: stop.signal });
    const reading = toTheEnd(response);
    await admin.invite('bob', 'admin');
    await new Promise((resolve) => setTimeout(resolve, 100));
    stop.abort();
    expect((await reading).text).not.toContain('refused');
  });
});
