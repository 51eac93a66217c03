/** The Symbols screen in a real Chromium, served by the real plugin: every view, and files dropped on it. */
import axe, { type AxeResults } from 'axe-core';
import { SearchEngine, type SearchResult } from '@faultline/sdk';
import { fake, startTestHost, type TestHost } from '@faultline/server/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elf } from '../../sdk/symbols/debug-file-bytes.js';
import { symText, zipOf } from '../../plugins/symbols/symbol-zip.js';
import { launchBrowser, whyNoBrowser } from '../fixture/chromium.js';
import { pageFolder } from '../fixture/fixture-server.js';

const id = '5A9832E5287241C1838ED98914E9B7FF1';
const dates = { kind: 'extent', min: '2026-11-20T00:00:00.000Z', max: '2026-11-22T00:00:00.000Z' };
const signatures = { kind: 'terms', buckets: [{ term: 'crash in work', count: 312 }], other: 0 };
const bucket = { term: `app.dll/1.2/${id}/4b4e1a2c9000`, count: 312, facets: { dates, signatures } };
const missing = { facets: { lists: { kind: 'terms', buckets: [bucket], other: 0 } } } as unknown as SearchResult;

async function violations(page: Page): Promise<string[]> {
  // Half a megabyte, which stays over changes of the view.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const result = await page.evaluate(async () => {
    const { axe: engine } = window as unknown as { axe: { run(root: Document): Promise<AxeResults> } };
    return engine.run(document);
  });
  return result.violations.map(
    ({ id: rule, nodes }) => `${rule}: ${nodes.map((node) => node.target.join(' ')).join(' | ')}`,
  );
}

describe.skipIf(whyNoBrowser() !== null)('the Symbols screen', () => {
  let browser: Browser;
  let host: TestHost;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
    host = await startTestHost({
      plugins: ['symbols', 'jobs', 'mappings'],
      fakes: [fake(SearchEngine, { search: () => Promise.resolve(missing) } as unknown as SearchEngine)],
      config: {
        symbols: { upstreams: [{ url: 'https://symbols.example.org/' }], dumpSyms: { program: '/nowhere/dump_syms' } },
      },
      pageFolder,
    });
    page = await (
      await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
    ).newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Uncaught|\[Vue|\[intlify/.test(message.text())) faults.push(message.text());
    });
    await page.goto(`${host.url}/sign-in#code=${await host.createSignInCode()}`);
    await page.waitForURL(/inbox/);
  });
  afterAll(async () => {
    await browser.close();
    await host.stop();
  });

  it(
    'ranks what is missing, takes files with a verdict for each, and shows what became of them',
    { timeout: 60_000 },
    async () => {
      await page.goto(`${host.url}/symbols`);
      await page.getByRole('row', { name: /app\.dll 1\.2 .* 312 1/ }).waitFor();
      const zip = await zipOf({
        [`lib.so/${id}/lib.so.sym`]: symText({ debugFile: 'lib.so', debugId: id }),
        'x.pdb': 'none',
      });
      const file = (name: string, content: string | Buffer) => ({ name, mimeType: '', buffer: Buffer.from(content) });
      await page
        .getByLabel('Symbol files')
        .setInputFiles([
          file('any.sym', symText({ debugFile: 'app.pdb', debugId: id })),
          file('page.sym', '<html>'),
          file('program', elf({ buildId: 'aabbccddeeff00112233', debug: true })),
          file('some.zip', zip),
          file('mapping.txt', '# pg_map_id: 0a1b2c3\na.B -> c:\n'),
        ]);
      const list = page.getByRole('list', { name: 'Uploads of this page' });
      await list.getByText('mapping of 1 class stored').waitFor();
      const verdicts = await list.innerText();
      for (const words of [
        `stored as app.pdb/${id}/app.sym`,
        'it does not begin with a MODULE record',
        'its symbols are made now',
        '1 file stored, 1 rejected: x.pdb',
      ]) {
        expect(verdicts).toContain(words);
      }
      await page.getByRole('link', { name: 'Stored' }).click();
      await page.getByRole('button', { name: `Pin app.pdb/${id}/app.sym: no quota takes it` }).click();
      await page.getByRole('button', { name: `Unpin app.pdb/${id}/app.sym` }).waitFor();
      await page.getByText(/^3 files, .* on disk\. They are kept until somebody deletes them/).waitFor();
      await page.getByLabel('Order').selectOption('Largest first');
      await page.waitForURL(/order=size/);
      await page.getByRole('link', { name: 'Debug files' }).click();
      await page.getByText('is not installed: debug files wait for it').waitFor();
      await page.getByRole('link', { name: 'Java mappings' }).click();
      await page.getByRole('row', { name: /0a1b2c3 1 / }).waitFor();
      await page.getByRole('link', { name: 'Uploads', exact: true }).click();
      await page.getByText('symbols.zip').first().waitFor();
    },
  );

  it(
    'has no view that axe finds wrong, filled or failing, in either theme and language',
    { timeout: 90_000 },
    async () => {
      const found: Record<string, string[]> = {};
      const views = page.locator('nav.views a');
      for (const [theme, language] of [
        ['light', 'de'],
        ['dark', 'en'],
      ] as const) {
        await page.evaluate(
          (preferences) => {
            localStorage.setItem('faultline.preferences', JSON.stringify({ ...preferences, hasSeenTour: true }));
          },
          { theme, language },
        );
        await page.reload();
        await page.locator(`html[data-theme="${theme}"][lang="${language}"]`).waitFor();
        for (const view of await views.all()) {
          await view.click();
          await page.waitForTimeout(150);
          await page.screenshot({});
          const wrong = await violations(page);
          if (wrong.length > 0) found[`${page.url()}, ${theme}`] = wrong;
        }
      }
      await page.route('**/api/v1/symbols/uploads*', (route) => route.fulfill({ status: 503, body: '{}' }));
      await page.goto(`${host.url}/symbols?show=uploads`);
      await page.getByText('could not be loaded').waitFor();
      expect([found, await violations(page)]).toEqual([{}, []]);
      expect(faults).toEqual([]);
    },
  );
});
