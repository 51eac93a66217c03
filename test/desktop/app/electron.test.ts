import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { corpusPath, hasCorpus, requireCorpus } from '../../corpus.js';
import { Reader, submitAccepted } from '../../system/crash-client.js';
import { cleanUp, startServer, type RunningServer } from '../../system/server-process.js';
import { AppUser, Display, requireElectron } from './electron-app.js';

requireCorpus();
const binary = requireElectron();
const patiently = { timeout: 30_000, interval: 200 };

/** A plugin whose panel tries to get out of its frame. */
function panelPlugin(folder: string): string {
  const panel = { id: 'fence/panel', title: 'Fenced', slot: 'report.tab', module: 'panel.js' };
  const facts = { id: 'fence', displayName: 'Fence', apiVersion: 1, entry: './index.ts', ui: './ui' };
  mkdirSync(path.join(folder, 'ui'), { recursive: true });
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({
      ...{ name: 'fence', version: '1.0.0', type: 'module' },
      faultline: { ...facts, contributes: { UiPanel: [panel] } },
    }),
  );
  writeFileSync(
    path.join(folder, 'index.ts'),
    `import { definePlugin } from '@faultline/sdk';\nexport default definePlugin({ activate() {} });\n`,
  );
  writeFileSync(
    path.join(folder, 'ui', 'panel.js'),
    `const tried = async (work) => { try { await work(); return 'open'; } catch { return 'closed'; } };
export async function mount(element, { subject, api }) {
  const report = await api.get('crashes/' + subject.crashId);
  const page = await tried(() => parent.document.title);
  const network = await tried(() => fetch('app://faultline/api/v1/version'));
  element.textContent = 'of ' + subject.crashId + ': ' + report.processed.product +
    ', bridge ' + typeof window.faultline + ', page ' + page + ', network ' + network;
  return () => element.replaceChildren();
}
`,
  );
  return folder;
}

/** Runs in the page: what no page of the app may have. */
async function askForMore(): Promise<string[]> {
  const bridge = window.faultline;
  if (bridge === undefined) return [];
  const said = (work: Promise<unknown>) =>
    work.then(
      () => 'answered',
      (error: Error) => error.message,
    );
  const inner = document.body.appendChild(document.createElement('iframe'));
  const foreign = typeof (inner.contentWindow as Window | null)?.faultline;
  inner.remove();
  const module = { codeFile: '', debugFile: '', debugId: '' };
  return [
    await said(bridge.ask('files.read', { handle: crypto.randomUUID(), offset: 0, length: 10 })),
    await said(bridge.ask('files.read', { handle: '/etc/passwd', offset: 0, length: 10 })),
    await said(bridge.ask('symbols.find', Object.assign(module, { more: new Uint8Array(2 ** 30) }))),
    foreign,
  ];
}

describe.skipIf(binary === null || !hasCorpus)('the app in a real Electron', () => {
  let display: Display;
  let user: AppUser;
  let folder: string;
  let server: RunningServer;
  let reader: Reader;

  beforeAll(async () => {
    display = await Display.start();
    folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-app-files-'));
    const plugin = panelPlugin(path.join(folder, 'panel-plugin'));
    server = await startServer({ args: ['--set', `plugins=${JSON.stringify([plugin])}`] });
    reader = await Reader.of(server);
  });
  afterAll(async () => {
    await server?.stop();
    display?.stop();
    rmSync(folder, { recursive: true, force: true });
    cleanUp();
  });
  beforeEach(() => {
    user = new AppUser(binary ?? '', display);
  });
  afterEach(() => user.end());

  async function resolveIn(signature: string, version: string): Promise<void> {
    const answer = await fetch(`${server.url}/api/v1/groups/changes`, {
      method: 'POST',
      headers: { 'auth-token': reader.token, 'content-type': 'application/json' },
      body: JSON.stringify({ groups: [{ signature }], change: { do: 'resolve', in: { version } } }),
    });
    expect(answer.status).toBe(200);
  }

  function profile(id: string, url: string) {
    return { id, name: `server ${id}`, url: `${url}/`, token: '' };
  }

  it('opens a dump from disk, walks it with a watched symbol folder, and comes back where it was', async () => {
    const symbols = path.join(folder, 'symbols');
    mkdirSync(symbols);
    user.settings({ symbolFolders: [{ id: 'a', path: symbols }] });
    const first = await user.start([corpusPath('own/crashy.dmp')]);
    await first.page.getByText('No function names for crashy, libc.so.6 on the crashing stack.').waitFor();
    expect(await first.page.evaluate(() => [typeof window.faultline, typeof globalThis.require])).toEqual([
      'object',
      'undefined',
    ]);
    expect(await first.page.evaluate(askForMore)).toEqual([
      expect.stringContaining('(FILE_NOT_GIVEN)'),
      expect.stringContaining('(MESSAGE_MALFORMED)'),
      expect.stringContaining('(MESSAGE_TOO_LARGE)'),
      'undefined',
    ]);
    // A build ends: its symbols arrive in the folder.
    cpSync(corpusPath('own/symbols'), symbols, { recursive: true });
    await first.page.getByRole('heading', { level: 1, name: /decode_job/ }).waitFor();
    await first.page.getByRole('tab', { name: 'Modules' }).click();
    await first.page.screenshot({ path: path.join(folder, 'app.png') });
    // Another dump is opened from the system's file manager.
    await user.startAgain([pathToFileURL(corpusPath('rust-minidump/test.dmp')).href]);
    await first.page.getByRole('heading', { name: '2 dumps' }).waitFor();
    // And one from a terminal that stands in another folder.
    await user.startAgain(['minidump2.dmp'], corpusPath('breakpad'));
    await first.page.getByRole('heading', { name: '3 dumps' }).waitFor();
    await first.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.setBounds({ x: 90, y: 70, width: 1100, height: 700 }),
    );
    await first.stop();
    const second = await user.start();
    const bounds = await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());
    expect(bounds).toEqual({ x: 90, y: 70, width: 1100, height: 700 });
    await second.page.getByRole('heading', { name: 'Open a crash dump' }).waitFor();
    await second.page.getByRole('button', { name: 'crashy.dmp' }).click();
    await second.page.getByRole('heading', { level: 1, name: /decode_job/ }).waitFor();
    await second.stop();
  });

  it('follows a link, switches between two servers, and triages by keyboard', async () => {
    const other = await startServer();
    const crashId = await submitAccepted(
      server.url,
      { ProductName: 'Paint', Version: '1.0' },
      { upload_file_minidump: readFileSync(corpusPath('own/crashy.dmp')) },
    );
    await reader.processed(crashId);
    user.settings({ profiles: [profile('one', server.url), profile('two', other.url)], chosen: 'two' });
    const { app, page, stop } = await user.start();
    await page.getByRole('link', { name: 'Inbox', exact: true }).waitFor();
    await page.evaluate(() => location.assign('/app'));
    await page
      .getByRole('row', { name: /server two/ })
      .getByText('in use')
      .waitFor();
    await page
      .getByRole('row', { name: /server one/ })
      .getByRole('button', { name: 'Edit' })
      .click();
    await page.getByLabel('Token').fill(reader.token);
    await page.getByRole('button', { name: 'Save' }).click();
    await page
      .getByRole('row', { name: /server one/ })
      .getByRole('button', { name: 'Use' })
      .click();
    await page
      .getByRole('row', { name: /server one/ })
      .getByText('in use')
      .waitFor();
    const cookies = await app.evaluate(({ session }) => session.defaultSession.cookies.get({}));
    expect(cookies).toEqual([]);
    await user.startAgain([`faultline://report/${crashId}?server=${encodeURIComponent(`${server.url}/`)}`]);
    await page.getByRole('heading', { level: 1, name: /null pointer/ }).waitFor();
    // A server's panel: in a frame that reaches nothing but what it was given.
    await page.getByRole('tab', { name: 'Fenced' }).click();
    const panel = page.frameLocator('iframe[title="Fenced"]');
    await panel.getByText(`of ${crashId}: Paint, bridge undefined, page closed, network closed`).waitFor();
    await page.screenshot({ path: path.join(folder, 'panel.png') });
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.getByRole('heading', { name: /Inbox/ }).waitFor();
    await page.getByRole('row').nth(1).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('i');
    await expect.poll(async () => (await reader.groups()).groups[0]?.triage.state, patiently).toBe('in-progress');
    // The dump of that crash in the page, and from there to the server again.
    await page.evaluate((id) => location.assign(`/local?crash=${id}`), crashId);
    await page.getByText('read in').waitFor();
    await page.getByRole('button', { name: 'Send to server' }).click();
    await page.getByLabel('Product').fill('Resent');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('The server took it as').waitFor();
    await expect.poll(async () => (await reader.search('product:Resent')).total, patiently).toBeGreaterThan(0);
    await stop();
    await other.stop();
  });

  it('leaves no connection behind when its page is loaded again', async () => {
    user.settings({ profiles: [profile('one', server.url)], chosen: 'one' });
    const { page, stop } = await user.start();
    // A browser has six for a server: each page takes one for its events.
    for (let turn = 0; turn < 8; turn++) {
      await page.goto('app://faultline/reports');
      await page.getByText('Live', { exact: true }).waitFor();
    }
    await stop();
  });

  it('notifies of a group that came back, and a click leads there', async () => {
    user.settings({ profiles: [profile('one', server.url)], chosen: 'one' });
    const { app, page, stop } = await user.start();
    await page.getByRole('link', { name: 'Inbox', exact: true }).waitFor();
    await page.evaluate(() => {
      localStorage.setItem('faultline.preferences', JSON.stringify({ language: 'de' }));
      location.reload();
    });
    const menu = () => app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map(({ label }) => label) ?? []);
    await expect.poll(menu, patiently).toEqual(expect.arrayContaining(['Datei', 'Bearbeiten', 'Fenster']));
    // Nobody shows notifications on this display: what would be shown is kept instead.
    await app.evaluate(({ Notification }) => {
      Notification.isSupported = () => true;
      Notification.prototype.show = function (this: Electron.Notification) {
        Object.assign(globalThis, { shown: this });
      };
    });
    const crash = (version: string) =>
      submitAccepted(
        server.url,
        { ProductName: 'Kettle', Version: version },
        { upload_file_minidump: readFileSync(corpusPath('rust-minidump/test.dmp')) },
      );
    const { processed } = await reader.processed(await crash('1.0'));
    const signature = String(processed?.['signature']);
    await resolveIn(signature, '2.0');
    await crash('2.0');
    const shown = () =>
      app.evaluate(() => {
        const { shown: last } = globalThis as { shown?: Electron.Notification };
        return last === undefined ? '' : `${last.title}: ${last.body}`;
      });
    await expect.poll(shown, patiently).toBe(`Eine Absturzgruppe ist zurück: ${signature}`);
    await app.evaluate(() => void (globalThis as { shown?: Electron.Notification }).shown?.emit('click'));
    await page.waitForURL(/\/group\?signature=/);
    await stop();
    const again = await user.start();
    await again.page.waitForURL(/\/group\?signature=/);
    await again.stop();
  });

  it('keeps crashes on this computer for who has no server', async () => {
    const { page, stop } = await user.start();
    await page.evaluate(() => location.assign('/app'));
    await page.getByText('No server yet').waitFor();
    await page.getByRole('button', { name: 'Start it' }).click();
    const own = page.getByRole('row', { name: /This computer/ });
    await own.getByText('in use').waitFor();
    await page.getByRole('region', { name: 'Keep crashes on this computer' }).getByText('running').waitFor();
    await page.screenshot({ path: path.join(folder, 'servers.png') });
    const url = (await own.getByRole('cell').first().textContent()) ?? '';
    await submitAccepted(
      url.replace(/\/$/, ''),
      { ProductName: 'Mine' },
      { upload_file_minidump: readFileSync(corpusPath('own/crashy.dmp')) },
    );
    // It is listed once it has been processed.
    const listed = async () => {
      await page.goto('app://faultline/reports');
      await page.waitForTimeout(500);
      return page.getByText('Mine').count();
    };
    await expect.poll(listed, patiently).toBeGreaterThan(0);
    await stop();
    await expect(fetch(`${url}api/v1/version`)).rejects.toThrow();
  });

  it('crashes on purpose, and the crash is listed at the server under its name, opened and signed', async () => {
    user.settings({ profiles: [profile('one', server.url)], chosen: 'one' });
    const { app, page } = await user.start();
    await page.getByRole('link', { name: 'Inbox', exact: true }).waitFor();
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer());
    await expect.poll(async () => (await reader.search('product:Faultline')).total, patiently).toBeGreaterThan(0);
    const { rows } = await reader.search('product:Faultline');
    const crashId = String(rows[0]?.['crash_id'] ?? '');
    const { processed } = await reader.processed(crashId);
    expect(processed).toMatchObject({ product: 'Faultline', release_channel: 'desktop', version: '0.1.0' });
    const signature = String(processed?.['signature']);
    expect(signature).not.toBe('');
    // The window is there again by itself.
    const isCrashed = () =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.isCrashed());
    await expect.poll(isCrashed, patiently).toBe(false);
    await app.close();
    const again = await user.start([`faultline://report/${crashId}`]);
    await again.page.getByRole('link', { name: signature }).first().waitFor();
    await again.page.getByText('Faultline', { exact: false }).first().waitFor();
    await again.stop();
  });
});
