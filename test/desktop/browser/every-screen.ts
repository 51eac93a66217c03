/**
 * Every screen of the page before a real server, walked in one page: on generated crashes, or on a server that never had
 * one. What the server says of itself is real, so no sample has to be kept for each screen.
 */
import type { Browser, Page } from 'playwright-core';
import { faultline, startServer, temporaryFolder, type RunningServer } from '../../system/server-process.js';
import { AxeFindings, type Theme } from './axe-findings.js';
import { ScreenWalk, type ScreenState } from './screen-walk.js';

export class EveryScreen {
  private constructor(
    private readonly server: RunningServer,
    private readonly page: Page,
    private readonly walk: ScreenWalk,
    readonly findings: AxeFindings,
    readonly addresses: readonly string[],
  ) {}

  /** @param crashes how many are generated; 0 for a server at its first start */
  static async open(browser: Browser, { crashes }: { crashes: number }): Promise<EveryScreen> {
    const data = temporaryFolder();
    if (crashes > 0) {
      const made = await faultline(['generate', '--crashes', String(crashes), '--days', '3', '--data', data]);
      if (made.code !== 0) throw new Error(made.stderr);
    }
    const server = await startServer({ data, patience: 60_000 });
    const link = /\S+\/sign-in#code=\S+/.exec(server.log())?.[0] ?? '';
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    await context.addInitScript(() =>
      localStorage.setItem('faultline.preferences', JSON.stringify({ theme: 'light', hasSeenTour: true })),
    );
    const page = await context.newPage();
    await page.goto(link);
    await page.waitForURL(/inbox/);
    await page.locator('main h1').waitFor();
    const crash = await page.evaluate(async () => {
      const answer = await fetch('api/v1/search?limit=2&from=-90d&columns=crash_id,signature');
      const { rows } = (await answer.json()) as { rows: { crash_id: string; signature: string }[] };
      return { signature: rows[0]?.signature ?? 'none', id: rows[0]?.crash_id ?? '', other: rows[1]?.crash_id ?? '' };
    });
    return new EveryScreen(server, page, new ScreenWalk(page), new AxeFindings(page), addresses(crash));
  }

  /** Looks at all of them in one state. @param themesOf of each address, the first gets all rules */
  async look(state: ScreenState, themesOf: (at: number) => readonly Theme[]): Promise<void> {
    await this.walk.answerAs(state);
    for (const [at, address] of this.addresses.entries()) {
      const themes = themesOf(at);
      if (themes.length === 0) continue;
      await this.walk.go(address);
      await this.findings.look(`${address} ${state}`, { within: 'main', themes });
    }
    await this.walk.answerAs('loaded');
  }

  async close(): Promise<void> {
    await this.page.context().close();
    await this.server.stop();
  }
}

/** Neighbours must have different headings, or the same path: that is how the walk knows that it has arrived. */
function addresses({ signature, id, other }: { signature: string; id: string; other: string }): readonly string[] {
  const group = `group?signature=${encodeURIComponent(signature)}&from=-90d`;
  const ofCrash = id === '' ? [] : [`report/${id}`, `compare?a=${id}&b=${other}`];
  const symbols = ['missing', 'stored', 'lookup', 'uploads', 'conversions', 'servers', 'guide'];
  const settings = [
    ...['products', 'throttling', 'users', 'roles', 'audit', 'configuration', 'plugins', 'retention'],
    ...['grouping', 'dead-letters', 'banner', 'products/edit?name=Paint'],
  ];
  return [
    ...['inbox?from=-90d', group, 'topcrashers?from=-90d', 'search?from=-90d&form=1', 'reports?from=-90d'],
    ...ofCrash,
    ...['report/nonsense', 'local', 'report/00000000-0000-4000-8000-000000261122'],
    ...symbols.map((view) => `symbols?show=${view}`),
    'nowhere',
    ...['operations', 'operations/jobs', 'operations/notices', 'operations/waiting?sink=search-local'],
    ...['operations/topology', 'status', 'settings', 'connect', 'fields', 'account'],
    ...settings.map((place) => `settings/${place}`),
    ...['help/first-steps', 'help/search', 'help/grouping', 'help/protected-data', 'help/throttling', 'help/news'],
    'help/api',
  ];
}
