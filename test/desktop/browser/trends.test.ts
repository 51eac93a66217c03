import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser, whyNoBrowser } from '../fixture/chromium.js';
import { FixtureServer } from '../fixture/fixture-server.js';
import { openPage } from './open-page.js';

const pictures = process.env['FAULTLINE_PICTURES'];

describe.skipIf(whyNoBrowser() !== null)('top crashers, correlations and saved searches in a browser', () => {
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

  it('goes from the ranking to a group by keys, and compares two versions by address', async () => {
    const { page, faults } = await openPage(browser, server, 'inbox');
    await page.getByRole('row').nth(3).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await page.waitForURL(/\/topcrashers/);
    await page.getByRole('table', { name: 'Top crashers' }).getByRole('link').nth(2).waitFor();
    await page.getByTitle('Not among the first 1,000 in the time before').first().waitFor();
    const { signature, product, version } = server.crashes.at(-1) ?? { signature: '', product: '', version: '' };
    const first = page
      .getByRole('row')
      .filter({ hasText: signature.slice(0, 12) })
      .getByTitle(`${product} ${version}`);
    expect(await first.locator('..').textContent()).toBe(`5 d ago in ${version}`);
    if (pictures !== undefined) await page.screenshot({ path: `${pictures}/topcrashers.png` });
    await page.getByLabel('First version').selectOption('1.4.0');
    await page.getByLabel('Second version').selectOption('1.4.1');
    await page.waitForURL(/a=1\.4\.0&b=1\.4\.1/);
    await page.getByText('only 1.4.1').waitFor();
    if (pictures !== undefined) await page.screenshot({ path: `${pictures}/compare.png` });
    await page.reload();
    await page.getByText('only 1.4.1').waitFor();
    await page.getByRole('button', { name: 'Back to the ranking' }).click();
    await page.getByRole('table', { name: 'Top crashers' }).waitFor();
    await page.keyboard.press('j');
    await page.locator('tr.cursor').waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/group\?.*signature=/);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('shows what is unusual in a group and which groups are related, whatever the values hold', async () => {
    const { page, faults } = await openPage(browser, server, 'group?signature=crashy::decode::decode_job');
    const table = page.getByRole('table', { name: 'What is unusual here' });
    await table.getByText('spout@example').waitFor();
    expect(await table.getByRole('row').nth(1).textContent()).toContain('80 % (32)');
    expect(await table.textContent()).toContain('<img src=x');
    const releases = page.getByRole('list', { name: 'Releases' }).getByRole('listitem');
    expect(await releases.allTextContents()).toEqual(['1.4.0', '1.5.0']);
    await page.getByText('ticket 1234').waitFor();
    await page.getByText('60 % alike').waitFor();
    if (pictures !== undefined) {
      await page.screenshot({ path: `${pictures}/releases.png` });
      await table.scrollIntoViewIfNeeded();
      await page.screenshot({ path: `${pictures}/group.png` });
    }
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('saves a search, opens it again, and offers it as a file, a call and a command', async () => {
    const { page, faults } = await openPage(browser, server, 'search?q=product:=Crashy');
    await page.getByRole('table', { name: 'Crashes found' }).getByRole('link').first().waitFor();
    await page.getByRole('button', { name: 'Saved' }).click();
    await page.getByText('Nothing is saved yet.').waitFor();
    await page.getByLabel('Name', { exact: true }).fill('our crashes');
    await page.getByLabel('for everybody').check();
    await page.getByRole('button', { name: 'Save this search' }).click();
    await page.getByRole('link', { name: 'our crashes' }).waitFor();
    if (pictures !== undefined) await page.screenshot({ path: `${pictures}/saved.png` });
    expect(server.saved).toMatchObject([{ name: 'our crashes', isShared: true, view: 'search' }]);
    await page.keyboard.press('Escape');
    await page.getByLabel('Search query').fill('');
    await page.waitForURL((url) => !url.searchParams.has('q'));
    await page.getByRole('button', { name: 'Saved' }).click();
    await page.getByRole('link', { name: 'our crashes' }).click();
    await page.waitForURL(/q=product:=Crashy|q=product%3A%3DCrashy/);

    await page.getByRole('button', { name: 'Export' }).click();
    const csv = await page.getByRole('link', { name: 'CSV', exact: true }).getAttribute('href');
    expect(csv).toMatch(/search\/export\?q=product.*format=csv/);
    await page.getByText("faultline search 'product:=Crashy' --from=-14d").waitFor();
    if (pictures !== undefined) await page.screenshot({ path: `${pictures}/export.png` });
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('completes values of any crash as one types', async () => {
    const { page } = await openPage(browser, server, 'search');
    await page.getByLabel('Search query').fill('signature:ipc');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('q')?.includes('MessageChannel') === true);
    await page.context().close();
  });
});
