import { Clock } from '@faultline/sdk';
import { SessionInfo, SignInWays } from '@faultline/sdk/api';
import { fake, startTestHost, type TestHost } from '@faultline/server/testing';
import { FakeClock } from '@faultline/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BrowserSession } from './browser-session.js';
import { OidcPeer, RedirectedBrowser } from './oidc-peer.js';

// The provider advises people who run it in earnest.
beforeAll(() => {
  for (const name of ['info', 'warn'] as const) vi.spyOn(console, name).mockImplementation(() => {});
});
afterAll(() => vi.restoreAllMocks());

let peer: OidcPeer;
let host: TestHost;
let clock: FakeClock;
let browser: RedirectedBrowser;

beforeEach(async () => {
  peer = await OidcPeer.start();
  clock = new FakeClock();
  host = await startTestHost({ config: { access: { oidc: oidcConfig() } }, fakes: [fake(Clock, clock)] });
  peer.serve(`${host.url}/api/v1/oidc/callback`);
  peer.person = { id: 'p1', claims: { preferred_username: 'Ann', name: 'Ann Onymous', groups: ['dev', 'crash'] } };
  browser = new RedirectedBrowser();
});
afterEach(async () => {
  await host.stop();
  await peer.stop();
});

function oidcConfig(issuer = peer.issuer): object {
  const roles = { crash: 'triager', boss: 'admin' };
  return { issuer, clientId: 'faultline', clientSecret: 'a secret of the test, long enough', label: 'Work', roles };
}

/** Up to the address that the provider sends the browser back to. */
const untilCallback = (next = '/search?q=x', who = browser): Promise<string> =>
  who.follow(`${host.url}/api/v1/oidc/start?next=${encodeURIComponent(next)}`, `${host.url}/api/v1/oidc/callback`);

/** The whole way; where it ends. */
async function signIn(next?: string, who = browser): Promise<string> {
  return (await who.get(await untilCallback(next, who))).next ?? '';
}

async function session(who = browser): Promise<SessionInfo> {
  return SessionInfo.parse(await (await who.get(`${host.url}/api/v1/session`)).response.json());
}

const problem = (address: string): string => new URL(address).hash.replace('#problem=', '');

describe('sign-in by OpenID', () => {
  it('makes an account with the roles of the groups, and leads on to where one wanted', async () => {
    expect(SignInWays.parse(await (await host.fetch('/api/v1/session/ways')).json()).oidc).toEqual({ label: 'Work' });
    expect(await signIn()).toBe(`${host.url}/search?q=x`);
    expect(await session()).toMatchObject({
      kind: 'user',
      login: 'ann',
      name: 'Ann Onymous',
      permissions: ['reprocess', 'triage'],
    });
  });

  it('knows people by issuer and subject, and follows their groups at each sign-in', async () => {
    await signIn();
    peer.person = { id: 'p1', claims: { preferred_username: 'ann.new', groups: ['boss'] } };
    await signIn();
    expect(await session()).toMatchObject({ login: 'ann', name: 'Ann Onymous' });
    expect((await session()).permissions).toContain('manage');
    peer.person = { id: 'p1', claims: { groups: [] } };
    expect(problem(await signIn())).toBe('OIDC_NOT_ADMITTED');
  });

  it('never becomes an account that was there before, whatever name the provider says', async () => {
    const admin = await BrowserSession.admin(host);
    peer.person = { id: 'p2', claims: { preferred_username: 'admin', groups: ['crash'] } };
    await signIn();
    expect(await session()).toMatchObject({ login: 'admin-2', permissions: ['reprocess', 'triage'] });
    await admin.json('PATCH', '/api/v1/users/admin-2', { isDisabled: true });
    expect(problem(await signIn())).toBe('ACCOUNT_DISABLED');
  });

  it('leads nowhere but into the page', async () => {
    for (const next of ['//evil.example', 'https://evil.example/', '/\\evil.example', '/a\r\nset-cookie: x=1']) {
      expect(await signIn(next, new RedirectedBrowser())).toBe(`${host.url}/inbox`);
    }
  });

  it('says in words that the provider is away', async () => {
    peer.isDown = true;
    const { next } = await browser.get(`${host.url}/api/v1/oidc/start`);
    expect(problem(next ?? '')).toBe('OIDC_UNREACHABLE');
    peer.isDown = false;
    expect(await signIn()).toContain('/search');
  });
});

describe('what comes back from the provider is refused', () => {
  it('but not what is as it should be, signed the same way', async () => {
    peer.falsify = (claims) => claims;
    expect(await signIn()).toBe(`${host.url}/search?q=x`);
  });

  const hour = 3600;
  const nowSeconds = () => Math.floor(Date.now() / 1000);
  it.each([
    ['with another issuer', (claims: Record<string, unknown>) => ({ ...claims, iss: 'https://evil.example' })],
    ['for another client', (claims: Record<string, unknown>) => ({ ...claims, aud: 'someone-else' })],
    ['with another nonce', (claims: Record<string, unknown>) => ({ ...claims, nonce: 'replayed' })],
    ['without a nonce', ({ nonce: _, ...claims }: Record<string, unknown>) => claims],
    ['when its time is over', (claims: Record<string, unknown>) => ({ ...claims, exp: nowSeconds() - hour })],
    ['when it is not valid yet', (claims: Record<string, unknown>) => ({ ...claims, nbf: nowSeconds() + hour })],
  ])('%s', async (_, falsify) => {
    peer.falsify = falsify;
    expect(problem(await signIn())).toBe('OIDC_REFUSED');
    expect((await session()).kind).toBe('anonymous');
  });

  it('when the provider calls itself otherwise than the configuration does', async () => {
    const other = await startTestHost({
      config: { access: { oidc: oidcConfig(`${peer.issuer}/`.replace('127.0.0.1', 'localhost')) } },
    });
    try {
      const { next } = await browser.get(`${other.url}/api/v1/oidc/start`);
      expect(problem(next ?? '')).toBe('OIDC_UNREACHABLE');
    } finally {
      await other.stop();
    }
  });

  it('when it was used before, comes to another browser, or too late', async () => {
    const callback = await untilCallback();
    expect(problem((await new RedirectedBrowser().get(callback)).next ?? '')).toBe('OIDC_FLOW_UNKNOWN');
    expect((await browser.get(callback)).next).toBe(`${host.url}/search?q=x`);
    expect(problem((await browser.get(callback)).next ?? '')).toBe('OIDC_FLOW_UNKNOWN');
    const late = await untilCallback();
    await clock.advance(10 * 60_000);
    expect(problem((await browser.get(late)).next ?? '')).toBe('OIDC_FLOW_UNKNOWN');
  });

  it('when its code was used in another sign-in', async () => {
    const first = new URL(await untilCallback());
    await browser.get(first.href);
    const second = new URL(await untilCallback());
    second.searchParams.set('code', first.searchParams.get('code') ?? '');
    expect(problem((await browser.get(second.href)).next ?? '')).toBe('OIDC_REFUSED');
  });

  it('when it says that the person refused', async () => {
    const callback = new URL(await untilCallback());
    callback.searchParams.delete('code');
    callback.searchParams.set('error', 'access_denied');
    expect(problem((await browser.get(callback.href)).next ?? '')).toBe('OIDC_REFUSED');
  });
});
