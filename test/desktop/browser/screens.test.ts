import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanUp } from '../../system/server-process.js';
import { launchBrowser, whyNoBrowser } from '../fixture/chromium.js';
import type { Theme } from './axe-findings.js';
import { EveryScreen } from './every-screen.js';

afterAll(cleanUp);

/** One of these and one theme a screen, the other theme with data; `screens.long.test.ts` has all of each. */
const otherStates = ['empty', 'loading', 'failing'] as const;
const themeOf = (turn: number): Theme => (turn % 2 === 0 ? 'light' : 'dark');

describe.skipIf(whyNoBrowser() !== null)('every screen before the real server', () => {
  let browser: Browser;
  let full: EveryScreen;
  let empty: EveryScreen;

  beforeAll(async () => {
    browser = await launchBrowser();
    [full, empty] = await Promise.all([
      EveryScreen.open(browser, { crashes: 60 }),
      EveryScreen.open(browser, { crashes: 0 }),
    ]);
  }, 120_000);
  afterAll(async () => {
    await Promise.all([full.close(), empty.close()]);
    await browser.close();
  });

  it('has nothing that axe finds wrong with data', { timeout: 240_000 }, async () => {
    await full.look('loaded', (at) => [themeOf(at)]);
    expect(full.findings.found).toEqual({});
  });

  it(
    'has nothing that axe finds wrong without data, while it waits and when it fails',
    { timeout: 240_000 },
    async () => {
      for (const [turn, state] of otherStates.entries()) {
        await empty.look(state, (at) => (at % otherStates.length === turn ? [themeOf(at + 1)] : []));
      }
      expect(empty.findings.found).toEqual({});
    },
  );
});
