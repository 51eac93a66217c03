import { gzipSync } from 'node:zlib';
import type { Browser, Response } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser, whyNoBrowser } from '../fixture/chromium.js';
import { FixtureServer } from '../fixture/fixture-server.js';
import { anonymous } from '../fixture/sample-system.js';
import { openPage } from './open-page.js';

describe.skipIf(whyNoBrowser() !== null)('the shell in a browser', () => {
  let browser: Browser;
  let server: FixtureServer;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    server = await FixtureServer.start('/crash/reports/');
  });
  afterEach(() => server.stop());

  it('signs in with a one-time link below a base path, and leaves no code in the address', async () => {
    server.session = anonymous;
    const { page, faults } = await openPage(browser, server, 'sign-in#code=good-code');
    await page.waitForURL(/\/crash\/reports\/inbox$/);
    await page.getByRole('table', { name: 'Groups' }).waitFor();
    expect(page.url()).not.toContain('good-code');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('says why a link did not work, and takes a token instead', async () => {
    server.session = anonymous;
    const { page } = await openPage(browser, server, 'sign-in?next=%2Freports#code=stale');
    await page.getByText('This link was used before, or its time is over.').waitFor();
    await page.getByLabel('Token or sign-in link').fill('good-token');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/crash\/reports\/reports$/);
    await page.context().close();
  });

  it('does not follow a way to elsewhere after signing in', async () => {
    server.session = anonymous;
    const { page } = await openPage(browser, server, 'sign-in?next=%2F%2Fevil.example#code=good-code');
    await page.waitForURL(/\/crash\/reports\/inbox$/);
    await page.context().close();
  });

  it('asks to sign in where nothing may be seen, and shows the same address afterwards', async () => {
    server.session = anonymous;
    const { page } = await openPage(browser, server, 'search?q=decode');
    await page.getByLabel('Token or sign-in link').fill('good-token');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect.poll(() => page.getByLabel('Search query').inputValue()).toBe('decode');
    await page.context().close();
  });

  it('keeps what is on the screen when the session ends, and says so', async () => {
    server.session = { ...server.session, anonymousMayRead: true };
    const { page } = await openPage(browser, server, 'inbox');
    await page.getByRole('table', { name: 'Groups' }).waitFor();
    server.session = { ...anonymous, anonymousMayRead: true };
    server.failures.set('plugins', {
      status: 403,
      code: 'SIGN_IN_REQUIRED',
      message: 'This needs a session.',
      hint: '',
    });
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await page.getByText('Your session has ended.').waitFor();
    await page.getByRole('link', { name: 'Sign in', exact: true }).first().waitFor();
    await page.context().close();
  });

  it('opens a pasted crash id from the search box and from the palette', async () => {
    const id = server.crashes[0]?.crash_id ?? '';
    const { page } = await openPage(browser, server, 'inbox');
    await page.getByRole('table', { name: 'Groups' }).waitFor();
    await page.getByRole('textbox', { name: 'Search, or paste a crash id' }).fill(`CrashID=bp-${id}`);
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/crash/reports/report/${id}`));
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Command, place or crash id' }).fill('plugins');
    await page.keyboard.press('Enter');
    await page.waitForURL(/settings\/plugins$/);
    await page.getByText('activate() threw').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.context().close();
  });

  it('says that the server is away, keeps the list, and heals by itself', async () => {
    const { page } = await openPage(browser, server, 'inbox');
    await page.getByRole('table', { name: 'Groups' }).waitFor();
    await page.route('**/api/v1/**', (route) => route.abort());
    await page.getByRole('button', { name: 'Last seen' }).click();
    await page.getByText('The server does not answer. This page tries again').waitFor();
    await page.unroute('**/api/v1/**');
    await page.getByRole('table', { name: 'Groups' }).waitFor({ timeout: 10_000 });
    await expect
      .poll(() => page.getByText('The server does not answer. This page').count(), { timeout: 10_000 })
      .toBe(0);
    await page.context().close();
  });

  it('says that the server was upgraded under it, and keeps what was typed until one loads it again', async () => {
    const { page } = await openPage(browser, server, 'inbox');
    await page.getByText('Live', { exact: true }).waitFor();
    const filter = page.getByLabel('Filter groups');
    await filter.fill('half a thou');
    server.version = { ...server.version, version: '0.2.0' };
    server.endStreams();
    await page.getByText('The server was upgraded to 0.2.0.').waitFor();
    server.version = { ...server.version, version: '0.3.0', oldestClient: 2 };
    server.endStreams();
    await page.getByRole('alert').getByText('This page is too old for the server (0.3.0)').waitFor();
    expect(await filter.inputValue()).toBe('half a thou');
    server.version = { ...server.version, oldestClient: 1 };
    await page.getByRole('button', { name: 'Load again' }).click();
    await page.getByRole('button', { name: 'Load again' }).waitFor({ state: 'detached' });
    // What stood in the address is there again.
    await expect.poll(() => filter.inputValue(), { timeout: 15_000 }).toBe('half a thou');
    await page.context().close();
  });

  it('stays where it is when the part that is asked for can not be fetched', async () => {
    const { page } = await openPage(browser, server, 'inbox');
    await page.getByRole('table', { name: 'Groups' }).waitFor();
    await page.route('**/*', (route) => route.abort());
    await page.getByRole('link', { name: 'Top crashers' }).click();
    await page.getByText('The server does not answer. This page tries again').waitFor();
    expect(new URL(page.url()).pathname).toMatch(/inbox$/);
    await page.getByRole('table', { name: 'Groups' }).waitFor();
    await page.unroute('**/*');
    // It is there again, but by another name: the server is another by now.
    await page.route('**/assets/SearchScreen-*', (route) => route.abort());
    await expect.poll(() => page.getByText('The server does not answer').count(), { timeout: 15_000 }).toBe(0);
    await page.getByRole('link', { name: 'Search', exact: true }).click();
    await page.getByText('The server was upgraded').waitFor();
    expect(new URL(page.url()).pathname).toMatch(/inbox$/);
    await page.getByRole('link', { name: 'Top crashers' }).click();
    await page.getByRole('table', { name: 'Top crashers' }).waitFor();
    await page.context().close();
  });

  it('finds a setting by its words, and leads from any of them back to all', async () => {
    const { page } = await openPage(browser, server, 'inbox');
    await page.getByRole('table', { name: 'Groups' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press(',');
    await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('dead');
    expect(await page.locator('main').getByRole('listitem').allTextContents()).toHaveLength(1);
    await page.keyboard.press('Enter');
    await page.waitForURL(/settings\/dead-letters$/);
    expect(await page.title()).toBe('Dead letters · Faultline');
    await page.getByRole('link', { name: 'All settings' }).click();
    await page.waitForURL(/\/settings$/);
    await page.context().close();
  });

  it('opens one event stream for two tabs, and hands it on', async () => {
    const first = await openPage(browser, server, 'inbox');
    await expect.poll(() => server.openStreams).toBe(1);
    const second = await openPage(browser, server, 'reports', { context: first.context });
    await second.page.getByText('Live', { exact: true }).waitFor();
    // A list that is still being loaded will have the crash in it, and says nothing of a new one.
    await second.page.getByRole('table', { name: 'Reports' }).waitFor();
    await second.page.waitForLoadState('networkidle');
    expect(server.openStreams).toBe(1);
    server.emit('crash.processed', { crashId: 'x', product: 'Crashy', signature: 's', status: 'complete' });
    await second.page.getByRole('button', { name: '1 new' }).waitFor();
    await first.page.close();
    await expect.poll(() => server.streamsOpened).toBe(2);
    server.emit('crash.processed', { crashId: 'y', product: 'Crashy', signature: 's', status: 'complete' });
    await second.page.getByRole('button', { name: '2 new' }).waitFor();
    expect(server.openStreams).toBe(1);
    await first.context.close();
  });

  it('loads at most 250 KB of JavaScript, compressed, for the first screen', async () => {
    const { page } = await openPage(browser, server, 'nowhere');
    await page.getByText('There is no such page').waitFor();
    const scripts: Response[] = [];
    page.on('response', (response) => {
      if (response.url().endsWith('.js')) scripts.push(response);
    });
    await page.goto(`${server.url}inbox`);
    await page.getByRole('table', { name: 'Groups' }).waitFor();
    const sizes = await Promise.all(scripts.map(async (script) => gzipSync(await script.body()).length));
    expect(sizes.length).toBeGreaterThan(2);
    expect(sizes.reduce((sum, size) => sum + size, 0) / 1024).toBeLessThan(250);
    await page.context().close();
  });

  it('keeps theme and scope', async () => {
    const { page } = await openPage(browser, server, 'inbox?product=Fenix&from=-7d');
    await page.getByRole('table', { name: 'Groups' }).waitFor();
    expect(await page.getByText('crashy::decode::decode_job').count()).toBe(0);
    await page.getByRole('link', { name: 'Reports' }).click();
    await page.waitForURL(/reports\?product=Fenix&from=-7d/);
    await page.getByRole('button', { name: /^Theme/ }).click();
    await page.getByText('High contrast').click();
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe('contrast');
    await page.reload();
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe('contrast');
    await page.context().close();
  });
});
