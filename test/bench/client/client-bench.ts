/**
 * What a person waits for in the screens, in a real Chromium against a server on generated crashes:
 *
 *     npm run build && node test/bench/run.js test/bench/client/client-bench.ts 1000000
 *
 * A folder as second argument is kept and used again (search's bench makes the same). `--cycles N` sets how many rounds
 * of triage the memory is watched over (200).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import { openBrowser, requireChromium } from '../../system/chromium.js';
import { startServer } from '../../system/server-process.js';

const end = '2026-11-22';
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const count = Number(words[0] ?? 20_000);
const kept = words[1];
const data = kept ?? mkdtempSync(path.join(os.tmpdir(), 'faultline-client-bench-'));
const cycles = Number(/--cycles[ =](\d+)/.exec(process.argv.join(' '))?.[1] ?? 200);
const scope = `from=2026-11-08&to=${end}`;
const row = 'main tr[data-at]';

if (!requireChromium()) process.exit(0);
generate();
const server = await startServer({ data, args: ['--set', 'mozilla.enabled=true', '--set', 'log.level=error'] });
const { page, close } = await openBrowser(server);
const devtools = await page.context().newCDPSession(page);
// A cold index of a million crashes on a busy machine takes its time.
page.setDefaultTimeout(180_000);
await page.addInitScript(watchKeys);
try {
  await firstPaint(page, devtools);
  await keyToPaint(page);
  await scrolling(page);
  await reportOpening(page);
  await memory(page, devtools);
} finally {
  await close();
  await server.stop();
  if (kept === undefined) rmSync(data, { recursive: true });
}

function generate(): void {
  if (existsSync(path.join(data, 'crashes'))) return;
  const options = ['--crashes', String(count), '--days', '90', '--end', end, '--data', data];
  spawnSync(process.execPath, ['server/bin/faultline.js', 'generate', ...options, '--set', 'mozilla.enabled=true'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

/** From an empty cache to the first words, and to the first groups; and the script that came for it. */
async function firstPaint(shown: Page, session: CDPSession): Promise<void> {
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  let script = 0;
  const scripts = new Set<string>();
  session.on('Network.responseReceived', ({ requestId, type }) => type === 'Script' && scripts.add(requestId));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) script += encodedDataLength;
  });
  const paints: number[] = [];
  const rows: number[] = [];
  for (let round = 0; round < 7; round++) {
    script = 0;
    await shown.goto(`${server.url}/inbox?${scope}`);
    await shown.locator(row).first().waitFor();
    rows.push(await shown.evaluate(() => performance.now()));
    paints.push(
      await shown.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN),
    );
  }
  await session.send('Network.setCacheDisabled', { cacheDisabled: false });
  console.log(`inbox, cold: first paint ${median(paints)} ms, first groups ${median(rows)} ms (of 7, medians)`);
  console.log(`JavaScript of the first route: ${(script / 1024).toFixed(0)} KB compressed`);
}

/** From a key press to the paint that shows what it did. */
async function keyToPaint(shown: Page): Promise<void> {
  for (const [name, keys] of [
    ['moving in the inbox (j, k)', 'jjjjjjjjjjkkkkkjjjjjjjjjjjjjjjkkkkkjjjjjjjjjjjjjjj'],
    ['selecting (x, j)', 'xjxjxjxjxjxjxjxjxjxj'],
  ] as const) {
    await shown.evaluate(() => (globalThis.keyTimes = []));
    for (const key of keys) {
      await shown.keyboard.press(key);
      await shown.waitForTimeout(40);
    }
    const times = await shown.evaluate(() => globalThis.keyTimes);
    console.log(`key to paint, ${name}: ${spread(times)} of ${times.length}`);
  }
}

/** Rows flying by: every frame's length. The list fetches its next pages meanwhile. */
async function scrolling(shown: Page): Promise<void> {
  await shown.goto(`${server.url}/reports?from=2026-08-24&to=${end}`);
  await shown.locator(row).first().waitFor();
  // 3,600 pixels a second, as a determined wheel does.
  report('at the speed of a wheel', await scroll(shown, { pixels: 60, rows: 1500 }));
  // No row stays in view from one frame to the next: harder than any hand, and at the end of a page it waits for the next.
  report('without a row staying in view', await scroll(shown, { pixels: 1200, rows: 100_000 }));
}

/** @param by pixels a frame, until so many rows have passed or three minutes */
async function scroll(
  shown: Page,
  by: { pixels: number; rows: number },
): Promise<{ frames: number[]; passed: number }> {
  return await shown.evaluate(async ({ pixels, rows }) => {
    const box = document.querySelector('main .scroller') as HTMLElement;
    const lengths: number[] = [];
    let last = performance.now();
    const until = last + 180_000;
    let far = 0;
    while (last < until && far < rows) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const now = performance.now();
      lengths.push(now - last);
      last = now;
      box.scrollTop += pixels;
      far = Number([...document.querySelectorAll('main tr[data-at]')].at(-1)?.getAttribute('data-at') ?? far);
    }
    return { frames: lengths.slice(1), passed: far };
  }, by);
}

function report(how: string, { frames, passed }: { frames: number[]; passed: number }): void {
  const slow = frames.filter((length) => length > 32).length;
  console.log(`scrolling ${how}, to row ${passed}: frames ${spread(frames)}; ${slow} of ${frames.length} over 32 ms`);
}

/** From Enter on a row to the report's own words. */
async function reportOpening(shown: Page): Promise<void> {
  await shown.goto(`${server.url}/reports?${scope}`);
  await shown.locator(row).first().waitFor();
  const times: number[] = [];
  for (let round = 0; round < 20; round++) {
    await shown.keyboard.press('j');
    await shown.waitForTimeout(150);
    const began = await shown.evaluate(() => performance.now());
    await shown.keyboard.press('Enter');
    await shown.waitForFunction(
      () => location.pathname.startsWith('/report/') && document.querySelector('main h1') !== null,
    );
    times.push((await shown.evaluate(() => performance.now())) - began);
    await shown.keyboard.press('Escape');
    await shown.locator(row).first().waitFor();
  }
  console.log(`report open: ${spread(times)} of ${times.length}`);
}

/** An hour of triage is some 200 groups looked at: what is held after it against what is held after the first tenth. */
async function memory(shown: Page, session: CDPSession): Promise<void> {
  await session.send('HeapProfiler.enable');
  const held = async (): Promise<number> => {
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    return usedSize / 2 ** 20;
  };
  await shown.goto(`${server.url}/inbox?${scope}`);
  await shown.locator(row).first().waitFor();
  const sizes: number[] = [];
  for (let cycle = 0; cycle < cycles; cycle++) {
    await shown.keyboard.press('j');
    await shown.waitForTimeout(60);
    await shown.keyboard.press('Enter');
    await shown.waitForFunction(() => location.pathname.endsWith('/group'));
    await shown.locator('main h1').first().waitFor();
    await shown.waitForTimeout(120);
    await shown.keyboard.press('Escape');
    await shown.waitForFunction(() => location.pathname.endsWith('/inbox'));
    await shown.locator(row).first().waitFor();
    if (cycle % Math.ceil(cycles / 10) === 0) sizes.push(await held());
  }
  sizes.push(await held());
  const shownSizes = sizes.map((size) => size.toFixed(1)).join(', ');
  console.log(`JavaScript heap over ${cycles} rounds of triage: ${shownSizes} MB`);
}

function spread(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(0);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${at(1)} ms`;
}

function median(times: readonly number[]): string {
  return ([...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0).toFixed(0);
}

declare global {
  var keyTimes: number[];
}

/** Runs in the page: milliseconds from each key press to the end of the frame that follows it. */
function watchKeys(): void {
  globalThis.keyTimes = [];
  window.addEventListener(
    'keydown',
    ({ timeStamp }) => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => globalThis.keyTimes.push(performance.now() - timeStamp);
        port2.postMessage(null);
      });
    },
    { capture: true },
  );
}
