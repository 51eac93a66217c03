import { Clock, permissions, StateStore } from '@faultline/sdk';
import { SessionInfo } from '@faultline/sdk/api';
import { fake, startTestHost, type TestHost } from '@faultline/server/testing';
import { FakeClock } from '@faultline/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let host: TestHost;
let clock: FakeClock;

beforeEach(async () => {
  clock = new FakeClock();
  host = await startTestHost({ fakes: [fake(Clock, clock)] });
});
afterEach(() => host.stop());

function signIn(credentials: object, headers: Record<string, string> = {}): Promise<Response> {
  return host.fetch('/api/v1/session', {
    method: 'POST',
    body: JSON.stringify(credentials),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

/** A signed-in browser: its cookie and the CSRF token. */
async function signedIn(): Promise<{ cookie: string; csrf: string }> {
  const response = await signIn({ code: await host.createSignInCode() });
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
  const { csrfToken } = SessionInfo.parse(await response.json());
  return { cookie, csrf: csrfToken ?? '' };
}

async function session(headers: Record<string, string>): Promise<SessionInfo> {
  return SessionInfo.parse(await (await host.fetch('/api/v1/session', { headers })).json());
}

async function code(response: Response): Promise<string> {
  return ((await response.json()) as { error: { code: string } }).error.code;
}

describe('a one-time link', () => {
  it('signs in as admin, by a cookie that scripts do not see and other sites do not send', async () => {
    const response = await signIn({ code: await host.createSignInCode() });
    expect(response.status).toBe(200);
    expect(response.headers.get('set-cookie')).toMatch(
      /^faultline_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=1209600$/,
    );
    expect(await response.json()).toMatchObject({ kind: 'user', name: 'admin', permissions: [...permissions] });
  });

  it('works once', async () => {
    const link = await host.createSignInCode();
    const statuses = await Promise.all([signIn({ code: link }), signIn({ code: link })]);
    expect(statuses.map(({ status }) => status).sort()).toEqual([200, 403]);
    expect(await code(await signIn({ code: link }))).toBe('SIGN_IN_CODE_INVALID');
  });

  it('ends after an hour', async () => {
    const link = await host.createSignInCode();
    await clock.advance(60 * 60_000);
    expect(await code(await signIn({ code: link }))).toBe('SIGN_IN_CODE_INVALID');
  });

  it('is stored as a hash, and so are the session and its token', async () => {
    const link = await host.createSignInCode();
    const { cookie } = await signedIn();
    const stored: string[] = [];
    for await (const entry of host.resolve(StateStore).range({ prefix: ['auth'] })) stored.push(JSON.stringify(entry));
    expect(stored.length).toBeGreaterThan(1);
    expect(stored.join('\n')).not.toContain(link);
    expect(stored.join('\n')).not.toContain(cookie.split('=')[1]);
  });

  it('does not sign a visitor of another site in', async () => {
    const response = await signIn({ code: await host.createSignInCode() }, { 'sec-fetch-site': 'cross-site' });
    expect(await code(response)).toBe('CROSS_SITE');
  });
});

describe('a session', () => {
  it('is the same person on the next request, until it ends', async () => {
    const { cookie } = await signedIn();
    expect(await session({ cookie })).toMatchObject({ kind: 'user', name: 'admin' });
    await clock.advance(14 * 24 * 60 * 60_000);
    expect(await session({ cookie })).toMatchObject({ kind: 'anonymous', csrfToken: null });
  });

  it('changes nothing without its CSRF token', async () => {
    const { cookie, csrf } = await signedIn();
    const signOut = (headers: Record<string, string>) =>
      host.fetch('/api/v1/session', { method: 'DELETE', headers: { cookie, ...headers } });
    expect(await code(await signOut({}))).toBe('CSRF_TOKEN_MISSING');
    expect(await code(await signOut({ 'x-faultline-csrf': 'x' }))).toBe('CSRF_TOKEN_MISSING');
    expect(await session({ cookie })).toMatchObject({ kind: 'user' });
    const response = await signOut({ 'x-faultline-csrf': csrf });
    expect(response.headers.get('set-cookie')).toContain('Max-Age=0');
    expect(await session({ cookie })).toMatchObject({ kind: 'anonymous' });
  });
});

describe('a token', () => {
  it('gives what it was made with, needs no CSRF token, and signs a browser in', async () => {
    const token = await host.createToken({ permissions: ['triage', 'triage'], validFor: 1000 });
    expect(await session({ 'auth-token': token })).toMatchObject({ kind: 'token', permissions: ['triage'] });
    const signedOut = await host.fetch('/api/v1/session', { method: 'DELETE', headers: { 'auth-token': token } });
    expect(signedOut.status).toBe(200);
    const response = await signIn({ token });
    expect(await response.json()).toMatchObject({ kind: 'user', permissions: ['triage'] });
  });

  it('expires', async () => {
    const token = await host.createToken({ permissions: [], validFor: 1000 });
    await clock.advance(1000);
    expect((await host.fetch('/api/v1/session', { headers: { 'auth-token': token } })).status).toBe(403);
    expect(await code(await signIn({ token }))).toBe('TOKEN_EXPIRED');
  });
});

describe('somebody who has not signed in', () => {
  const mayRead = async (config: Record<string, unknown>, headers: Record<string, string> = {}): Promise<boolean> => {
    const other = await startTestHost({ config });
    try {
      const info = SessionInfo.parse(await (await other.fetch('/api/v1/session', { headers })).json());
      const { status } = await other.fetch('/api/v1/panels', { headers });
      expect(status).toBe(info.anonymousMayRead ? 200 : 403);
      return info.anonymousMayRead;
    } finally {
      await other.stop();
    }
  };

  it('may read public fields while the server is on loopback', async () => {
    expect(await mayRead({})).toBe(true);
  });

  it('may read nothing when a proxy or a public name stands before it', async () => {
    expect(await mayRead({ server: { trustedProxies: ['10.0.0.1'] } })).toBe(false);
    expect(await mayRead({ server: { publicUrl: 'https://crashes.example.org' } })).toBe(false);
  });

  it('may read what the configuration says, wherever the server listens', async () => {
    expect(await mayRead({ access: { anonymous: 'none' } })).toBe(false);
    const open = { access: { anonymous: 'public-fields' }, server: { host: '0.0.0.0', trustedProxies: ['10.0.0.1'] } };
    expect(await mayRead(open)).toBe(true);
  });
});
