import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser, whyNoBrowser } from '../fixture/chromium.js';
import { FixtureServer } from '../fixture/fixture-server.js';
import { hostile } from '../fixture/sample-crashes.js';
import { openPage } from './open-page.js';
import { ScreenWalk } from './screen-walk.js';

describe.skipIf(whyNoBrowser() !== null)('the lists in a browser', () => {
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

  it('goes from the inbox to a report and back with no mouse event at all', async () => {
    const { page, faults } = await openPage(browser, server, 'inbox');
    await page.getByRole('row').nth(3).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    const second = page.locator('tr.cursor a');
    await expect.poll(() => second.evaluate((link) => link === document.activeElement)).toBe(true);
    const signature = (await second.textContent()) ?? '';
    await expect
      .poll(() => page.getByRole('complementary').getByRole('heading', { level: 2 }).textContent())
      .toContain(signature.slice(0, 6));
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/group\?signature=/);
    await page.getByRole('table', { name: 'Reports of this group' }).getByRole('link').first().waitFor();
    await page.keyboard.press('j');
    await page.waitForTimeout(100);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/report\//);
    await page.getByRole('heading', { level: 1, name: /null pointer/ }).waitFor();
    await page.keyboard.press('n');
    await page.getByText('2 of ').waitFor();
    await page.keyboard.press('3');
    await page.getByRole('tab', { name: 'Modules', selected: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL(/\/group\?signature=/);
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.waitForURL(/\/inbox/);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('says that new crashes came instead of moving the rows', async () => {
    const { page } = await openPage(browser, server, 'inbox');
    await page
      .getByText('339 crashes')
      .or(page.getByText(/groups, \d+ crashes/))
      .first()
      .waitFor();
    await expect.poll(() => server.openStreams).toBe(1);
    const [newest] = server.crashes;
    if (newest === undefined) throw new Error('no sample');
    server.crashes = [
      { ...newest, crash_id: '3f2a9c10-5b6d-4e7f-8a9b-0c1d2e261122', signature: 'brand::new' },
      ...server.crashes,
    ];
    const event = { crashId: 'x', product: newest.product, signature: 'brand::new', status: 'complete' };
    server.emit('crash.processed', event);
    server.emit('crash.processed', event);
    const pill = page.getByRole('button', { name: '2 new' });
    await pill.waitFor();
    expect(await page.getByText('brand::new').count()).toBe(0);
    await pill.click();
    await page.getByText('brand::new').first().waitFor();
    expect(await pill.count()).toBe(0);
    await page.context().close();
  });

  it('narrows a search by a click on a facet, excludes with Alt, and keeps it all in the address', async () => {
    const { page } = await openPage(browser, server, 'search');
    const facet = page.getByRole('region', { name: 'OS', exact: true });
    await facet.getByRole('button', { name: /^Linux/ }).click();
    await page.waitForURL(/os_name:%3DLinux|os_name%3A%3DLinux|os_name:=Linux/);
    const total = page.getByRole('status').locator('strong');
    const linux = server.crashes.filter((crash) => crash['os_name'] === 'Linux').length;
    await expect.poll(() => total.textContent()).toBe(`${linux} crashes`);
    await page
      .getByRole('region', { name: 'Product' })
      .getByRole('button', { name: /^Fenix/ })
      .click({ modifiers: ['Alt'] });
    await expect.poll(() => page.getByLabel('Search query').inputValue()).toBe('os_name:=Linux -product:=Fenix');
    await page.reload();
    await expect.poll(() => page.getByLabel('Search query').inputValue()).toBe('os_name:=Linux -product:=Fenix');
    await page.goBack();
    await expect.poll(() => page.getByLabel('Search query').inputValue()).toBe('os_name:=Linux');
    await page.context().close();
  });

  it('says which condition excludes most when nothing is found', async () => {
    const { page } = await openPage(
      browser,
      server,
      `search?q=${encodeURIComponent('os_name:=Linux product:=Nothing')}`,
    );
    await page.getByRole('heading', { name: 'No crash matches' }).waitFor();
    await page.getByRole('button', { name: /Without it: \d+ crashes/ }).click();
    await expect.poll(() => page.getByLabel('Search query').inputValue()).toBe('os_name:=Linux');
    await page.context().close();
  });

  it('completes fields and their values while typing', async () => {
    const { page } = await openPage(browser, server, 'search');
    const bar = page.getByLabel('Search query');
    await bar.click();
    await page.keyboard.type('prod');
    await page
      .getByRole('option', { name: /product/ })
      .first()
      .waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => bar.inputValue()).toBe('product:');
    await page.keyboard.type('Fe');
    await page.getByRole('option', { name: /Fenix/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => bar.inputValue()).toBe('product:Fenix ');
    await page.context().close();
  });

  it('loads further pages as the list is scrolled, and holds only the rows in view', async () => {
    const { page } = await openPage(browser, server, 'reports');
    const table = page.getByRole('table', { name: 'Reports' });
    await table.getByRole('link').first().waitFor();
    expect(await table.getAttribute('aria-rowcount')).toBe('201');
    await page.keyboard.press('End');
    await expect.poll(() => table.getAttribute('aria-rowcount')).toBe(String(server.crashes.length));
    expect(await table.getByRole('row').count()).toBeLessThan(80);
    await page.context().close();
  });

  it('runs nothing that stands in a name, and shows what a name hides', async () => {
    const { page, faults } = await openPage(
      browser,
      server,
      `group?signature=${encodeURIComponent(`hostile | ${hostile.markup} | ${hostile.bidi}`)}`,
    );
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('user‹U+202E›gnp.exe');
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
    expect(await page.locator('main img').count()).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('bears names of any kind and length on every list', async () => {
    const long = `${'x'.repeat(500_000)}${hostile.ansi}${'y'.repeat(500_000)}`;
    const odd = [hostile.markup, hostile.bidi, hostile.ansi, hostile.surrogate, long];
    server.crashes = server.crashes.map((crash, at) => {
      const value = odd[at];
      if (value === undefined) return crash;
      const facts = { product: value, version: value, os_name: value, os_pretty_version: value, reason: value };
      return { ...crash, ...facts, signature: `${value} ${at}`, process_type: value, cpu_arch: value };
    });
    const { page, faults } = await openPage(browser, server, 'nowhere');
    const walk = new ScreenWalk(page);
    const usual = encodeURIComponent(server.crashes[9]?.signature ?? '');
    for (const screen of ['inbox?sort=last-seen', 'topcrashers', 'search', 'reports', `group?signature=${usual}`]) {
      await walk.go(screen);
      const table = page.getByRole('table', {
        name: /^(Groups|Top crashers|Crashes found|Reports|Reports of this group)$/,
      });
      await table.getByRole('link').first().waitFor();
      // All are there, marked, and none of them obeyed.
      if (!screen.startsWith('group')) await table.getByText('‹U+D83D›').first().waitFor();
      const seen = await page.evaluate(() => {
        const long: string[] = [];
        for (const element of document.querySelectorAll('body, body *')) {
          const attributes = [...element.attributes].filter(({ name }) => name !== 'href');
          const texts = [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
          for (const { nodeName, nodeValue } of [...attributes, ...texts]) {
            if ((nodeValue ?? '').length > 5000) long.push(`${element.tagName}.${element.className} ${nodeName}`);
          }
        }
        return {
          long,
          overhang: document.documentElement.scrollWidth - innerWidth,
          images: document.querySelectorAll('main img').length,
          isOwned: 'pwned' in window,
        };
      });
      expect({ screen, ...seen }).toEqual({ screen, long: [], overhang: 0, images: 0, isOwned: false });
    }
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('tells how to send the first crash when there is none, and shows it when it comes', async () => {
    const kept = server.crashes;
    server.crashes = [];
    const { page } = await openPage(browser, server, 'inbox');
    await page.getByRole('heading', { name: 'No crash report has arrived yet' }).waitFor();
    await page.getByText(`${server.url}submit`).first().waitFor();
    await page.getByText('curl -F ProductName=MyApp').waitFor();
    await expect.poll(() => server.openStreams).toBe(1);
    server.crashes = kept;
    server.emit('crash.processed', { crashId: 'x', product: 'Crashy', signature: 's', status: 'complete' });
    await page.getByRole('table', { name: 'Groups' }).waitFor();
    await page.context().close();
  });
});
