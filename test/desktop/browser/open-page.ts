import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { FixtureServer } from '../fixture/fixture-server.js';

export interface OpenPage {
  page: Page;
  context: BrowserContext;
  /** Faults of the page and breaches of its CSP, as the browser reported them. */
  faults: string[];
}

/** A page of its own context: nothing is left over from another test. */
export async function openPage(
  browser: Browser,
  server: FixtureServer,
  path: string,
  options: { theme?: string; width?: number; context?: BrowserContext } = {},
): Promise<OpenPage> {
  const viewport = { width: options.width ?? 1280, height: 800 };
  const context = options.context ?? (await browser.newContext({ viewport, reducedMotion: 'reduce' }));
  const theme = options.theme ?? 'light';
  await context.addInitScript((wanted) => {
    if (localStorage.getItem('faultline.preferences') === null) {
      localStorage.setItem('faultline.preferences', JSON.stringify({ theme: wanted, hasSeenTour: true }));
    }
  }, theme);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Uncaught|\[Vue/.test(message.text())) {
      faults.push(message.text());
    }
  });
  await page.goto(server.url + path);
  return { page, context, faults };
}
