/**
 * Local dumps in a real Chromium, and the app's start, timed inside the page:
 *
 *     node test/bench/run.js test/bench/local/local-dumps-bench.ts
 *
 * Needs `npm run build` and the corpus; the 327 MB of symbols are made by the shared `make-big-sym` where that tool
 * stands beside the repository, the app's start is timed where a real Electron is.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { corpusPath } from '../../corpus.js';
import { AppUser, Display, requireElectron } from '../../desktop/app/electron-app.js';
import { launchBrowser } from '../../desktop/fixture/chromium.js';
import { FixtureServer } from '../../desktop/fixture/fixture-server.js';
import { anonymous } from '../../desktop/fixture/sample-system.js';

const runs = 5;
const median = (times: number[]): number => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
const say = (what: string, milliseconds: number, aim: string): void =>
  console.log(`${what.padEnd(52)} ${milliseconds.toFixed(0).padStart(6)} ms   aim ${aim}`);

/** From the moment the page gets files to the first moment that it shows something. */
async function timeTo(page: Page, files: string[], shown: string): Promise<number> {
  await page.evaluate((wanted) => {
    const input = document.querySelector('[data-local-files]');
    const isShown = () => new RegExp(wanted).test(document.body.innerText);
    const state = window as unknown as { took?: Promise<number> };
    state.took = new Promise((resolve) => {
      input?.addEventListener(
        'change',
        () => {
          const began = performance.now();
          const look = (): void => {
            if (isShown()) resolve(performance.now() - began);
            else requestAnimationFrame(look);
          };
          look();
        },
        { capture: true, once: true },
      );
    });
  }, shown);
  await page.locator('[data-local-files]').first().setInputFiles(files);
  return page.evaluate(() => (window as unknown as { took: Promise<number> }).took);
}

const server = await FixtureServer.start();
server.session = anonymous;
const browser = await launchBrowser();
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
const folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-local-bench-'));

async function fresh(): Promise<void> {
  await page.goto(`${server.url}local`);
  await page.getByRole('heading', { name: 'Open a crash dump' }).waitFor();
  while (page.workers().length < 4) await page.waitForTimeout(20);
  await page.waitForTimeout(300);
}
async function forgetIndexes(): Promise<void> {
  await page.evaluate(
    () => new Promise((resolve) => (indexedDB.deleteDatabase('faultline-symbol-indexes').onsuccess = resolve)),
  );
}

const chromiumDump = readdirSync(corpusPath('chromium')).find((name) => name.endsWith('.dmp')) ?? '';
for (const [dump, frame] of [
  [corpusPath('own/crashy.dmp'), 'crashy \\+ 0x40437'],
  [corpusPath('chromium', chromiumDump), 'Trust[\\s\\S]*exact'],
] as const) {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    await fresh();
    times.push(await timeTo(page, [dump], frame));
  }
  say(`${path.basename(dump)} dropped to first frames`, median(times), '< 300 ms');
}

const symbols = readdirSync(corpusPath('own/symbols'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.sym'))
  .map((name) => corpusPath('own/symbols', name));
const toNames: number[] = [];
for (let run = 0; run < runs; run++) {
  await fresh();
  await forgetIndexes();
  await timeTo(page, [corpusPath('own/crashy.dmp')], 'read in');
  toNames.push(await timeTo(page, symbols, 'crashy::decode::decode_job'));
}
say('3.6 MB of symbols dropped to names', median(toNames), '< 1 s');

const tool = path.resolve('../shared/tools/make-big-sym');
if (existsSync(tool)) {
  const big = path.join(folder, 'test_app.sym');
  execFileSync('python3', [tool, big, '327']);
  await fresh();
  await forgetIndexes();
  await timeTo(page, [corpusPath('rust-minidump/test.dmp')], 'read in');
  say('327 MB of symbols indexed, to names', await timeTo(page, [big], 'test_app.cc'), '< 8 s');
  const again: number[] = [];
  for (let run = 0; run < runs; run++) {
    await fresh();
    await timeTo(page, [corpusPath('rust-minidump/test.dmp')], 'read in');
    again.push(await timeTo(page, [big], 'test_app.cc'));
  }
  say('the same, the second time', median(again), '< 300 ms');
}
await browser.close();
await server.stop();

const electron = requireElectron();
if (electron !== null) {
  const display = await Display.start();
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const user = new AppUser(electron, display);
    const began = performance.now();
    const { page: window, stop } = await user.start();
    await window.getByRole('heading', { name: 'Open a crash dump' }).waitFor();
    times.push(performance.now() - began);
    await stop();
    await user.end();
  }
  display.stop();
  say('the app from its start to usable', median(times), '< 2 s');
}
rmSync(folder, { recursive: true, force: true });
