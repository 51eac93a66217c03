import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { corpusFolder } from '../corpus.js';
import { openBrowser, requireChromium } from './chromium.js';
import { Reader } from './crash-client.js';
import { cleanUp, startServer } from './server-process.js';

const sender = path.join(corpusFolder, '..', 'tools', 'send-real-crash');
/** Waits only as long as it must; `real-crash.long.test.ts` runs the tool as it stands. */
const atOnce = path.resolve('test/system/send-crash-at-once.py');
const asItStands = process.env['FAULTLINE_REAL_CRASH'] === 'as it stands';

/** The sender stands beside the corpus; without it, or without Chromium, there is no real crash to send. */
function requireSender(): boolean {
  if (existsSync(sender)) return requireChromium();
  if (process.env['CI'] === 'true') throw new Error(`The crash sender is missing: ${sender}`);
  process.stderr.write(`SKIPPED: a real Crashpad upload, no sender at ${sender}\n`);
  return false;
}

function sendRealCrash(url: string): Promise<{ code: number | null; output: string }> {
  const child = spawn('python3', asItStands ? [sender, '--url', url] : [atOnce, sender, url], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  child.stderr.on('data', (text: Buffer) => (output += text.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

afterAll(cleanUp);

describe.skipIf(!requireSender())('a real Chromium crash, uploaded by its real Crashpad handler', () => {
  it('becomes a report that a person reads', { timeout: 120_000 }, async () => {
    const server = await startServer();
    const reader = await Reader.of(server);
    const browser = await openBrowser(server);
    try {
      const { code, output } = await sendRealCrash(`${server.url}/submit`);
      expect(code, output).toBe(0);

      const until = Date.now() + 20_000;
      let found = await reader.search('product:Chrome_Linux');
      while (found.total === 0 && Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        found = await reader.search('product:Chrome_Linux');
      }
      expect(found.total).toBeGreaterThan(0);
      const crashId = String(found.rows[0]?.['crash_id']);
      const report = await reader.report(crashId);
      expect(report.runs[0]?.status).toBe('complete');

      const { page } = browser;
      await page.goto(`${server.url}/report/${crashId}`);
      await page.getByText('SIGSEGV').first().waitFor();
      await page.getByText('chromium').first().waitFor();
      const rows = page.getByRole('table').first().getByRole('row');
      await rows.nth(3).waitFor();
      await page.getByRole('tab', { name: 'Annotations' }).click();
      await page.getByText('ptype').first().waitFor();
      expect(browser.violations()).toEqual([]);
    } finally {
      await browser.close();
    }
    expect(await server.stop()).toBe(0);
  });
});
