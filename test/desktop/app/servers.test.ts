import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appProtocol } from '../../../desktop/main/app-protocol.js';
import { ServerProfiles } from '../../../desktop/main/server-profiles.js';
import { SettingsFile } from '../../../desktop/main/settings-file.js';

let folder: string;
let settings: SettingsFile;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-servers-'));
  settings = new SettingsFile(path.join(folder, 'settings.json'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const turned = (text: string): string => [...text].reverse().join('');
const safe = {
  isAvailable: () => true,
  encrypt: (text: string) => Buffer.from(turned(text)),
  decrypt: (bytes: Buffer) => turned(bytes.toString()),
};
const unsafe = { ...safe, isAvailable: () => false };
const profile = { id: null, name: 'Ours', url: 'https://crashes.example.org/base', token: 'secret-token' };

describe('servers that the app knows', () => {
  it('keep their tokens encrypted, and over a start of the app', () => {
    const id = new ServerProfiles(settings, safe).save(profile);
    expect(readFileSync(path.join(folder, 'settings.json'), 'utf8')).not.toContain('secret-token');
    const later = new ServerProfiles(new SettingsFile(path.join(folder, 'settings.json')), safe);
    expect(later.current()).toEqual({ id, url: 'https://crashes.example.org/base/', token: 'secret-token' });
    expect(JSON.stringify(later.list())).not.toContain('secret-token');
    expect(later.list()).toMatchObject([{ hasToken: true, isChosen: true }]);
  });

  it('keep a token until the app ends where the system has no safe storage', () => {
    const profiles = new ServerProfiles(settings, unsafe);
    profiles.save(profile);
    expect(profiles.current()?.token).toBe('secret-token');
    expect(
      new ServerProfiles(new SettingsFile(path.join(folder, 'settings.json')), unsafe).current()?.token,
    ).toBeNull();
  });

  it('have no token when the safe storage can’t read it any more', () => {
    new ServerProfiles(settings, safe).save(profile);
    const locked = {
      ...safe,
      decrypt: () => {
        throw new Error('the keyring is locked');
      },
    };
    const later = new ServerProfiles(new SettingsFile(path.join(folder, 'settings.json')), locked);
    expect([later.current()?.token, later.list()[0]?.hasToken]).toEqual([null, false]);
  });

  it('lose the token when the address becomes another', () => {
    const profiles = new ServerProfiles(settings, safe);
    const id = profiles.save(profile);
    profiles.save({ ...profile, id, token: null });
    expect(profiles.current()?.token).toBe('secret-token');
    profiles.save({ id, name: 'Ours', url: 'https://evil.example.org/', token: null });
    expect(profiles.current()?.token).toBeNull();
  });

  it('are http addresses without a password', () => {
    const profiles = new ServerProfiles(settings, safe);
    for (const url of ['nonsense', 'file:///etc', 'https://me:pw@example.org/', 'javascript:alert(1)']) {
      expect(() => profiles.save({ ...profile, url }), url).toThrowError(
        expect.objectContaining({ code: 'PROFILE_URL' }),
      );
    }
    expect(() => profiles.choose('nobody')).toThrowError(expect.objectContaining({ code: 'PROFILE_UNKNOWN' }));
  });
});

describe('app://faultline', () => {
  const calls: { url: string; headers: Headers; method: string }[] = [];
  const signals: (AbortSignal | null)[] = [];
  let answer: () => Response;
  function protocol(token: string | null, url: string | null = 'https://crashes.example.org/base/') {
    writeFileSync(path.join(folder, 'index.html'), '<!doctype html>page');
    writeFileSync(path.join(folder, 'a.js'), 'script');
    mkdirSync(path.join(folder, 'panel'), { recursive: true });
    writeFileSync(path.join(folder, 'panel', 'frame.html'), 'the frame');
    calls.length = 0;
    signals.length = 0;
    const { answer: ask, leave } = appProtocol({
      page: folder,
      panelFrame: path.join(folder, 'panel'),
      server: () => (url === null ? null : { id: 'one', url, token }),
      fetch: (address, init) => {
        calls.push({ url: address, headers: new Headers(init.headers), method: init.method ?? 'GET' });
        signals.push(init.signal ?? null);
        return Promise.resolve(answer());
      },
    });
    return Object.assign(ask, { leave });
  }
  const get = (place: string, init: RequestInit = {}) => new Request(`app://faultline${place}`, init);

  it('gives the page with a strict policy, and every view of it', async () => {
    const ask = protocol(null);
    for (const place of ['/', '/inbox', '/report/0123', '/local?dump=1']) {
      const page = await ask(get(place));
      expect(await page.text(), place).toContain('page');
      expect(page.headers.get('content-security-policy')).toContain("script-src 'self' 'wasm-unsafe-eval'");
    }
    expect((await ask(get('/a.js'))).headers.get('content-type')).toContain('javascript');
    expect((await ask(get('/%2e%2e/settings.json'))).status).toBe(404);
    expect((await ask(get('/..%2f..%2fetc/passwd.json'))).status).toBe(404);
    expect(calls).toEqual([]);
  });

  it('passes on what only a server knows, with the token added here', async () => {
    answer = () => new Response('{}', { headers: { 'set-cookie': 'other=1', 'content-type': 'application/json' } });
    const ask = protocol('secret-token');
    const headers = { cookie: 'mine=1', origin: 'app://faultline', 'auth-token': 'forged', accept: 'application/json' };
    const back = await ask(get('/api/v1/groups?q=a', { headers }));
    expect(calls[0]?.url).toBe('https://crashes.example.org/base/api/v1/groups?q=a');
    expect(calls[0]?.headers.get('auth-token')).toBe('secret-token');
    expect([...(calls[0]?.headers.keys() ?? [])].sort()).toEqual(['accept', 'auth-token']);
    expect(back.headers.get('set-cookie')).toBeNull();
    await ask(get('/app.pdb/0123456789ABCDEF0123456789ABCDEF1/app.sym'));
    expect(calls).toHaveLength(2);
  });

  it('keeps the session of a person who signed in to itself', async () => {
    answer = () => new Response('{}', { headers: { 'set-cookie': 'faultline_session=abc; HttpOnly' } });
    const ask = protocol('secret-token');
    const signIn = await ask(get('/api/v1/session', { method: 'POST', body: '{"code":"x"}' }));
    expect(signIn.headers.get('set-cookie')).toBeNull();
    await ask(get('/api/v1/session'));
    expect(calls[1]?.headers.get('cookie')).toBe('faultline_session=abc');
    expect(calls[1]?.headers.get('auth-token')).toBeNull();
  });

  it('ends what a page asked for when the page is left', async () => {
    answer = () => new Response('data: {}');
    const ask = protocol(null);
    await ask(get('/api/v1/events'));
    ask.leave();
    await ask(get('/api/v1/events'));
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, false]);
  });

  it('never loads a server’s own code beside the bridge', async () => {
    const ask = protocol('secret-token');
    expect((await ask(get('/plugin-ui/hello/panel.js'))).status).toBe(404);
    expect(calls).toEqual([]);
  });

  it('gives a server’s panels to frames that can do nothing else', async () => {
    answer = () => new Response('export {}', { headers: { 'cross-origin-resource-policy': 'same-origin' } });
    const ask = protocol('secret-token');
    const ofFrame = (place: string, init: RequestInit = {}) => ask(new Request(`app://panel${place}`, init));
    const frame = await ofFrame('/frame.html');
    expect(await frame.text()).toBe('the frame');
    expect(frame.headers.get('content-security-policy')).toContain("default-src 'none';script-src app://panel;");
    expect(calls).toEqual([]);
    const module = await ofFrame('/plugin-ui/hello/panel.js');
    expect(await module.text()).toBe('export {}');
    expect(module.headers.get('access-control-allow-origin')).toBe('*');
    expect(module.headers.get('cross-origin-resource-policy')).toBeNull();
    expect(calls.map(({ url }) => url)).toEqual(['https://crashes.example.org/base/plugin-ui/hello/panel.js']);
    for (const place of ['/api/v1/session', '/submit', '/plugin-ui/', '/a.js', '/%zz.js', '/..%2fa.js']) {
      expect((await ofFrame(place)).status, place).toBe(404);
    }
    expect((await ofFrame('/plugin-ui/hello/panel.js', { method: 'POST' })).status).toBe(405);
    expect(calls).toHaveLength(1);
  });

  it('says that no server is chosen, or that it does not answer', async () => {
    const none = await protocol(null, null)(get('/api/v1/session'));
    expect([none.status, await none.json()]).toMatchObject([503, { error: { code: 'NO_SERVER_CHOSEN' } }]);
    answer = () => {
      throw new TypeError('refused');
    };
    const silent = await protocol(null)(get('/api/v1/session'));
    expect(await silent.json()).toMatchObject({ error: { code: 'SERVER_UNREACHABLE' } });
  });
});
