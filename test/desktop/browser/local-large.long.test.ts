import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corpusPath, hasCorpus, requireCorpus } from '../../corpus.js';
import { writeSparseDump } from '../../system/sparse-dump.js';
import { launchBrowser, whyNoBrowser } from '../fixture/chromium.js';
import { FixtureServer } from '../fixture/fixture-server.js';
import { anonymous } from '../fixture/sample-system.js';

/** Bytes of RssAnon + RssShmem over the browser's processes: pages of files that are mapped don't count. */
function memoryOf(browserPid: number): number {
  const processes = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const family = new Set([browserPid]);
  for (let grows = true; grows;) {
    const before = family.size;
    for (const [pid, parent] of processes) if (family.has(parent)) family.add(pid);
    grows = family.size > before;
  }
  let bytes = 0;
  for (const pid of family) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      for (const [, kilobytes] of status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB/gm))
        bytes += Number(kilobytes) * 1024;
    } catch {
      // It ended meanwhile.
    }
  }
  return bytes;
}

requireCorpus();

describe.skipIf(whyNoBrowser() !== null || !hasCorpus || process.platform !== 'linux')(
  'a dump of more than a gigabyte in a browser',
  () => {
    let browser: Browser;
    let server: FixtureServer;
    let page: Page;
    let folder: string;
    let pid: number;

    beforeAll(async () => {
      browser = await launchBrowser();
      const session = await browser.newBrowserCDPSession();
      const { processInfo } = await session.send('SystemInfo.getProcessInfo');
      pid = processInfo.find(({ type }) => type === 'browser')?.id ?? 0;
      server = await FixtureServer.start();
      server.session = anonymous;
      page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-local-large-'));
      await page.goto(`${server.url}local`);
      await page.getByRole('heading', { name: 'Open a crash dump' }).waitFor();
    });
    afterAll(async () => {
      await browser.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it('opens, shows its memory and is searched, at flat memory', async () => {
      const file = path.join(folder, 'large.dmp');
      await writeSparseDump(file);
      expect(statSync(file).size).toBeGreaterThan(2 ** 30);
      await expect.poll(() => page.workers().length, { timeout: 20_000 }).toBe(4);
      const before = memoryOf(pid);
      await page.locator('[data-local-files]').setInputFiles(file);
      await page.getByText('read in').waitFor();
      await page.getByRole('table', { name: /Stack of thread/ }).waitFor();
      await page.getByRole('tab', { name: 'Memory' }).click();
      const bytes = page.getByRole('region', { name: 'Bytes' });
      await expect.poll(() => bytes.getByRole('row').count(), { timeout: 20_000 }).toBeGreaterThan(10);
      const opened = (memoryOf(pid) - before) / 2 ** 20;
      // A pattern that is nowhere: all of it is looked through, piece by piece.
      await page.getByPlaceholder('Find text').fill('hex: f0 0d f0 0d f0 0d f0 0d 77');
      await page.keyboard.press('Enter');
      await page.getByText('The dump does not hold that.').waitFor({ timeout: 120_000 });
      const searched = (memoryOf(pid) - before) / 2 ** 20;
      const size = (statSync(file).size / 2 ** 30).toFixed(1);
      process.stderr.write(
        `a dump of ${size} GB: the browser grew by ${opened.toFixed(0)} MB, searched by ${searched.toFixed(0)} MB\n`,
      );
      expect(opened).toBeLessThan(150);
      // Pieces that were read wait for the collector.
      expect(searched).toBeLessThan(700);
    });

    it('tells how far it is with symbols of 200 MB, and stops when asked with what it has', async () => {
      const text = path.join(folder, 'crashy.sym');
      const lines = Array.from(
        { length: 100_000 },
        (_, at) => `FUNC ${(0x100_0000 + at * 16).toString(16)} 10 0 some::long::name::of::function_${at}\n`,
      ).join('');
      writeFileSync(text, 'MODULE Linux x86_64 F734D29C70870C9857DD32A635B0BDBE0 crashy\n');
      for (let part = 0; part < 40; part++) appendFileSync(text, lines);
      await page.goto(`${server.url}local`);
      await page.locator('[data-local-files]').setInputFiles(corpusPath('own/crashy.dmp'));
      await page.getByText('read in').waitFor();
      await page.locator('[data-local-files]').first().setInputFiles(text);
      await page.getByText(/Indexing symbols, [\d.]+ MB of/).waitFor();
      await page.getByRole('button', { name: 'Stop' }).click();
      await page.getByText('Stopped. What was found until then is shown.').waitFor({ timeout: 5000 });
      await page.getByRole('table', { name: /Stack of thread 2/ }).waitFor();
    });
  },
);
