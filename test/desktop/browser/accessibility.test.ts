import axe, { type AxeResults, type RunOptions } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser, whyNoBrowser } from '../fixture/chromium.js';
import { FixtureServer } from '../fixture/fixture-server.js';
import { richReport } from '../fixture/rich-report.js';
import { anonymous } from '../fixture/sample-system.js';
import { openPage } from './open-page.js';

/** What axe finds wrong below an element, in a form that says where. */
async function violations(page: Page, within: string, rules: readonly string[] = []): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const options: RunOptions = rules.length === 0 ? {} : { runOnly: { type: 'rule', values: [...rules] } };
  const result = await page.evaluate(
    async ([place, how]) => {
      const { axe: engine } = window as unknown as { axe: { run(root: string, options: object): Promise<AxeResults> } };
      return engine.run(place, how);
    },
    [within, options] as const,
  );
  return result.violations.map(({ id, nodes }) => {
    const places = nodes.slice(0, 3).map((node) => node.target.join(' '));
    return `${id}: ${places.join(' | ')}`;
  });
}

/** What colours can break; the other rules say the same in every theme. */
const colourRules = ['color-contrast', 'link-in-text-block'];

/** As if another tab of the same browser had changed it. */
async function wear(page: Page, theme: string): Promise<void> {
  await page.evaluate((wanted) => {
    localStorage.setItem('faultline.preferences', JSON.stringify({ theme: wanted, hasSeenTour: true }));
    window.dispatchEvent(new StorageEvent('storage', { key: 'faultline.preferences' }));
  }, theme);
  await page.locator(`html[data-theme="${theme}"]`).waitFor();
}

class Findings {
  readonly found: Record<string, string[]> = {};
  constructor(private readonly page: Page) {}

  /** Everything in the light, colours also in the dark and in high contrast. */
  async look(name: string, within = 'html'): Promise<void> {
    this.note(name, 'light', await violations(this.page, within));
    for (const theme of ['dark', 'contrast']) {
      await wear(this.page, theme);
      this.note(name, theme, await violations(this.page, within, colourRules));
    }
    await wear(this.page, 'light');
  }

  private note(name: string, theme: string, wrong: string[]): void {
    if (wrong.length > 0) this.found[`${name}, ${theme}`] = wrong;
  }
}

/** Loaded, and with nothing that is still being asked for. */
async function settled(page: Page): Promise<void> {
  await page.locator('main h1, main h2').first().waitFor();
  await expect.poll(() => page.locator('.skeleton').count(), { timeout: 10_000 }).toBe(0);
  await page.waitForTimeout(150);
}

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

  it('finds nothing wrong on any screen, in any theme', { timeout: 300_000 }, async () => {
    const [first, second] = server.crashes.filter((crash) => crash.signature.startsWith('crashy'));
    const group = encodeURIComponent(server.crashes[3]?.signature ?? '');
    const { page, context } = await openPage(browser, server, 'nowhere');
    const findings = new Findings(page);
    for (const screen of [
      'inbox',
      'search?q=os_name%3A%3DLinux',
      'reports',
      'topcrashers',
      `compare?a=${first?.crash_id}&b=${second?.crash_id}`,
      'report/nonsense',
      'local',
      'settings',
      'settings/plugins',
      'settings/dead-letters',
      'help/first-steps',
      'nowhere',
    ]) {
      await page.goto(server.url + screen);
      await settled(page);
      await findings.look(screen);
    }
    await page.goto(`${server.url}group?signature=${group}`);
    await settled(page);
    await findings.look('group');
    for (const key of ['r', 'm', 'a', 't', 'n', 'b', 'B', 'M', 'S']) {
      await page.keyboard.press(key);
      await page.locator('form.ask').waitFor();
      await findings.look(`group, form of ${key}`, 'form.ask');
      await page.locator('form.ask').getByRole('button', { name: 'Cancel' }).click();
      await page.locator('form.ask').waitFor({ state: 'detached' });
    }
    expect(findings.found).toEqual({});
    await context.close();
  });

  it('finds nothing wrong on any tab of a report, in any theme', { timeout: 300_000 }, async () => {
    const crash = server.crashes.find(({ signature }) => signature.startsWith('crashy'));
    if (crash === undefined) throw new Error('no sample');
    server.reports.set(crash.crash_id, richReport(crash));
    const { page, context } = await openPage(browser, server, `report/${crash.crash_id}?frame=3`);
    const findings = new Findings(page);
    await page.getByRole('tab', { name: 'Processing' }).waitFor();
    await settled(page);
    await findings.look('report');
    const tabs = await page.getByRole('tab').allTextContents();
    expect(tabs.length).toBeGreaterThan(15);
    for (const tab of tabs.slice(1)) {
      await page.getByRole('tab', { name: tab.trim(), exact: true }).click();
      await settled(page);
      await findings.look(tab.trim(), '#report-tab');
    }
    expect(findings.found).toEqual({});
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
    await context.close();
  });

  it('finds nothing wrong when empty, loading, failing or signed out, in any theme', { timeout: 300_000 }, async () => {
    const { page, context } = await openPage(browser, server, 'inbox');
    const findings = new Findings(page);
    // Keys are heard once the screen stands.
    await page.getByRole('row').nth(1).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await findings.look('keyboard sheet', 'dialog');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await findings.look('palette', 'dialog');
    server.held.add('search');
    await page.goto(`${server.url}reports`);
    await page.getByLabel('Loading reports').waitFor();
    await findings.look('loading');
    server.held.clear();
    const broken = { status: 500, code: 'INTERNAL', message: 'Something broke.', hint: 'See the log.' };
    server.failures.set('groups', broken);
    await page.goto(`${server.url}inbox`);
    await page.getByRole('heading', { name: 'The inbox could not be loaded' }).waitFor();
    await findings.look('failing');
    server.failures.clear();
    server.crashes = [];
    await page.goto(`${server.url}inbox`);
    await page.getByRole('heading', { name: 'No crash report has arrived yet' }).waitFor();
    await findings.look('empty');
    server.session = anonymous;
    await page.goto(`${server.url}inbox`);
    await page.getByLabel('Token or sign-in link').waitFor();
    await findings.look('signed out');
    expect(findings.found).toEqual({});
    await context.close();
  });
});
