import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CrashReport } from '@faultline/sdk/api';
import { launchBrowser, whyNoBrowser } from '../fixture/chromium.js';
import { FixtureServer } from '../fixture/fixture-server.js';
import type { SampleCrash } from '../fixture/sample-crashes.js';
import { pendingReport, sampleReport } from '../fixture/sample-report.js';
import { openPage } from './open-page.js';

describe.skipIf(whyNoBrowser() !== null)('a report in a browser', () => {
  let browser: Browser;
  let server: FixtureServer;
  let crash: SampleCrash;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    server = await FixtureServer.start();
    const found = server.crashes.find((one) => one.signature.startsWith('crashy'));
    if (found === undefined) throw new Error('no sample');
    crash = found;
  });
  afterEach(() => server.stop());

  it('has one line in plain words, and the stack with inlined calls joined to their caller', async () => {
    const { page, faults } = await openPage(browser, server, `report/${crash.crash_id}`);
    const headline = page.getByRole('heading', { level: 1, name: /null pointer/ });
    await headline.waitFor();
    expect(await headline.textContent()).toMatch(/Write of 4 bytes to a null pointer \+ 0x1c.*decode_job.*thread 2/);
    const stack = page.getByRole('table', { name: /Stack of thread 2/ });
    const rows = await stack.getByRole('row').allTextContents();
    expect(rows.slice(1, 6).map((row) => /inlined/.test(row))).toEqual([true, true, true, true, false]);
    expect(rows[5]).toMatch(/0\s*crashy\s*crashy::decode::decode_job\s*decode\.rs:9\s*exact/);
    expect(rows.join('\n')).toContain('212 frames truncated');
    const code = page.getByRole('table', { name: 'Disassembly' });
    expect((await code.getByRole('row').allTextContents()).join('\n')).toMatch(
      /Execution stood here: *557091f3b437 *mov dword \[rdx \+ r9 \* 4\], edi\s+\[rdx \+ r9 \* 4\] = 0x1c: write of 4 bytes *rdx = 0x0, r9 = 0x/,
    );
    await page.getByRole('button', { name: /^Frame 1:/ }).click();
    await code.getByText('call 0x557091f3b3e0').waitFor();
    const registers = page.getByRole('table', { name: 'Registers' });
    expect(await registers.getByRole('row', { name: /^rbx/ }).textContent()).not.toContain('changed');
    await registers.getByRole('row', { name: /^rip.*changed, 0x7f9458011ea0 in frame 0/ }).waitFor();
    await page.getByRole('button', { name: '11 more like this' }).waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('keeps thread, frame and tab in the address', async () => {
    const { page } = await openPage(browser, server, `report/${crash.crash_id}`);
    await page.getByRole('button', { name: /^Frame 3:/ }).click();
    await page.waitForURL(/frame=3/);
    const details = page.getByRole('region', { name: 'Chosen frame' });
    await details.getByText('Why there is no function name').waitFor();
    await details.getByText('took too long').waitFor();
    expect(await details.textContent()).toContain('search of the stack: gave this frame');
    await page.getByRole('button', { name: /io-poller/ }).click();
    await page.waitForURL(/thread=1/);
    await page.reload();
    await page.getByRole('table', { name: 'Stack of thread 1 io-poller' }).waitFor();
    await page.getByRole('tab', { name: 'Annotations' }).click();
    await page.waitForURL(/tab=annotations/);
    await page.context().close();
  });

  it('fills itself in while the crash is processed', async () => {
    server.reports.set(crash.crash_id, pendingReport(crash, 'waiting in the queue'));
    const { page } = await openPage(browser, server, `report/bp-${crash.crash_id}`);
    await page.getByText('Being processed: waiting in the queue.').waitFor();
    await expect.poll(() => server.openStreams).toBe(1);
    server.emit('crash.step', { crashId: crash.crash_id, step: 'walking the minidump' });
    await page.getByText('Being processed: walking the minidump.').waitFor();
    server.reports.delete(crash.crash_id);
    server.emit('crash.processed', { crashId: crash.crash_id, product: 'Crashy', signature: 's', status: 'complete' });
    await page.getByRole('table', { name: /Stack of thread 2/ }).waitFor();
    expect(await page.getByText('Being processed').count()).toBe(0);
    await page.context().close();
  });

  it('shows a panel of a plugin under the CSP, and a broken one as broken with its plugin’s name', async () => {
    const { page, faults } = await openPage(browser, server, `report/${crash.crash_id}`);
    await page.getByRole('tab', { name: 'Greeting' }).click();
    await page.getByText(`Greeting of ${crash.crash_id.slice(0, 8)}: hello from 0.1.0`).waitFor();
    expect(await page.getByRole('tab', { name: 'Hidden' }).count()).toBe(0);
    await page.getByRole('tab', { name: 'Broken' }).click();
    await page.getByRole('alert').getByText('The panel “Broken” of plugin broken failed.').waitFor();
    await page.getByText('no luck today').waitFor();
    await page.getByRole('tab', { name: 'Stack' }).click();
    await page.getByRole('table', { name: /Stack of thread/ }).waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('groups and filters annotations, badges protected ones, and runs nothing in them', async () => {
    const { page } = await openPage(browser, server, `report/${crash.crash_id}?tab=annotations`);
    await page.getByRole('region', { name: 'Product' }).waitFor();
    expect(await page.getByText('protected', { exact: true }).count()).toBe(2);
    expect(await page.getByText('‹U+001B›').count()).toBeGreaterThan(0);
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
    await page.getByRole('button', { name: /show all \(97\.7 KB\)/ }).waitFor();
    await page.getByLabel('Filter annotations').fill('scrolling');
    await expect.poll(() => page.getByRole('rowheader').count()).toBe(1);
    await page.context().close();
  });

  it('asks for reprocessing with the session’s CSRF token and keeps the old run on the screen', async () => {
    const { page } = await openPage(browser, server, `report/${crash.crash_id}`);
    await page.getByRole('button', { name: 'Reprocess' }).click();
    await page.getByText('Being processed again: waiting in the queue. What you see is the run before.').waitFor();
    expect(server.calls).toEqual([
      { call: `POST crashes/${crash.crash_id}/reprocess`, csrf: 'csrf-of-the-fixture', body: '{}' },
    ]);
    server.reports.set(crash.crash_id, sampleReport(crash, { runs: 3 }));
    server.emit('crash.processed', { crashId: crash.crash_id, product: 'Crashy', signature: 's', status: 'complete' });
    await expect.poll(() => page.getByText('What you see is the run before').count()).toBe(0);
    await page.getByRole('tab', { name: 'Processing' }).click();
    await page.getByRole('region', { name: 'Run 3' }).waitFor();
    await page.context().close();
  });

  it('says what is wrong with an id, a report that is not there, and one that was given up', async () => {
    const { page } = await openPage(browser, server, 'report/nonsense');
    await page.getByRole('heading', { name: 'This is not a crash id' }).waitFor();
    await page.goto(`${server.url}report/3f2a9c10-5b6d-4e7f-8a9b-0c1d2e261122`);
    await page.getByRole('heading', { name: 'There is no such report here' }).waitFor();
    const dead = {
      ...pendingReport(crash, 'given up'),
      state: 'dead',
      error: { code: 'STACKWALK_CRASHED', message: 'It crashed each time.', deliveries: 5 },
    };
    server.reports.set(crash.crash_id, CrashReport.parse(dead));
    await page.goto(`${server.url}report/${crash.crash_id}`);
    await page.getByText('Given up after 5 tries.').waitFor();
    server.failures.set('crashes', {
      status: 403,
      code: 'REPORT_PROTECTED',
      message: 'This report is protected.',
      hint: '',
    });
    await page.reload();
    await page.getByRole('heading', { name: 'You may not see this report' }).waitFor();
    await page.context().close();
  });
});
