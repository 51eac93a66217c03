// `npm run screenshots`: starts the built server on sample data and takes the README's pictures from it.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = path.join(root, 'desktop', 'screenshots');
const data = mkdtempSync(path.join(os.tmpdir(), 'faultline-screenshots-'));
const executablePath = process.env.FAULTLINE_CHROMIUM ?? '/usr/bin/chromium';

const server = spawn(
  process.execPath,
  [
    path.join(root, 'server/bin/faultline.js'),
    'serve',
    '--data',
    data,
    '--port',
    '0',
    '--set',
    'sample-data.fill=true',
  ],
  { stdio: ['ignore', 'pipe', 'pipe'] },
);
let output = '';
for (const stream of [server.stdout, server.stderr]) stream.on('data', (text) => (output += text));

async function until(look, what) {
  for (let tries = 0; tries < 300; tries += 1) {
    const found = await look();
    if (found) return found;
    await sleep(200);
  }
  throw new Error(`${what} never came:\n${output}`);
}

async function search(url, query) {
  const response = await fetch(`${url}/api/v1/search?limit=1&from=-30d&q=${encodeURIComponent(query)}`);
  return response.ok ? response.json() : { total: 0, rows: [] };
}

try {
  mkdirSync(target, { recursive: true });
  const url = await until(() => /^ready (\S+)$/m.exec(output)?.[1], 'the server');
  const link = /\S+\/sign-in#code=\S+/.exec(output)?.[0];
  await until(async () => (await search(url, '')).total >= 40, 'the sample reports');
  const { rows } = await search(url, 'signature:~Layer');
  const views = {
    inbox: '/inbox',
    group: '/group?signature=canvas%3A%3ALayer%3A%3Abounds',
    search: '/search?from=-14d',
    report: `/report/${rows[0].crash_id}`,
  };
  const flags = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--no-first-run',
    '--disable-quic',
  ];
  const browser = await chromium.launch({ executablePath, args: flags });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  await page.goto(link);
  await page.waitForURL((at) => !at.pathname.startsWith('/sign-in'));
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const [name, view] of Object.entries(views)) {
      await page.goto(url + view);
      await page.waitForLoadState('load');
      await sleep(1500);
      await page.screenshot({ path: path.join(target, `${name}-${colorScheme}.png`) });
      console.log(`desktop/screenshots/${name}-${colorScheme}.png`);
    }
  }
  await browser.close();
} finally {
  server.kill('SIGTERM');
  await new Promise((resolve) => server.once('exit', resolve));
  rmSync(data, { recursive: true, force: true });
}
