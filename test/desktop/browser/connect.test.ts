import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, whyNoBrowser } from '../fixture/chromium.js';
import { FixtureServer } from '../fixture/fixture-server.js';
import { openPage } from './open-page.js';

describe.skipIf(whyNoBrowser() !== null)('the screen "Connect a client"', () => {
  let browser: Browser;
  let server: FixtureServer;

  beforeAll(async () => {
    browser = await launchBrowser();
    server = await FixtureServer.start();
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  it("gives each client's code with this server's own address, to copy", async () => {
    const { page, context, faults } = await openPage(browser, server, 'connect');
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Crashpad in C++' }).click();
    const code = page.getByRole('article', { name: 'Crashpad in C++' }).locator('pre');
    await code.getByText('StartHandler').waitFor();
    const submitUrl = (await page.locator('.addresses code').first().textContent()) ?? '';
    expect(submitUrl).toMatch(/\/submit$/);
    expect(await code.textContent()).toContain(`"${submitUrl}"`);
    await page.getByRole('button', { name: 'Copy the code for Crashpad in C++' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await code.textContent());
    expect(page.url()).toContain('client=crashpad');
    await page.reload();
    await code.getByText('StartHandler').waitFor();
    if (process.env['FAULTLINE_LOOK'] !== undefined) await page.screenshot({ path: process.env['FAULTLINE_LOOK'] });
    expect(faults).toEqual([]);
    await context.close();
  });
});
