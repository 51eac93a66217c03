import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Reader } from '../../system/crash-client.js';
import { cleanUp, startServer, temporaryFolder } from '../../system/server-process.js';
import { Display, requireElectron } from './electron-app.js';

const electron = requireElectron() ?? '';

/** An app that follows the guide in the app ("Connect a client"), crashes its renderer and prints the upload's id. */
function paintApp(): string {
  const folder = path.join(temporaryFolder(), 'paint');
  mkdirSync(folder);
  const facts = { name: 'paint', productName: 'Paint', version: '3.2.1', main: 'main.js' };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(facts));
  writeFileSync(
    path.join(folder, 'main.js'),
    `const { app, crashReporter, BrowserWindow } = require('electron');
crashReporter.start({
  submitURL: process.env.SUBMIT_URL,
  productName: 'Paint',
  compress: true,
  globalExtra: { _version: app.getVersion(), channel: 'beta' },
});
app.whenReady().then(async () => {
  const webPreferences = { nodeIntegration: true, contextIsolation: false };
  const window = new BrowserWindow({ show: false, webPreferences });
  await window.loadURL('data:text/html,paint');
  window.webContents.executeJavaScript('process.crash()').catch(() => {});
  setInterval(() => {
    const last = crashReporter.getLastCrashReport();
    if (last?.id) { console.log('id ' + JSON.stringify(last.id)); app.exit(0); }
  }, 200);
});
`,
  );
  return folder;
}

async function crashOf(app: string, display: Display, submitUrl: string): Promise<string> {
  const home = temporaryFolder();
  const child = spawn(electron, ['--no-sandbox', '--disable-gpu', `--user-data-dir=${home}`, app], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, SUBMIT_URL: submitUrl, HOME: home, DISPLAY: display.name },
  });
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  const limit = setTimeout(() => child.kill('SIGKILL'), 40_000);
  await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(limit);
  return JSON.parse(/^id (.*)$/m.exec(output)?.[1] ?? '""') as string;
}

afterAll(cleanUp);

describe.skipIf(electron === '')('a crash of a real Electron app', () => {
  it("is listed under the app's own name, and its id is what the app shows", async () => {
    const display = await Display.start();
    const server = await startServer();
    try {
      const reader = await Reader.of(server);
      const app = paintApp();
      const said = await crashOf(app, display, `${server.url}/submit`);
      expect(said).toMatch(/^CrashID=bp-[0-9a-f-]{36}\n$/);
      const bare = await crashOf(app, display, `${server.url}/api/1/minidump/`);
      expect(bare).toMatch(/^[0-9a-f-]{36}$/);
      for (const crashId of [said.replace(/^CrashID=bp-|\n/g, ''), bare]) {
        const { processed } = await reader.processed(crashId);
        expect(processed).toMatchObject({ product: 'Paint', version: '3.2.1', release_channel: 'beta' });
        expect((await reader.search(`crash_id:${crashId} product:Paint`)).total).toBe(1);
      }
    } finally {
      display.stop();
    }
    expect(await server.stop()).toBe(0);
  });
});
