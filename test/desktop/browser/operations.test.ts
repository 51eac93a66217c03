/**
 * The operations in a real Chromium, served by the real plugins: faults are made where the server sees them (on the bus,
 * in the store, by a process that stops beating), and must stand on the screen in words.
 */
import axe, { type AxeResults } from 'axe-core';
import { CrashStorage, Outbox, subjects, type NodeHeartbeat } from '@faultline/sdk';
import { MemoryCrashStorage, sampleCrashId, samplePending, sampleProcessed, sampleRawCrash } from '@faultline/testing';
import { fake, startTestHost, type TestHost } from '@faultline/server/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, whyNoBrowser } from '../fixture/chromium.js';
import { pageFolder } from '../fixture/fixture-server.js';
import { startWebhook } from '../../plugins/notices/notice-receivers.js';

const beat = (node: string, roles: string[]): NodeHeartbeat => ({
  node,
  host: node,
  pid: 7,
  version: '0.1.0',
  roles,
  at: Date.now(),
  uptime: 60_000,
  cpu: 0.12,
  rss: 150_000_000,
  eventLoopLag: 2,
  plugins: [{ id: 'export', state: 'failed', code: 'CONFIG_INVALID' }],
});

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const result = await page.evaluate(async () => {
    const { axe: engine } = window as unknown as { axe: { run(root: Document): Promise<AxeResults> } };
    return engine.run(document);
  });
  return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(' | ')}`);
}

describe.skipIf(whyNoBrowser() !== null)('the operations screens', () => {
  let browser: Browser;
  let host: TestHost;
  let page: Page;
  let hook: Awaited<ReturnType<typeof startWebhook>>;
  const storage = new MemoryCrashStorage();
  const faults: string[] = [];
  let heart: NodeJS.Timeout;

  beforeAll(async () => {
    browser = await launchBrowser();
    hook = await startWebhook([500, 200]);
    host = await startTestHost({
      plugins: ['ops', 'notices', 'jobs', 'retention'],
      fakes: [fake(CrashStorage, storage), fake(Outbox, storage)],
      config: {
        ops: { every: 200, goneAfter: 1500, queueOldest: 1, sinkOldest: 1, diskFree: 10 ** 15 },
        notices: { after: 0, firstRetry: 100, webhooks: { chat: { url: hook.url } } },
      },
      pageFolder,
    });
    heart = setInterval(() => host.bus.emit(subjects.nodeHeartbeat, beat('alive', ['processor', 'web'])), 300);
    const context = await browser.newContext({ viewport: { width: 1280, height: 1000 }, reducedMotion: 'reduce' });
    page = await context.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Uncaught|\[Vue/.test(message.text())) faults.push(message.text());
    });
    await page.goto(`${host.url}/sign-in#code=${await host.createSignInCode()}`);
    await page.waitForURL(/inbox/);
  });
  afterAll(async () => {
    clearInterval(heart);
    await browser.close();
    await host.stop();
    await hook.stop();
  });

  it('say in words, within 15 seconds, what is wrong: each kind of fault', { timeout: 90_000 }, async () => {
    await page.goto(`${host.url}/operations`);
    await page.getByRole('heading', { name: 'Processes' }).waitFor();
    await page.getByText('alive', { exact: true }).first().waitFor();

    const made = Date.now();
    // A process that beats once and never again.
    host.bus.emit(subjects.nodeHeartbeat, beat('lost', ['collector']));
    // A queue that nobody empties, a sink that refuses, a rule that fails, a crash that was given up.
    await host.bus.publish(subjects.process('normal'), 'waiting', {});
    const id = sampleCrashId(1);
    const draft = storage.openDraft();
    await draft.commit({ raw: sampleRawCrash({ crashId: id }), pending: samplePending(id) });
    const run = { crashId: id, run: 1, expectedRun: 0, processed: sampleProcessed(id), sinks: ['search-local'] };
    const record = {
      run: 1,
      ruleset: 'default',
      reason: 'received' as const,
      started: '2026-11-23T00:00:00.000Z',
      completed: '2026-11-23T00:00:00.000Z',
      status: 'complete' as const,
      signature: 'a',
      stackwalk: null,
      rules: [],
      notes: [],
      changed: [],
      host: 'one',
    };
    await storage.commitRun({ ...run, record });
    const error = { code: 'PROCESSOR_DIED', message: 'It died.', deliveries: 5 };
    await storage.setPending({ ...samplePending(id), run: 2, state: 'dead', error });
    const refused = {
      name: 'faultline_sink_refused_total',
      labels: { sink: 'search-local', code: 'DISK_FULL' },
      value: 1,
    };
    const failed = { name: 'faultline_rule_runs_total', labels: { rule: 'teapot/pour', outcome: 'failed' }, value: 5 };
    host.bus.emit(subjects.nodeMetrics, { node: 'alive', at: made, added: [refused, failed], gauges: [] });

    const wrong = page.getByRole('region', { name: 'What is wrong' });
    const said = [
      'The process on lost (collector) is gone since',
      'search-local is 1 crash behind since',
      'its disk is full.',
      'The rule teapot/pour failed for 5 of the last 5 crashes.',
      '1 crash waits in the lane normal, the oldest for',
      '1 crash was given up',
      'The disk of the data folder is nearly full:',
      'The plugin export does not run on alive (CONFIG_INVALID).',
    ];
    for (const words of said) await wrong.getByText(words).first().waitFor({ timeout: 15_000 });
    expect(Date.now() - made).toBeLessThan(15_000);
    expect(await page.locator('.banner').first().textContent()).toMatch(/The disk|The process on lost/);
    if (process.env['FAULTLINE_LOOK'] !== undefined) await page.screenshot({ path: process.env['FAULTLINE_LOOK'] });
    // The number leads to the crashes concerned.
    await page.getByRole('region', { name: 'Sinks' }).getByRole('link', { name: '1' }).click();
    await page.getByRole('heading', { name: 'Waiting for search-local' }).waitFor();
    await page.getByRole('link', { name: id }).waitFor();
    await page.goBack();
    // The administrators' webhook heard of each, after its first refusal.
    await expect
      .poll(() => hook.posts.map(({ body }) => body).join('\n'), { timeout: 10_000 })
      .toContain('teapot/pour');
    await page.getByRole('link', { name: /^\d+ notices$/ }).click();
    await page.getByRole('button', { name: 'Send a test by Webhook chat' }).click();
    await page.getByText('The test was delivered.').waitFor();
    expect(faults).toEqual([]);
  });

  it('run a job and show its receipt; draw the topology and save it', { timeout: 90_000 }, async () => {
    await page.goto(`${host.url}/operations/jobs`);
    await page.getByRole('button', { name: 'Run now: Forget old runs' }).click();
    await page.getByText('{"forgotten":0}').waitFor({ timeout: 10_000 });
    await page.goto(`${host.url}/operations/topology`);
    await page.locator('.vue-flow__node').first().waitFor();
    await page
      .getByRole('row', { name: /Crash reporters/ })
      .first()
      .waitFor({ state: 'attached' });
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'svg' }).click();
    expect((await saved).suggestedFilename()).toBe('topology.svg');
    expect(faults).toEqual([]);
  });

  it('have nothing that axe finds wrong, light and dark, and speak German', { timeout: 90_000 }, async () => {
    const found: Record<string, string[]> = {};
    const looks = { light: ['operations', 'status'], dark: ['operations', 'jobs', 'notices', 'topology'] } as const;
    for (const [theme, screens] of Object.entries(looks)) {
      await page.evaluate((wanted) => localStorage.setItem('faultline.preferences', JSON.stringify(wanted)), {
        theme,
        language: theme === 'dark' ? 'de' : 'en',
      });
      for (const screen of screens) {
        const path = screen === 'operations' || screen === 'status' ? screen : `operations/${screen}`;
        await page.goto(`${host.url}/${path}`);
        await page.locator('h1').first().waitFor();
        await page.locator('table, main.status li').first().waitFor();
        const wrong = await violations(page);
        if (wrong.length > 0) found[`${path} ${theme}`] = wrong;
      }
    }
    await page.goto(`${host.url}/operations`);
    await page.getByText('Die Regel teapot/pour schlug bei 5 der letzten 5 Abstürze fehl.').first().waitFor();
    expect(found).toEqual({});
  });
});
