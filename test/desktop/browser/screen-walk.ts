/**
 * Goes from screen to screen of one page without loading it anew, with what the server answers as wanted. Traps: a screen
 * that the page has been to keeps what its stores remember; a heading that is the same on two screens after each other
 * tells nothing, so the list must not have such neighbours.
 */
import type { Page, Request } from 'playwright-core';

/** `loaded` and `empty` are what the server says by itself; in the others it says nothing, or that it failed. */
export type ScreenState = 'loaded' | 'empty' | 'loading' | 'failing';

/** Without these there is no shell around a screen. */
const answers = /\/api\/v1\/(?!session|version|events)/;
const failure = { code: 'INTERNAL', message: 'Something broke.', hint: 'The log of the server says what.' };
const patience = { timeout: 20_000 };

export class ScreenWalk {
  private readonly pending = new Set<Request>();
  private state: ScreenState = 'loaded';

  constructor(private readonly page: Page) {
    page.on('request', (request) => {
      if (!request.url().includes('/api/v1/events')) this.pending.add(request);
    });
    page.on('requestfinished', (request) => this.pending.delete(request));
    page.on('requestfailed', (request) => this.pending.delete(request));
  }

  async answerAs(state: ScreenState): Promise<void> {
    await this.page.unrouteAll({ behavior: 'ignoreErrors' });
    this.pending.clear();
    this.state = state;
    if (state === 'failing') {
      await this.page.route(answers, (route) => route.fulfill({ status: 500, json: { error: failure } }));
    }
    if (state === 'loading') await this.page.route(answers, () => undefined);
  }

  /** @param path with what the address holds, without a slash before it */
  async go(path: string): Promise<void> {
    // A router that has not shown anything yet hears of no other address.
    await this.page.locator('h1, h2').first().waitFor({ state: 'attached' });
    const before = await this.page.evaluate((to) => {
      const heading = `${document.title} ${document.querySelector('main h1, main h2')?.textContent ?? ''}`;
      const place = location.pathname;
      history.pushState(null, '', new URL(to, document.baseURI).href);
      window.dispatchEvent(new PopStateEvent('popstate'));
      return { heading, isSameScreen: location.pathname === place };
    }, path);
    const arrival = this.page.waitForFunction(
      ({ heading, isSameScreen }) => {
        const now = document.querySelector('main h1, main h2');
        return now !== null && (isSameScreen || `${document.title} ${now.textContent}` !== heading);
      },
      before,
      patience,
    );
    await arrival.catch((error: unknown) => {
      throw new Error(`${path} showed no heading of its own`, { cause: error });
    });
    await this.settled();
  }

  /** Nothing is being asked for any more, and nothing stands in for what will come. */
  async settled(): Promise<void> {
    if (this.state === 'loading') {
      // Skeletons come after a moment, and not on every screen.
      await this.page.waitForTimeout(250);
      return;
    }
    const end = Date.now() + patience.timeout;
    for (let still = 0; still < 2 && Date.now() < end;) {
      await this.page.waitForTimeout(40);
      const isStill = this.pending.size === 0 && (await this.page.locator('.skeleton').count()) === 0;
      still = isStill ? still + 1 : 0;
    }
  }
}
