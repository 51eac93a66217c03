import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser, whyNoBrowser } from '../fixture/chromium.js';
import { FixtureServer } from '../fixture/fixture-server.js';
import { anonymous } from '../fixture/sample-system.js';
import { openPage } from './open-page.js';

/** What axe finds wrong, in a form that says where. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const result = await page.evaluate(async () => {
    const { axe: engine } = window as unknown as { axe: { run(root: Document): Promise<AxeResults> } };
    return engine.run(document);
  });
  return result.violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .map((node) => node.target.join(' '))
        .slice(0, 3)
        .join(' | ')}`,
  );
}

const themes = ['light', 'dark', 'contrast'];

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

  for (const theme of themes) {
    it(`finds nothing wrong on any screen, ${theme}`, { timeout: 120_000 }, async () => {
      const id = server.crashes.find((crash) => crash.signature.startsWith('crashy'))?.crash_id ?? '';
      const group = encodeURIComponent(server.crashes[3]?.signature ?? '');
      const { page } = await openPage(browser, server, 'inbox', { theme });
      const found: Record<string, string[]> = {};
      const tabs = [
        '',
        '?frame=3',
        '?tab=annotations',
        '?tab=modules',
        '?tab=raw',
        '?tab=processing',
        '?tab=broken/broken/throws',
      ];
      const screens = [
        'inbox',
        `group?signature=${group}`,
        'search?q=os_name%3A%3DLinux',
        'reports',
        ...tabs.map((tab) => `report/${id}${tab}`),
        'report/nonsense',
        'settings/plugins',
        'settings/dead-letters',
        'nowhere',
      ];
      for (const screen of screens) {
        await page.goto(server.url + screen);
        await page.locator('h1').first().waitFor();
        await page.waitForTimeout(300);
        const wrong = await violations(page);
        if (wrong.length > 0) found[screen] = wrong;
      }
      expect(found).toEqual({});
      await page.context().close();
    });

    it(`finds nothing wrong when empty, loading, failing or signed out, ${theme}`, { timeout: 60_000 }, async () => {
      const { page } = await openPage(browser, server, 'inbox', { theme });
      const found: Record<string, string[]> = {};
      const check = async (name: string) => {
        const wrong = await violations(page);
        if (wrong.length > 0) found[name] = wrong;
      };
      // Keys are heard once the screen stands.
      await page.getByRole('row').nth(1).waitFor();
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
      await check('keyboard sheet');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').waitFor();
      await check('palette');
      server.delay = 1500;
      await page.goto(`${server.url}reports`);
      await page.getByLabel('Loading reports').waitFor();
      await check('loading');
      server.delay = 0;
      server.failures.set('groups', {
        status: 500,
        code: 'INTERNAL',
        message: 'Something broke.',
        hint: 'See the log.',
      });
      await page.goto(`${server.url}inbox`);
      await page.getByRole('heading', { name: 'The inbox could not be loaded' }).waitFor();
      await check('failing');
      server.failures.clear();
      server.crashes = [];
      await page.goto(`${server.url}inbox`);
      await page.getByRole('heading', { name: 'No crash report has arrived yet' }).waitFor();
      await check('empty');
      server.session = anonymous;
      await page.goto(`${server.url}inbox`);
      await page.getByLabel('Token or sign-in link').waitFor();
      await check('signed out');
      expect(found).toEqual({});
      await page.context().close();
    });
  }
});
