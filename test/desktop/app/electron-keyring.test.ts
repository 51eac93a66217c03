import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AppState } from '../../../desktop/shared/ipc.js';
import { AppUser, Display, requireElectron, type RunningApp } from './electron-app.js';

const binary = requireElectron();
const lacking = ['dbus-daemon', 'gnome-keyring-daemon'].filter((name) => spawnSync('which', [name]).status !== 0);
if (lacking.length > 0) process.stderr.write(`SKIPPED: tokens in a real keyring, ${lacking.join(', ')} missing\n`);
const token = 'flt_only-the-keyring-may-give-this-back';

/** The keyring of one user, open, on a bus of its own. */
class Keyring {
  private constructor(
    private readonly processes: ChildProcess[],
    readonly env: Record<string, string>,
  ) {}

  static async open(home: string): Promise<Keyring> {
    const runtime = path.join(home, 'run');
    mkdirSync(runtime, { recursive: true });
    chmodSync(runtime, 0o700);
    const own = { ...process.env, HOME: home, XDG_RUNTIME_DIR: runtime, XDG_DATA_HOME: path.join(home, 'share') };
    const address = `unix:path=${path.join(runtime, 'bus')}`;
    const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address', `--address=${address}`], {
      env: own,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(bus.stdout, 'data');
    const env = { DBUS_SESSION_BUS_ADDRESS: address, XDG_CURRENT_DESKTOP: 'GNOME', XDG_RUNTIME_DIR: runtime };
    const words = ['--foreground', '--unlock', '--components=secrets'];
    const ring = spawn('gnome-keyring-daemon', words, { env: { ...own, ...env }, stdio: ['pipe', 'ignore', 'ignore'] });
    ring.stdin?.end('password of this user');
    const keyring = new Keyring([ring, bus], env);
    await expect.poll(() => keyring.isThere(), { timeout: 20_000 }).toBe(true);
    return keyring;
  }

  private isThere(): boolean {
    const words = ['--print-reply', '--dest=org.freedesktop.DBus', '/', 'org.freedesktop.DBus.NameHasOwner'];
    const asked = [`--bus=${this.env['DBUS_SESSION_BUS_ADDRESS']}`, ...words, 'string:org.freedesktop.secrets'];
    return spawnSync('dbus-send', asked, { encoding: 'utf8' }).stdout.includes('boolean true');
  }

  close(): void {
    for (const one of this.processes) one.kill();
  }
}

describe.skipIf(binary === null || lacking.length > 0)('tokens of the app', () => {
  let display: Display;
  let user: AppUser;
  let folder: string;
  let server: Server;
  let url: string;
  /** Tokens that the server was shown. */
  let shown: Set<string>;

  beforeAll(async () => {
    display = await Display.start();
    server = createServer(({ headers }, response) => {
      shown.add(String(headers['auth-token']));
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{}}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => {
    display?.stop();
    server?.close();
  });
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-keyring-'));
    user = new AppUser(binary ?? '', display);
    shown = new Set();
  });
  afterEach(async () => {
    await user.end();
    rmSync(folder, { recursive: true, force: true });
  });

  const saved = (): string => readFileSync(path.join(user.home, 'settings.json'), 'utf8');
  const backend = ({ app }: RunningApp): Promise<string> =>
    app.evaluate(({ safeStorage }) => safeStorage.getSelectedStorageBackend());
  const state = ({ page }: RunningApp): Promise<AppState | undefined> =>
    page.evaluate(() => window.faultline?.ask('app.state', null));
  /** As a person does on the screen of the servers. */
  async function addServer({ page }: RunningApp, said: RegExp): Promise<void> {
    await page.evaluate(() => location.assign('/app'));
    await page.getByRole('button', { name: 'Add a server' }).click();
    await page.getByText(said).waitFor();
    await page.getByLabel('Name').fill('Ours');
    await page.getByLabel('Address').fill(url);
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => shown.has(token), { timeout: 20_000 }).toBe(true);
  }

  it('are kept in the keyring of the system, and are worth nothing without it', async () => {
    const keyring = await Keyring.open(folder);
    const other = await Keyring.open(path.join(folder, 'other'));
    try {
      const first = await user.start([], keyring.env);
      expect(await backend(first)).toBe('gnome_libsecret');
      await addServer(first, /kept in the system’s safe storage/);
      await first.stop();
      expect(saved()).toContain(url);
      for (const plain of [token, Buffer.from(token).toString('base64').slice(0, 20)])
        expect(saved()).not.toContain(plain);
      shown.clear();
      const second = await user.start([], keyring.env);
      await expect.poll(() => shown.has(token), { timeout: 20_000 }).toBe(true);
      await second.stop();
      shown.clear();
      // The same files with the keyring of somebody else.
      const third = await user.start([], other.env);
      expect(await state(third)).toMatchObject({ keepsTokens: true, profiles: [{ url, hasToken: false }] });
      await third.stop();
      expect([...shown]).not.toContain(token);
    } finally {
      keyring.close();
      other.close();
    }
  });

  it('are kept until the app ends where there is no keyring, which is said, and never as plain text', async () => {
    const nowhere = { DBUS_SESSION_BUS_ADDRESS: 'disabled:', XDG_CURRENT_DESKTOP: 'GNOME' };
    const first = await user.start([], nowhere);
    expect(await state(first)).toMatchObject({ keepsTokens: false });
    await addServer(first, /no safe storage: the token is kept until the app ends/);
    await first.stop();
    expect(JSON.parse(saved())).toMatchObject({ profiles: [{ url, token: '' }] });
    shown.clear();
    const second = await user.start([], nowhere);
    expect(await state(second)).toMatchObject({ profiles: [{ url, hasToken: false }] });
    await second.stop();
    expect([...shown]).not.toContain(token);
  });
});
