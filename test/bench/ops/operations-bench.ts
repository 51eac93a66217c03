/**
 * What watching costs, and how soon the operations stand on the screen with two weeks of history. Needs the build.
 *
 *     node test/bench/run.js test/bench/ops/operations-bench.ts [seconds]
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { RingFile } from '../../../plugins/ops/src/history/ring-file.js';
import { levels } from '../../../plugins/ops/src/history/history.js';
import { Reader } from '../../system/crash-client.js';
import { cleanUp, faultline, startServer, temporaryFolder, type RunningServer } from '../../system/server-process.js';

const seconds = Number(process.argv[2] ?? 60);
const executablePath = process.env['FAULTLINE_CHROMIUM'] ?? '/usr/bin/chromium';

async function main(): Promise<void> {
  const without = await idleShare(['--set', 'disabled=["ops","notices"]'], null);
  const watching = await idleShare([], null);
  const looking = await idleShare([], async (server) => {
    const reader = await Reader.of(server);
    const timer = setInterval(() => void reader.get('/api/v1/operations'), 2500);
    const charts = setInterval(() => void reader.get(`/api/v1/operations/history?series=${names().join()}`), 10_000);
    return () => {
      clearInterval(timer);
      clearInterval(charts);
    };
  });
  row('processor time of an idle server without ops and notices', percent(without));
  row('with them', percent(watching));
  row('with them and a screen that asks as the page does', percent(looking));
  row('so watching costs', percent(watching - without));
  row('and watching with a screen open', percent(looking - without));

  const data = temporaryFolder();
  await fillHistory(path.join(data, 'plugins', 'ops', 'history.ring'));
  const server = await startServer({ data });
  const began = performance.now();
  const reader = await Reader.of(server);
  row('a token by the command line', `${Math.round(performance.now() - began)} ms`);
  const asked: number[] = [];
  for (let n = 0; n < 10; n++) {
    const start = performance.now();
    const from = new Date(Date.now() - 14 * 86_400_000).toISOString();
    await reader.get(`/api/v1/operations/history?points=300&from=${from}&series=${names().join()}`);
    asked.push(performance.now() - start);
  }
  row('14 days of 20 series over HTTP, median of 10', `${Math.round(median(asked))} ms`);
  row('the same page in Chromium, with data on the screen, median of 5', `${Math.round(await opened(server))} ms`);
  await server.stop();
  cleanUp();
}

const names = () => Array.from({ length: 20 }, (_, at) => `queue.bench${at}.depth`);

/** Share of one processor over a minute. */
async function idleShare(args: string[], begin: ((server: RunningServer) => Promise<() => void>) | null) {
  const server = await startServer({ args });
  const end = await begin?.(server);
  await sleep(8000);
  const before = ticks(server.pid);
  await sleep(seconds * 1000);
  const used = (ticks(server.pid) - before) / 100 / seconds;
  end?.();
  await server.stop();
  return used;
}

/** Clock ticks (10 ms) that a process has used. */
function ticks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

async function fillHistory(file: string): Promise<void> {
  const { mkdirSync } = await import('node:fs');
  mkdirSync(path.dirname(file), { recursive: true });
  const ring = await RingFile.open(file, { levels, mostSeries: 256, mayWrite: true });
  const newest = Math.floor(Date.now() / 60_000) - 1;
  for (let slot = newest - 20_159; slot <= newest; slot += 1) {
    // Every tenth minute is enough to be drawn; the rest reads as nothing recorded.
    if (slot % 10 === 0) await ring?.write(1, slot, new Map(names().map((name, at) => [name, (slot + at) % 97])));
  }
  await ring?.close();
}

async function opened(server: RunningServer): Promise<number> {
  const link = await faultline(['login-link', '--data', server.data]);
  const address = /http\S+/.exec(link.stdout)?.[0] ?? '';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 1000 } })).newPage();
  await page.goto(address);
  await page.waitForURL(/inbox/);
  const times: number[] = [];
  for (let n = 0; n < 5; n++) {
    await page.goto(`${server.url}/inbox`);
    await page.locator('h1').first().waitFor();
    const start = performance.now();
    await page.getByRole('link', { name: 'Operations' }).click();
    await page.locator('#history canvas').first().waitFor();
    times.push(performance.now() - start);
  }
  await browser.close();
  return median(times);
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} % of a core`;
}

function row(what: string, figure: string): void {
  console.log(`${what.padEnd(68)}${figure}`);
}

await main();
