import axe, { type AxeResults, type RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

/** What colours can break; the other rules say the same in every theme. */
const colourRules = ['color-contrast', 'link-in-text-block'];

export type Theme = 'light' | 'dark' | 'contrast';

/** What axe finds wrong on one page, by screen and theme. Themes change as if another tab had chosen them: nothing loads anew. */
export class AxeFindings {
  readonly found: Record<string, string[]> = {};

  constructor(private readonly page: Page) {}

  /** Everything in the first theme, in the others what colours can break. */
  async look(name: string, { within = 'html', themes }: { within?: string; themes: readonly Theme[] }): Promise<void> {
    for (const [at, theme] of themes.entries()) {
      await this.wear(theme);
      const wrong = await violations(this.page, within, at === 0 ? [] : colourRules);
      if (wrong.length > 0) this.found[`${name}, ${theme}`] = wrong;
    }
  }

  private async wear(theme: Theme): Promise<void> {
    await this.page.evaluate((wanted) => {
      if (document.documentElement.dataset['theme'] === wanted) return;
      localStorage.setItem('faultline.preferences', JSON.stringify({ theme: wanted, hasSeenTour: true }));
      window.dispatchEvent(new StorageEvent('storage', { key: 'faultline.preferences' }));
    }, theme);
    await this.page.locator(`html[data-theme="${theme}"]`).waitFor({ state: 'attached' });
  }
}

/** What axe finds wrong below an element, in a form that says where. */
async function violations(page: Page, within = 'html', rules: readonly string[] = []): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  // Where nothing is wrong nothing needs describing, and our style sheets are there already.
  const quick: RunOptions = { resultTypes: ['violations'], preload: false };
  const options: RunOptions = rules.length === 0 ? quick : { ...quick, runOnly: { type: 'rule', values: [...rules] } };
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
