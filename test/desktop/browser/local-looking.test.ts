import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeMinidump } from '@faultline/minidump';
import { corpusPath, hasCorpus, requireCorpus } from '../../corpus.js';
import { launchBrowser, whyNoBrowser } from '../fixture/chromium.js';
import { FixtureServer } from '../fixture/fixture-server.js';
import { anonymous } from '../fixture/sample-system.js';
import { LocalPage } from './local-page.js';

requireCorpus();

const patiently = { timeout: 20_000 };

describe.skipIf(whyNoBrowser() !== null || !hasCorpus)('an open dump in a browser', () => {
  let browser: Browser;
  let server: FixtureServer;
  let local: LocalPage;
  let page: Page;
  let folder: string;

  beforeAll(async () => {
    browser = await launchBrowser();
    server = await FixtureServer.start();
    // Nobody is signed in, and nobody need be.
    server.session = anonymous;
    folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-local-'));
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    local = await LocalPage.open(browser, server);
    page = local.page;
  });
  afterEach(async () => {
    await local.close();
    expect([local.faults, local.axe.found]).toEqual([[], {}]);
  });

  function written(name: string, content: Uint8Array | string): string {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  it('shows memory, follows a pointer and finds text', async () => {
    await local.give([corpusPath('own/crashy.dmp')]);
    await page.getByText('read in').waitFor();
    await page.getByRole('heading', { name: 'Stack words' }).click();
    const words = page.getByRole('table', { name: 'Stack words' });
    await words.getByText('return address of frame 1').waitFor();
    await local.axe.look('stack words', { themes: ['light'] });
    await page.getByRole('tab', { name: 'Memory' }).click();
    const bytes = page.getByRole('region', { name: 'Bytes' });
    await expect.poll(() => bytes.getByRole('row').nth(3).textContent(), patiently).toMatch(/[0-9a-f]{16}/);
    await page.getByPlaceholder('Go to address').fill('0x7f9464063c70');
    await page.keyboard.press('Enter');
    await bytes.getByText(/^→ 0x/).waitFor();
    await local.axe.look('memory', { themes: ['light'] });
    await page.getByPlaceholder('Find text').fill('hex: 00 00 00 00 00 00 00 00');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url(), patiently).toMatch(/address=0x7f9464063c/);
  });

  it('compares two dumps, and has nothing for axe to find', async () => {
    await local.axe.look('nothing open', { themes: ['dark', 'light'] });
    await local.give([corpusPath('breakpad/ascii_read_av.dmp'), corpusPath('breakpad/ascii_read_av_xchg_write.dmp')]);
    await page.getByRole('heading', { name: '2 dumps' }).waitFor();
    await page.getByText('read in').waitFor();
    await local.axe.look('two dumps', { themes: ['dark', 'light'] });
    await page.getByRole('button', { name: 'Compare with' }).click();
    await page.locator('.n-dropdown-option').first().click();
    await page.getByText(/frames? in common/).waitFor();
    await page.getByRole('region', { name: 'Registers that differ' }).waitFor();
    await local.axe.look('compared', { themes: ['dark', 'light'] });
  });

  it('takes what is private out of a report to share, after showing it', async () => {
    const dump = await writeMinidump({
      os: 'Linux',
      cpu: 'amd64',
      modules: [{ base: 0x40_0000n, size: 0x1_0000, name: '/home/jane.roe/bin/app' }],
      threads: [
        {
          id: 1,
          name: 'jane.roe',
          registers: { rip: 0x40_1000n, rsp: 0x7fff_0000n },
          stack: { start: 0x7fff_0000n, words: [0] },
        },
      ],
      exception: { threadId: 1, code: 11, flags: 1, address: 0x45n, registers: { rip: 0x40_1000n, rsp: 0x7fff_0000n } },
      linux: {
        commandLine: ['/home/jane.roe/bin/app', '--password=hunter22'],
        environment: { SECRET_NAME_OF_ENV: 'x' },
      },
      crashpad: {
        annotations: {
          email: 'jane.roe@example.org',
          last_page: 'https://bank.example.org/pay?account=DE8937&pin=1234#step',
          comment_of_user: 'my cat is called Minka',
          note: 'saved to C:\\Users\\Jane Roe\\Desktop\\x.txt',
          version: '7.1.2',
        },
      },
    });
    await local.give([written('private.dmp', dump)]);
    await page.getByText('read in').waitFor();
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByText('Save as a report to share (HTML)').click();
    const dialog = page.getByRole('dialog', { name: 'A report to share' });
    await dialog.getByText('User names in paths').waitFor();
    expect(await dialog.getByRole('checkbox', { name: /jane\.roe/ }).count()).toBeGreaterThan(0);
    await local.axe.look('a report to share', { themes: ['light'] });
    const download = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Save' }).click();
    const html = readFileSync(await (await download).path(), 'utf8');
    for (const planted of [
      'jane',
      'roe@',
      'hunter22',
      'SECRET_NAME_OF_ENV',
      'DE8937',
      'pin=1234',
      'Minka',
      'Jane Roe',
    ]) {
      expect(html.toLowerCase(), planted).not.toContain(planted.toLowerCase());
    }
    expect(html).toContain('7.1.2');
    expect(html).toContain('https://bank.example.org/pay?[removed]');
    expect(html).not.toMatch(/<script|src=|href=/);
  });
});
