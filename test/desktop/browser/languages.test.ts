import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, whyNoBrowser } from '../fixture/chromium.js';
import { FixtureServer } from '../fixture/fixture-server.js';
import { sampleFields } from '../fixture/sample-fields.js';
import { samplePanels } from '../fixture/sample-system.js';
import { openPage } from './open-page.js';
import { ScreenWalk } from './screen-walk.js';

/** A number with a unit is the same in every language. */
const measure = /^(<?[\d.,]+ (ms|s|min|h|d|KB|MB|GB|B) ?)+$/;
/** Words of the fixture's server: titles and descriptions of fields and panels are those of plugins. */
const given = new Set([
  ...sampleFields.fields.flatMap(({ title, description }) => [title, description]),
  ...samplePanels.panels.map(({ title }) => title),
  ...['Versions', 'Systems', 'Reasons'],
  'signature:~"decode" os_name:Linux',
]);

/**
 * Text on the page that has plain letters and none of pseudo's, and does not say that it is foreign
 * (`translate="no"`): nobody gave it to the texts. What has both is a text with a name in it.
 */
async function untranslated(page: Page): Promise<string[]> {
  const found = await page.evaluate(() => {
    const seen = new Set<string>();
    const isPlain = (text: string): boolean => /[A-Za-z]{2,}/.test(text) && !/[áćďéíĺńóŕśťúýź]/i.test(text);
    const isForeign = (element: Element | null): boolean =>
      element === null ||
      element.closest('[translate="no"], code, .code, kbd, pre, script, style, noscript, .n-base-loading') !== null;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const text = node.nodeValue?.trim() ?? '';
      if (isPlain(text) && !isForeign(node.parentElement)) seen.add(text);
    }
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder]')) {
      if (isForeign(element)) continue;
      for (const name of ['aria-label', 'title', 'placeholder']) {
        const text = element.getAttribute(name) ?? '';
        if (isPlain(text)) seen.add(text);
      }
    }
    return [...seen];
  });
  return found.filter((text) => !given.has(text) && !measure.test(text));
}

/** Names of fields come after the table that they head: what counts is what stays. */
async function staysUntranslated(page: Page): Promise<string[]> {
  let found = await untranslated(page);
  for (let tries = 0; found.length > 0 && tries < 40; tries++) {
    await page.waitForTimeout(250);
    found = await untranslated(page);
  }
  return found;
}

const screens = [
  'inbox',
  'search?q=os_name%3A%3DLinux',
  'reports',
  'topcrashers',
  'symbols',
  'local',
  'operations',
  'account',
  'connect',
  'settings',
  'settings/plugins',
  'settings/dead-letters',
  'settings/users',
  'settings/audit',
  'settings/grouping',
  'settings/banner',
  'settings/products',
  'settings/configuration',
  'help/api',
  'nowhere',
];

describe.skipIf(whyNoBrowser() !== null)('the language of the screens', () => {
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

  it('leaves no text untranslated', { timeout: 120_000 }, async () => {
    const { page, context } = await openPage(browser, server, 'sign-in');
    await page.evaluate(() =>
      localStorage.setItem('faultline.preferences', JSON.stringify({ language: 'pseudo', hasSeenTour: true })),
    );
    await page.reload();
    await page.locator('h1, h2').first().waitFor();
    const walk = new ScreenWalk(page);
    const id = server.crashes.find((crash) => crash.signature.startsWith('crashy'))?.crash_id ?? '';
    const group = encodeURIComponent(server.crashes[3]?.signature ?? '');
    const tabs = ['', '?tab=annotations', '?tab=modules', '?tab=raw', '?tab=processing'];
    const left: Record<string, string[]> = {};
    for (const screen of [...screens, `group?signature=${group}`, ...tabs.map((tab) => `report/${id}${tab}`)]) {
      await walk.go(screen);
      const found = await staysUntranslated(page);
      if (found.length > 0) left[screen] = found;
    }
    await context.close();
    expect(left).toEqual({});
  });

  it('follows the choice in the menu at once, and says it to the browser', async () => {
    const { page, context } = await openPage(browser, server, 'inbox');
    await page.getByRole('button', { name: /^Theme/ }).click();
    await page.getByText('Deutsch').click();
    await page.getByRole('heading', { name: 'Eingang' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
    await page.reload();
    await page.getByRole('heading', { name: 'Eingang' }).waitFor();
    await context.close();
  });
});
