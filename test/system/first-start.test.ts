/** The first minutes with an empty server, in a real Chromium: in a narrow and in a wide window, for who wants no motion. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, requireChromium } from './chromium.js';
import { cleanUp, startServer, type RunningServer } from './server-process.js';

afterAll(cleanUp);

const patience = { timeout: 20_000 };

describe.skipIf(!requireChromium())('the first start', () => {
  let server: RunningServer;
  let browser: Browser;

  beforeAll(async () => {
    [server, browser] = await Promise.all([startServer(), launchChromium()]);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  /** Nothing is cut off at the side, and nothing moves. */
  async function expectCalm(page: Page): Promise<void> {
    const seen = await page.evaluate(() => ({
      overhang: document.documentElement.scrollWidth - innerWidth,
      moving: document
        .getAnimations()
        .filter(({ playState, effect }) => playState === 'running' && Number(effect?.getTiming().duration) > 1).length,
    }));
    expect({ page: page.url(), ...seen }).toEqual({ page: page.url(), overhang: 0, moving: 0 });
  }

  it('leads from the printed link to the first crash and its stack', { timeout: 120_000 }, async () => {
    const context = await browser.newContext({ viewport: { width: 900, height: 800 }, reducedMotion: 'reduce' });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Uncaught|\[Vue/.test(message.text())) faults.push(message.text());
    });
    await page.goto(/\S+\/sign-in#code=\S+/.exec(server.log())?.[0] ?? '');
    await page.getByRole('heading', { name: 'No crash report has arrived yet' }).waitFor();
    expect(page.url()).not.toContain('code=');
    await page.getByText('curl -F ProductName=MyApp').waitFor();

    // Shown around once, and not asked again.
    await page.getByRole('button', { name: 'Start the tour' }).click();
    for (let stop = 1; stop < 5; stop++) await page.getByRole('button', { name: 'Next' }).click();
    await expectCalm(page);
    await page.getByRole('button', { name: 'Done' }).click();
    expect(await page.getByRole('button', { name: 'Start the tour' }).count()).toBe(0);

    await page.getByRole('button', { name: 'Send a test crash' }).click();
    const group = page.getByRole('table', { name: 'Groups' }).getByRole('link').first();
    await group.waitFor(patience);
    // The rail has signs alone, each with its name.
    const search = page.getByRole('navigation').getByRole('link', { name: 'Search', exact: true });
    expect((await search.boundingBox())?.width).toBeLessThan(48);
    await expectCalm(page);
    await group.click();
    await page.getByRole('table', { name: 'Reports of this group' }).getByRole('link').first().click(patience);
    await page.getByRole('heading', { level: 1, name: /null pointer/ }).waitFor(patience);
    await page.getByRole('table', { name: /Stack of thread/ }).waitFor();
    await expectCalm(page);
    for (const screen of ['topcrashers', 'search', 'reports', 'operations', 'settings', 'help/first-steps']) {
      await page.goto(`${server.url}/${screen}`);
      await page.locator('main h1').first().waitFor();
      await expectCalm(page);
    }

    await page.setViewportSize({ width: 1800, height: 1000 });
    await page.goto(`${server.url}/inbox`);
    await page.getByRole('complementary').getByRole('heading', { name: 'Newest stack' }).waitFor(patience);
    expect((await search.boundingBox())?.width).toBeGreaterThan(100);
    await expectCalm(page);
    await page.getByRole('button', { name: 'admin' }).click();
    await page.getByText('Sign out').click();
    await page.getByRole('heading', { name: 'Sign in to Faultline' }).waitFor();
    await expectCalm(page);
    expect(faults).toEqual([]);
    await context.close();
  });
});
