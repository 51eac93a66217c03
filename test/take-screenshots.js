// `npm run screenshots`: starts the built server on sample data and 20,000 generated crashes, and takes the pictures of
// the README and of the tour from it. `--keep FOLDER` fills a folder once and uses it again.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = path.join(root, 'desktop', 'screenshots');
const generated = 20_000;
const kept = process.argv.includes('--keep') ? process.argv[process.argv.indexOf('--keep') + 1] : undefined;
const data = kept ?? mkdtempSync(path.join(os.tmpdir(), 'faultline-screenshots-'));
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
    ...['sample-data.fill=true', `generator.fill=${generated}`, 'generator.fields=true'].flatMap((one) => [
      '--set',
      one,
    ]),
  ],
  { stdio: ['ignore', 'pipe', 'pipe'] },
);
let output = '';
for (const stream of [server.stdout, server.stderr]) stream.on('data', (text) => (output += text));

async function until(look, what) {
  for (let tries = 0; tries < 600; tries += 1) {
    const found = await look();
    if (found) return found;
    await sleep(500);
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
  await until(async () => (await search(url, '')).total >= generated + 40, 'the sample reports');
  const { rows } = await search(url, 'product:=Paint signature:~Layer');
  const largest = await fetch(`${url}/api/v1/groups?from=-14d&limit=1`).then((answer) => answer.json());
  const group = new URLSearchParams({ signature: largest.groups[0].signature, from: '-14d' });
  const views = {
    inbox: '/inbox',
    group: `/group?${group}`,
    search: '/search?from=-14d',
    topcrashers: '/topcrashers?from=-7d',
    report: `/report/${rows[0].crash_id}`,
    settings: '/settings',
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
  page.setDefaultTimeout(120_000);
  await page.goto(link);
  await page.waitForURL((at) => !at.pathname.startsWith('/sign-in'));
  const preferences = JSON.stringify({ theme: 'system', hasSeenTour: true });
  await page.evaluate((wanted) => localStorage.setItem('faultline.preferences', wanted), preferences);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const [name, view] of Object.entries(views)) {
      await page.goto(url + view);
      await page.locator('main :is(h1, h2)').first().waitFor();
      await until(async () => (await page.locator('.skeleton').count()) === 0, `all of ${name}`);
      // Charts draw themselves, and what depends on the list comes after it.
      await sleep(2000);
      await until(async () => (await page.locator('.skeleton').count()) === 0, `all of ${name}`);
      await page.screenshot({ path: path.join(target, `${name}-${colorScheme}.png`) });
      console.log(`desktop/screenshots/${name}-${colorScheme}.png`);
    }
  }
  await browser.close();
} finally {
  server.kill('SIGTERM');
  await new Promise((resolve) => server.once('exit', resolve));
  if (kept === undefined) rmSync(data, { recursive: true, force: true });
}
