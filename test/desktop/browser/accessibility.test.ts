import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser, whyNoBrowser } from '../fixture/chromium.js';
import { FixtureServer } from '../fixture/fixture-server.js';
import { richReport } from '../fixture/rich-report.js';
import { anonymous } from '../fixture/sample-system.js';
import { AxeFindings, type Theme } from './axe-findings.js';
import { openPage } from './open-page.js';
import { ScreenWalk } from './screen-walk.js';

/** What colours depend on is looked at in each of these; `screens.long.test.ts` has every screen in every state. */
const themes: readonly Theme[] = ['light', 'dark'];

describe.skipIf(whyNoBrowser() !== null)('accessibility by axe', () => {
  let browser: Browser;
  let server: FixtureServer;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    server = await FixtureServer.start();
  });
  afterEach(() => server.stop());

  it('finds nothing wrong with a group and the forms of what is done with it', { timeout: 120_000 }, async () => {
    const group = encodeURIComponent(server.crashes[3]?.signature ?? '');
    const { page, context } = await openPage(browser, server, `group?signature=${group}`);
    const findings = new AxeFindings(page);
    await page.getByRole('table', { name: 'Reports of this group' }).getByRole('link').first().waitFor();
    for (const key of ['r', 'm', 'a', 't', 'n', 'b', 'B', 'M', 'S']) {
      await page.keyboard.press(key);
      await page.locator('form.ask').waitFor();
      await findings.look(`form of ${key}`, { within: 'form.ask', themes });
      await page.locator('form.ask').getByRole('button', { name: 'Cancel' }).click();
      await page.locator('form.ask').waitFor({ state: 'detached' });
    }
    expect(findings.found).toEqual({});
    await context.close();
  });

  it('finds nothing wrong on any tab of a report', { timeout: 120_000 }, async () => {
    const crash = server.crashes.find(({ signature }) => signature.startsWith('crashy'));
    if (crash === undefined) throw new Error('no sample');
    server.reports.set(crash.crash_id, richReport(crash));
    const { page, context } = await openPage(browser, server, `report/${crash.crash_id}?frame=3`);
    const walk = new ScreenWalk(page);
    const findings = new AxeFindings(page);
    await page.getByRole('tab', { name: 'Processing' }).waitFor();
    await walk.settled();
    await findings.look('report', { themes: [...themes, 'contrast'] });
    const tabs = await page.getByRole('tab').allTextContents();
    expect(tabs.length).toBeGreaterThan(15);
    for (const [at, tab] of tabs.slice(1).entries()) {
      await page.getByRole('tab', { name: tab.trim(), exact: true }).click();
      await walk.settled();
      // Each in one theme: colours come from the same few tokens.
      await findings.look(tab.trim(), { within: '#report-tab', themes: [at % 2 === 0 ? 'dark' : 'light'] });
    }
    expect(findings.found).toEqual({});
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
    await context.close();
  });

  it('finds nothing wrong with the palette, the sheet, and the page signed out', { timeout: 120_000 }, async () => {
    const { page, context } = await openPage(browser, server, 'inbox');
    const findings = new AxeFindings(page);
    // Keys are heard once the screen stands.
    await page.getByRole('row').nth(1).waitFor();
    await findings.look('inbox', { themes: [...themes, 'contrast'] });
    for (const [name, key] of [
      ['keyboard sheet', '?'],
      ['palette', 'Control+k'],
    ] as const) {
      await page.keyboard.press(key);
      await page.getByRole('dialog').waitFor();
      await findings.look(name, { within: 'dialog', themes });
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    server.crashes = [];
    await page.reload();
    await page.getByRole('heading', { name: 'No crash report has arrived yet' }).waitFor();
    await findings.look('empty', { themes });
    server.session = anonymous;
    await page.reload();
    await page.getByLabel('Token or sign-in link').waitFor();
    await findings.look('signed out', { themes });
    expect(findings.found).toEqual({});
    await context.close();
  });
});
