/** Throttling, retention, plugins and users in a real Chromium: what is asked of the server, and what is shown of its answers. */
import axe, { type AxeResults } from 'axe-core';
import { AccountAudit, ConfigurationDetail, ConfigurationReview, JobRunList, TokenList } from '@faultline/sdk/api';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, whyNoBrowser } from '../fixture/chromium.js';
import { FixtureServer } from '../fixture/fixture-server.js';
import { openPage } from './open-page.js';

function setting(name: string, value: unknown, schema: Record<string, unknown>) {
  const takesEffect = name.startsWith('retention') ? 'after a restart' : 'at once';
  const plain = { source: 'default', place: '', description: '', isSecret: false };
  return { name, value, isSet: true, schema, takesEffect, ...plain };
}
const ruleList = { type: 'array', items: { type: 'object' } };
const whole = { type: 'integer' };
const two = [
  { id: 'old', when: [{ annotation: 'BuildID', olderThanDays: 730 }], verdict: 'reject' },
  { id: 'odd', when: [{ annotation: 'A', prefix: 'a', matches: 'b' }], verdict: 'defer' },
];
const configuration = ConfigurationDetail.parse({
  file: '/data/faultline.yaml',
  revision: 'r1',
  isEditedByHand: false,
  problems: [],
  waiting: ['retention.crashDays'],
  sections: [
    {
      ...{ id: 'collector', title: 'Collector', plugin: 'collector' },
      settings: [setting('collector.throttle.rules', two, ruleList)],
    },
    {
      ...{ id: 'retention', title: 'Retention', plugin: 'retention' },
      settings: [setting('retention.dumpDays', 30, whole)],
    },
    {
      ...{ id: 'disabled', title: 'disabled', plugin: '' },
      settings: [setting('disabled', ['mozilla'], { type: 'array', items: { type: 'string' } })],
    },
  ],
});
const sink = { id: 'sink/export', kind: 'sink', title: 'Export' };
const topology = { added: [], removed: [sink], addedWays: [], removedWays: [{ from: 'Web', to: 'priority' }] };
const review = ConfigurationReview.parse({ problems: [], warnings: [], dangers: [], differences: [], topology });
const run = {
  id: 'run-1',
  job: 'erasing/erase',
  slot: '2026-11-23T00:00:00.000Z',
  params: null,
  startedBy: 'admin',
  startedAt: '2026-11-23T00:00:00.000Z',
  error: null,
} as const;
const receipt = { asked: 3, crashes: 2, freed: 2048, places: [{ place: 'Search', records: null }] };

/** Answers of the plugins that the fixture has not; what was sent is kept. Erasing ends at the second look at it. */
async function answerPlugins(
  context: BrowserContext,
): Promise<{ sent: Map<string, unknown>; erasing: { runs: number; isHeld: boolean } }> {
  const sent = new Map<string, unknown>();
  const erasing = { runs: 0, isHeld: false };
  const answers: Record<string, () => unknown> = {
    configuration: () => configuration,
    'configuration/review': () => review,
    'configuration/apply': () => ({ revision: 'r2', review, reloaded: ['collector'], needRestart: [] }),
    'plugins/collector/throttle/rules': () => ({
      since: '2026-11-23T00:00:00.000Z',
      rules: [{ id: 'old', title: 'old', plugin: '', hits: { rejected: 41 } }],
    }),
    'plugins/collector/throttle/dry-run': () => ({
      posts: 100,
      today: { accept: 88, reject: 12 },
      proposed: { accept: 59, reject: 41 },
      rules: { old: 41 },
      unseen: ['Email'],
    }),
    'plugins/retention/usage': () => ({
      usage: [{ day: '2026-01-01', kind: 'dumps', bytes: 4096, purgedAt: null }],
    }),
    'plugins/retention/plan': () => ({
      bytes: 4096,
      steps: [{ day: '2026-01-01', kind: 'dumps', reason: 'age', products: ['Paint'], bytes: 4096 }],
    }),
    'plugins/erasing/preview': () => ({
      ...{ selection: 's1', crashes: 2, unknown: 1, days: ['2026-11-22', '2026-11-23'] },
      ...{ sample: ['3f2a9c10-5b6d-4e7f-8a9b-0c1d20261122'], expiresAt: '2026-11-23T01:00:00.000Z' },
    }),
    'plugins/erasing/erase': () => ({ run: `run-${(erasing.runs += 1)}` }),
    'job-runs/run-1/cancel': () => ({}),
    'jobs/start': () => ({}),
    users: () => ({ users: [] }),
    roles: () => ({ roles: [] }),
    'access-requests': () => ({ requests: [] }),
    tokens: () =>
      TokenList.parse({
        tokens: [
          {
            ...{ id: 'aa', name: 'nightly', permissions: ['manage'], createdAt: '2026-01-01T00:00:00.000Z' },
            ...{ expiresAt: null, usedAt: null, owner: null },
          },
        ],
      }),
    'tokens/aa': () => ({}),
    'account-audit': () =>
      AccountAudit.parse({
        days: 90,
        findings: [{ kind: 'token-never-expires', id: 'aa', name: 'nightly', owner: null, usedAt: null }],
      }),
    'job-runs': () => {
      if (erasing.runs === 0) return { runs: [] };
      erasing.runs += 1;
      const progress = { done: 1, total: 2, stage: 'Search' };
      const state = sent.has('job-runs/run-1/cancel')
        ? { status: 'cancelled', endedAt: run.slot, result: null }
        : erasing.isHeld || erasing.runs <= 2
          ? { status: 'running', endedAt: null, result: null }
          : { status: 'succeeded', endedAt: run.slot, result: receipt };
      return JobRunList.parse({ runs: [{ ...run, ...state, progress }] });
    },
  };
  await context.route(/\/api\/v1\//, async (route) => {
    const path = new URL(route.request().url()).pathname.slice('/api/v1/'.length);
    const answer = answers[path];
    if (answer === undefined) return route.fallback();
    const method = route.request().method();
    if (method !== 'GET') sent.set(method === 'POST' ? path : `${method} ${path}`, route.request().postDataJSON());
    return route.fulfill({ json: answer() });
  });
  return { sent, erasing };
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const result = await page.evaluate(async () => {
    const { axe: engine } = window as unknown as { axe: { run(root: Document): Promise<AxeResults> } };
    return engine.run(document);
  });
  return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(' | ')}`);
}

describe.skipIf(whyNoBrowser() !== null)('the settings of what is taken and kept', () => {
  let browser: Browser;
  let server: FixtureServer;

  beforeAll(async () => {
    browser = await launchBrowser();
    server = await FixtureServer.start();
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  /** A screen that the plugins answer from the start on. */
  async function open(path: string, theme = 'light') {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    const answers = await answerPlugins(context);
    return { ...(await openPage(browser, server, path, { theme, context })), ...answers };
  }

  it('try throttle rules as they are edited, and apply them', { timeout: 60_000 }, async () => {
    const { page, context, faults, sent } = await open('settings/throttling');
    await page.getByText('rejected 41').waitFor();
    const old = page.getByRole('listitem', { name: 'Rule old' });
    await old.getByLabel('Percent of them').fill('50');
    await page.keyboard.press('Tab');
    await old.getByRole('combobox', { name: 'The rest' }).selectOption('defer');
    await old.getByRole('button', { name: 'Move old down' }).focus();
    await page.keyboard.press('Enter');
    const changed = { ...two[0], percent: 50, otherwise: 'defer' };
    await page.getByRole('button', { name: 'Try on the last posts' }).click();
    await page.getByText('Would reject 41 %, today 12 %.').waitFor();
    await page.getByText('Email').waitFor();
    expect(sent.get('plugins/collector/throttle/dry-run')).toEqual({ rules: [two[1], changed] });

    // What a form would lose is edited as JSON.
    const odd = page.getByRole('listitem', { name: 'Rule odd' });
    await odd.getByLabel('JSON of odd').fill('{');
    await odd.getByText('This is no rule yet').waitFor();
    await odd.getByRole('button', { name: 'Remove odd' }).click();
    await page.getByText('The rules were changed since this was tried.').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('Written, and taken up by collector.').waitFor();
    const changes = [{ name: 'collector.throttle.rules', value: [changed] }];
    expect(sent.get('configuration/apply')).toEqual({ revision: 'r1', changes });
    expect(faults).toEqual([]);
    await context.close();
  });

  it('say what goes next, and erase after a second yes', { timeout: 60_000 }, async () => {
    const { page, context, faults, sent } = await open('settings/retention', 'dark');
    await page.getByText('dumps of Paint: too old (4.0 KB)').waitFor();
    await page.getByText('they wait for a restart').waitFor();
    await page.getByRole('button', { name: 'Purge now' }).click();
    expect(sent.has('jobs/start')).toBe(false);
    await page.getByRole('button', { name: 'Really purge now' }).click();
    await expect
      .poll(() => sent.get('jobs/start'), { timeout: 10_000 })
      .toEqual({ job: 'retention/purge', params: { dryRun: false } });

    await page.getByLabel('retention.dumpDays').fill('7');
    const change = page.getByRole('region', { name: 'What the changes would do' });
    await change.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('Written, and taken up by collector.').waitFor();
    const changes = [{ name: 'retention.dumpDays', value: 7 }];
    expect(sent.get('configuration/apply')).toEqual({ revision: 'r1', changes });

    await page.getByLabel('ids', { exact: true }).check();
    await page.getByLabel('Ids of the crashes to erase').fill('a, b\nc');
    await page.getByRole('button', { name: 'Look what that is' }).click();
    await page.getByText('2 crashes would be erased.').waitFor();
    expect(sent.get('plugins/erasing/preview')).toEqual({ ids: ['a', 'b', 'c'] });
    await page.getByLabel('a search', { exact: true }).check();
    await page.getByLabel('Search for the crashes to erase').fill('version:=1');
    await page.keyboard.press('Enter');
    await page.getByText('2 crashes would be erased.').waitFor();
    await page.getByText('1 id is not stored').waitFor();
    const really = page.getByRole('button', { name: 'Erase 2 crashes' });
    expect(await really.isEnabled()).toBe(false);
    await page.getByLabel('Yes, for ever').check();
    expect(await violations(page)).toEqual([]);
    await really.click();
    await page.getByText('2 crashes gone, 2.0 KB freed.').waitFor();
    expect(sent.get('plugins/erasing/erase')).toEqual({ selection: 's1', crashes: 2 });
    expect(faults).toEqual([]);
    await context.close();
  });

  it('cancel an erasure that is under way, and say how far it came', { timeout: 60_000 }, async () => {
    const { page, context, faults, sent, erasing } = await open('settings/retention');
    erasing.isHeld = true;
    const section = page.getByRole('region', { name: 'Erase for ever' });
    await section.getByLabel('Search for the crashes to erase').fill('version:=1');
    await page.keyboard.press('Enter');
    await section.getByLabel('Yes, for ever').check();
    await section.getByRole('button', { name: 'Erase 2 crashes' }).click();
    await section.getByText('1 / 2 Search').waitFor();
    await section.getByRole('button', { name: 'Cancel' }).click();
    await section.getByText('It came to 1 of 2: what it had taken by then is gone.').waitFor();
    expect(sent.has('job-runs/run-1/cancel')).toBe(true);
    expect(await section.getByRole('progressbar').count()).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });

  it(
    'switch a plugin off, with what that takes away, and end a token that never expires',
    { timeout: 60_000 },
    async () => {
      const { page, context, faults, sent } = await open('settings/plugins');
      await page
        .getByRole('button', { name: /^Disable / })
        .first()
        .click();
      const change = page.getByRole('region', { name: 'What the changes would do' });
      await change.getByText('goes sink Export').waitFor();
      await change.getByText('goes way Web → priority').waitFor();
      await page.getByText('off after a restart').first().waitFor();
      expect(await violations(page)).toEqual([]);
      await change.getByRole('button', { name: 'Apply' }).click();
      await page.getByText('Written, and taken up by collector.').waitFor();
      const { changes } = sent.get('configuration/apply') as { changes: { name: string; value: string[] }[] };
      expect(changes).toMatchObject([{ name: 'disabled' }]);
      expect(changes[0]?.value).toHaveLength(2);

      await page.goto(`${server.url}settings/users`);
      await page.getByText('1 account or token wants a look').waitFor();
      await page.getByText('never expires').waitFor();
      expect(await violations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Revoke nightly' }).click();
      await page.getByRole('button', { name: 'Really revoke' }).click();
      await page.getByText('nightly is revoked.').waitFor();
      expect(sent.has('DELETE tokens/aa')).toBe(true);
      expect(faults).toEqual([]);
      await context.close();
    },
  );

  it('say what failed, and what one may not do', { timeout: 60_000 }, async () => {
    server.failures.set('plugins', { status: 503, code: 'BUSY', message: 'Too much to do.', hint: 'Try again.' });
    const { page, context } = await openPage(browser, server, 'settings/throttling');
    await page.getByText('The rules in force could not be loaded').waitFor();
    await page.getByText('The configuration could not be loaded').waitFor();
    server.session = { ...server.session, permissions: [] };
    await page.goto(`${server.url}settings/retention`);
    await page.getByText('need the permission to manage').waitFor();
    expect(await page.getByRole('button', { name: 'Purge now' }).count()).toBe(0);
    await context.close();
  });
});
