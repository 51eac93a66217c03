import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanUp } from '../../system/server-process.js';
import { launchBrowser, whyNoBrowser } from '../fixture/chromium.js';
import type { Theme } from './axe-findings.js';
import { EveryScreen } from './every-screen.js';

afterAll(cleanUp);

/** The short form is `screens.test.ts`. */
describe.skipIf(whyNoBrowser() !== null)('every screen before the real server, in every state and theme', () => {
  const themes: readonly Theme[] = ['light', 'dark', 'contrast'];
  let browser: Browser;
  let full: EveryScreen;
  let empty: EveryScreen;

  beforeAll(async () => {
    browser = await launchBrowser();
    full = await EveryScreen.open(browser, { crashes: 400 });
    empty = await EveryScreen.open(browser, { crashes: 0 });
  });
  afterAll(async () => {
    await Promise.all([full.close(), empty.close()]);
    await browser.close();
  });

  it('has nothing that axe finds wrong when loaded', async () => {
    await full.look('loaded', () => themes);
    expect(full.findings.found).toEqual({});
  });

  it.for(['empty', 'loading', 'failing'] as const)('has nothing that axe finds wrong when %s', async (state) => {
    await empty.look(state, () => themes);
    expect(empty.findings.found).toEqual({});
  });
});
