import { Clock, AuditLog, StateStore } from '@faultline/sdk';
import { AccessRequestList, AccountInfo, SessionList, TokenList, TokenMade, UserList } from '@faultline/sdk/api';
import { fake, startTestHost, type TestHost } from '@faultline/server/testing';
import { FakeClock } from '@faultline/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrowserSession, codeOf } from './browser-session.js';

let host: TestHost;
let clock: FakeClock;
let admin: BrowserSession;

const day = 24 * 60 * 60_000;
const password = 'correct horse battery';

beforeEach(async () => {
  clock = new FakeClock();
  host = await startTestHost({ fakes: [fake(Clock, clock)] });
  admin = await BrowserSession.admin(host);
});
afterEach(() => host.stop());

const statusOf = async (session: BrowserSession, method: string, path: string, body?: object): Promise<number> =>
  (await session.send(method, path, body)).status;
const setPassword = (session: BrowserSession, next: string, current = '') =>
  session.send('PUT', '/api/v1/account/password', { current, next });

describe('a user who was invited', () => {
  it('comes in by the link once, sets a password, and signs in with it', async () => {
    const ann = await admin.invite('Ann', 'triager');
    expect(ann.info).toMatchObject({ kind: 'user', login: 'ann', permissions: ['reprocess', 'triage'] });
    expect(await codeOf(await setPassword(ann, 'short'))).toBe('PASSWORD_WEAK');
    expect(await codeOf(await setPassword(ann, 'annannannann!'))).toBe('PASSWORD_WEAK');
    expect((await setPassword(ann, password)).status).toBe(200);
    const again = await BrowserSession.signIn(host, { login: 'ANN', password });
    expect(again.info.login).toBe('ann');
  });

  it('ends all other sessions by a new password, which needs the old one', async () => {
    const phone = await admin.invite('ann', 'viewer');
    const { csrfToken } = (await phone.json('PUT', '/api/v1/account/password', { next: password })) as {
      csrfToken: string;
    };
    phone.info = { ...phone.info, csrfToken };
    const desk = await BrowserSession.signIn(host, { login: 'ann', password });
    expect(await codeOf(await setPassword(desk, 'another good one', 'wrong'))).toBe('PASSWORD_WRONG');
    await desk.json('PUT', '/api/v1/account/password', { current: password, next: 'another good one' });
    expect((await desk.reload()).login).toBe('ann');
    expect((await phone.reload()).kind).toBe('anonymous');
    await expect(BrowserSession.signIn(host, { login: 'ann', password })).rejects.toThrow('SIGN_IN_FAILED');
  });

  it('hears the same of a wrong password, an unknown login and a disabled account', async () => {
    const ann = await admin.invite('ann', 'viewer');
    await setPassword(ann, password);
    await admin.json('PATCH', '/api/v1/users/ann', { isDisabled: true });
    const texts = new Set<string>();
    for (const credentials of [
      { login: 'ann', password },
      { login: 'nobody', password },
      { login: 'admin', password },
    ]) {
      const response = await host.fetch('/api/v1/session', {
        method: 'POST',
        body: JSON.stringify(credentials),
        headers: { 'content-type': 'application/json' },
      });
      expect(response.status).toBe(403);
      texts.add(await response.text());
    }
    expect(texts.size).toBe(1);
  });

  it('is nowhere stored with the password', async () => {
    await setPassword(await admin.invite('ann', 'viewer'), password);
    const stored: string[] = [];
    for await (const entry of host.resolve(StateStore).range({ prefix: ['auth', 'user'] }))
      stored.push(JSON.stringify(entry));
    expect(stored.join()).toContain('"algorithm":"scrypt"');
    expect(stored.join()).not.toContain(password);
    const users = await (await admin.send('GET', '/api/v1/users')).text();
    expect(users).not.toMatch(/salt|hash|scrypt/);
  });
});

describe('sessions', () => {
  it('are listed to their owner, and end one by one or all but this', async () => {
    const ann = await admin.invite('ann', 'viewer');
    await setPassword(ann, password).then(
      async (response) => (ann.cookie = response.headers.get('set-cookie')?.split(';')[0] ?? ''),
    );
    await ann.reload();
    const other = await BrowserSession.signIn(host, { login: 'ann', password }, { 'user-agent': 'Other/1.0' });
    const { sessions } = SessionList.parse(await ann.json('GET', '/api/v1/account/sessions'));
    expect(sessions.map(({ isCurrent }) => isCurrent).sort()).toEqual([false, true]);
    const foreign = sessions.find(({ client }) => client === 'Other/1.0')?.id ?? '';
    expect(await statusOf(admin, 'DELETE', `/api/v1/account/sessions/${foreign}`)).toBe(404);
    expect(await statusOf(ann, 'DELETE', `/api/v1/account/sessions/${foreign}`)).toBe(204);
    expect((await other.reload()).kind).toBe('anonymous');
    expect(await statusOf(ann, 'DELETE', '/api/v1/account/sessions/others')).toBe(204);
    expect((await ann.reload()).kind).toBe('user');
  });

  it('begin anew at sign-in: one that was planted before is good for nothing', async () => {
    const planted = admin.cookie;
    const next = await BrowserSession.signIn(
      host,
      { code: await host.createSignInCode() },
      {
        cookie: planted,
        'x-faultline-csrf': admin.info.csrfToken ?? '',
      },
    );
    expect(next.cookie).not.toBe(planted);
    expect((await admin.reload()).kind).toBe('anonymous');
    const made = await BrowserSession.signIn(
      host,
      { code: await host.createSignInCode() },
      { cookie: 'faultline_session=mine' },
    );
    expect(made.cookie).not.toContain('=mine');
  });

  it('get a new secret when their rights change, and have the new rights at once', async () => {
    const ann = await admin.invite('ann', 'viewer');
    const before = ann.cookie;
    await clock.advance(1000);
    await admin.json('PATCH', '/api/v1/users/ann', { roles: ['maintainer'] });
    expect(await statusOf(ann, 'GET', '/api/v1/users')).toBe(403);
    expect((await ann.reload()).permissions).toContain('view_pii');
    expect(ann.cookie).not.toBe(before);
    ann.cookie = before;
    expect((await ann.reload()).kind).toBe('anonymous');
  });
});

describe('disabling', () => {
  it('ends sessions, tokens and open invitations at once', async () => {
    const ann = await admin.invite('ann', 'triager');
    const { token } = TokenMade.parse(
      await ann.json('POST', '/api/v1/account/tokens', { name: 'ci', permissions: ['triage'] }),
    );
    const { link } = (await admin.json('POST', '/api/v1/users/ann/reset')) as { link: string };
    await admin.json('PATCH', '/api/v1/users/ann', { isDisabled: true });
    expect((await ann.reload()).kind).toBe('anonymous');
    const refused = await host.fetch('/api/v1/session', { headers: { 'auth-token': token } });
    expect(await codeOf(refused)).toBe('TOKEN_OWNER_DISABLED');
    await expect(BrowserSession.signIn(host, { code: link.split('=')[1] })).rejects.toThrow('SIGN_IN_CODE_INVALID');
    await admin.json('PATCH', '/api/v1/users/ann', { isDisabled: false });
    expect((await host.fetch('/api/v1/session', { headers: { 'auth-token': token } })).status).toBe(200);
    expect((await ann.reload()).kind).toBe('anonymous');
  });

  it('spares the last admin, also when two disable each other at once', async () => {
    expect(await codeOf(await admin.send('PATCH', '/api/v1/users/admin', { isDisabled: true }))).toBe('LAST_ADMIN');
    expect(await codeOf(await admin.send('PATCH', '/api/v1/users/admin', { roles: ['viewer'] }))).toBe('LAST_ADMIN');
    const bob = await admin.invite('bob', 'admin');
    const answers = await Promise.all([
      admin.send('PATCH', '/api/v1/users/bob', { isDisabled: true }),
      bob.send('PATCH', '/api/v1/users/admin', { roles: ['viewer'] }),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

describe('roles of one’s own', () => {
  it('bring what they say, and go only when nobody has them', async () => {
    await admin.json('PUT', '/api/v1/roles/release-manager', { permissions: ['upload_symbols'] });
    const ann = await admin.invite('ann', 'release-manager', 'viewer');
    expect(ann.info.permissions).toEqual(['upload_symbols']);
    expect(await codeOf(await admin.send('DELETE', '/api/v1/roles/release-manager'))).toBe('ROLE_IN_USE');
    await admin.json('PUT', '/api/v1/roles/release-manager', { permissions: [] });
    expect((await ann.reload()).permissions).toEqual([]);
    await admin.json('PATCH', '/api/v1/users/ann', { roles: ['viewer'] });
    expect(await statusOf(admin, 'DELETE', '/api/v1/roles/release-manager')).toBe(204);
    expect(await codeOf(await admin.send('PUT', '/api/v1/roles/admin', { permissions: [] }))).toBe('ROLE_BUILT_IN');
    expect(await codeOf(await admin.send('PATCH', '/api/v1/users/ann', { roles: ['king'] }))).toBe('ROLE_NOT_FOUND');
  });

  it('can’t take `manage` from the last who has it', async () => {
    await admin.json('PUT', '/api/v1/roles/boss', { permissions: ['manage'] });
    await admin.json('PATCH', '/api/v1/users/admin', { roles: ['boss'] });
    expect(await codeOf(await admin.send('PUT', '/api/v1/roles/boss', { permissions: [] }))).toBe('LAST_ADMIN');
  });
});

describe('tokens of a user', () => {
  it('do no more than their owner, and lose what the owner loses', async () => {
    const ann = await admin.invite('ann', 'triager');
    const wish = { name: 'script', permissions: ['triage', 'reprocess'], days: 1 };
    expect(await codeOf(await ann.send('POST', '/api/v1/account/tokens', { ...wish, permissions: ['view_pii'] }))).toBe(
      'PERMISSION_MISSING',
    );
    const { token } = TokenMade.parse(await ann.json('POST', '/api/v1/account/tokens', wish));
    const permissionsNow = async () =>
      (
        (await (await host.fetch('/api/v1/session', { headers: { 'auth-token': token } })).json()) as {
          permissions: string[];
        }
      ).permissions;
    expect(await permissionsNow()).toEqual(['reprocess', 'triage']);
    await admin.json('PATCH', '/api/v1/users/ann', { roles: ['viewer'] });
    expect(await permissionsNow()).toEqual([]);
    const { tokens } = TokenList.parse(await ann.json('GET', '/api/v1/account/tokens'));
    expect(tokens).toMatchObject([{ name: 'script', owner: 'ann' }]);
    const id = tokens[0]?.id ?? '';
    expect(await statusOf(await admin.invite('bob', 'viewer'), 'DELETE', `/api/v1/account/tokens/${id}`)).toBe(404);
    await ann.json('DELETE', `/api/v1/account/tokens/${id}`);
    expect((await host.fetch('/api/v1/session', { headers: { 'auth-token': token } })).status).toBe(403);
  });

  it('have no account page', async () => {
    const token = await host.createToken({ permissions: ['manage'], validFor: null });
    const response = await host.fetch('/api/v1/account', { headers: { 'auth-token': token } });
    expect(await codeOf(response)).toBe('ACCOUNT_NEEDED');
  });
});

describe('access to protected data', () => {
  it('is asked for, granted for a time, and over when the time is', async () => {
    const ann = await admin.invite('ann', 'viewer');
    const wish = { permissions: ['view_pii'], reason: 'bug 1234', days: 2 };
    await ann.json('POST', '/api/v1/account/access-requests', wish);
    expect(await codeOf(await ann.send('POST', '/api/v1/account/access-requests', wish))).toBe('REQUEST_OPEN');
    const { requests } = AccessRequestList.parse(await admin.json('GET', '/api/v1/access-requests'));
    const path = `/api/v1/access-requests/${requests[0]?.id}`;
    expect(await statusOf(ann, 'POST', `${path}/decision`, { grant: true })).toBe(403);
    await admin.json('POST', `${path}/decision`, { grant: true });
    expect((await ann.reload()).permissions).toEqual(['view_pii']);
    expect(AccountInfo.parse(await ann.json('GET', '/api/v1/account')).grant?.permissions).toEqual(['view_pii']);
    expect(await codeOf(await admin.send('POST', `${path}/decision`, { grant: true }))).toBe('REQUEST_DECIDED');
    await clock.advance(2 * day);
    expect((await ann.reload()).permissions).toEqual([]);
  });

  it('can be refused, and taken back before its time', async () => {
    const ann = await admin.invite('ann', 'viewer');
    const ask = async (): Promise<string> =>
      (
        (await ann.json('POST', '/api/v1/account/access-requests', { permissions: ['view_rawdump'], reason: 'r' })) as {
          id: string;
        }
      ).id;
    await admin.json('POST', `/api/v1/access-requests/${await ask()}/decision`, { grant: false });
    expect((await ann.reload()).permissions).toEqual([]);
    const id = await ask();
    await admin.json('POST', `/api/v1/access-requests/${id}/decision`, { grant: true, days: 1 });
    expect((await ann.reload()).permissions).toEqual(['view_rawdump']);
    await admin.json('DELETE', `/api/v1/access-requests/${id}`);
    expect((await ann.reload()).permissions).toEqual([]);
  });
});

describe('administration', () => {
  it('is recorded, without passwords or links', async () => {
    await admin.invite('ann', 'viewer');
    await admin.json('PATCH', '/api/v1/users/ann', { name: 'Ann A.', roles: ['triager'] });
    await admin.json('POST', '/api/v1/users/ann/reset');
    await admin.json('DELETE', '/api/v1/users/ann/sessions');
    const entries = await host.resolve(AuditLog).entries({ target: 'user:ann' });
    expect(entries.map(({ action }) => action)).toEqual([
      'user.sign-out',
      'user.reset',
      'user.roles',
      'user.rename',
      'user.add',
    ]);
    expect(entries.every(({ actor }) => actor === 'user:admin')).toBe(true);
    expect(JSON.stringify(await host.resolve(AuditLog).entries({ limit: 1000 }))).not.toMatch(/code=/);
  });

  it('is closed to everybody else', async () => {
    const ann = await admin.invite('ann', 'maintainer');
    for (const [method, path, body] of [
      ['GET', '/api/v1/users'],
      ['POST', '/api/v1/users', { login: 'eve', roles: ['admin'] }],
      ['PATCH', '/api/v1/users/ann', { roles: ['admin'] }],
      ['POST', '/api/v1/users/admin/reset'],
      ['DELETE', '/api/v1/users/admin/sessions'],
      ['PUT', '/api/v1/roles/mine', { permissions: ['manage'] }],
      ['GET', '/api/v1/tokens'],
      ['GET', '/api/v1/access-requests'],
    ] as const) {
      expect(await statusOf(ann, method, path, body), `${method} ${path}`).toBe(403);
    }
    expect(UserList.parse(await admin.json('GET', '/api/v1/users')).users.map(({ login }) => login)).toEqual([
      'admin',
      'ann',
    ]);
  });
});
