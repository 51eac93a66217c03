/** A morning of triage in a real Chromium against the real server: by keyboard alone, two people at once, cut off in between. */
import type { GroupChange, GroupDetail, GroupHistory, GroupList, GroupTriage } from '@faultline/sdk/api';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, requireChromium, type OpenBrowser } from './chromium.js';
import { Reader, submitAccepted } from './crash-client.js';
import { cleanUp, faultline, startServer, temporaryFolder, type RunningServer } from './server-process.js';

afterAll(cleanUp);

/** A long signature is shown in two halves: its title has all of it. */
function candidate(form: Locator, signature: string): Locator {
  return form.locator('label').filter({ has: form.page().getByTitle(signature, { exact: true }) });
}

/** A busy machine is slow, not wrong. */
const patience = { timeout: 15_000 };

describe.skipIf(!requireChromium())('triage in the page', () => {
  const data = temporaryFolder();
  let server: RunningServer;
  let reader: Reader;
  let browser: OpenBrowser;
  let signatures: string[];

  beforeAll(async () => {
    const made = await faultline(['generate', '--crashes', '400', '--days', '3', '--data', data]);
    if (made.code !== 0) throw new Error(made.stderr);
    server = await startServer({ data });
    reader = await Reader.of(server);
    browser = await openBrowser(server);
    signatures = (await reader.get<GroupList>('/api/v1/groups?from=-14d')).groups.map(({ signature }) => signature);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  const triageOf = async (signature: string): Promise<GroupTriage> =>
    (await reader.get<GroupDetail>(`/api/v1/groups/detail?signature=${encodeURIComponent(signature)}`)).group.triage;

  /** As somebody else would do it. */
  async function change(these: string[], what: GroupChange): Promise<void> {
    const response = await fetch(`${server.url}/api/v1/groups/changes`, {
      method: 'POST',
      headers: { 'auth-token': reader.token, 'content-type': 'application/json' },
      body: JSON.stringify({ groups: these.map((signature) => ({ signature })), change: what }),
    });
    if (!response.ok) throw new Error(`${what.do}: ${response.status} ${await response.text()}`);
  }

  /** The inbox with its cursor on the first row. */
  async function openInbox(page: Page): Promise<void> {
    await page.goto(`${server.url}/inbox?view=all`);
    await page.getByRole('table', { name: 'Groups' }).getByRole('link').first().waitFor();
    await page.keyboard.press('Home');
    await cursorOn(page, 0);
  }

  async function cursorOn(page: Page, at: number): Promise<void> {
    const link = page.locator(`tr.cursor[data-at="${at}"] td:nth-child(2) a`);
    await expect.poll(() => link.evaluate((one) => one === document.activeElement), patience).toBe(true);
  }

  /** Answers the form that a key opens, and waits until it is gone. */
  async function answer(page: Page, key: string, title: string, type: () => Promise<void>): Promise<void> {
    await page.keyboard.press(key);
    const form = page.getByRole('form', { name: title });
    await form.waitFor();
    await type();
    await page.keyboard.press('Enter');
    await form.waitFor({ state: 'detached' });
  }

  it('does ten groups without a mouse, and the server knows it all', { timeout: 60_000 }, async () => {
    const { page } = browser;
    const mouse: string[] = [];
    await page.exposeFunction('heardMouse', (type: string) => mouse.push(type));
    await page.addInitScript(() => {
      const { heardMouse } = window as unknown as { heardMouse(type: string): void };
      // A click that Enter makes on a button has no pointer behind it: its detail is 0.
      for (const type of ['mousedown', 'mousemove', 'wheel', 'click']) {
        document.addEventListener(type, (event) => (event as UIEvent).detail > 0 && heardMouse(type), true);
      }
    });
    await openInbox(page);
    const type = (text: string) => () => page.keyboard.type(text);
    await answer(page, 'r', 'Resolve', type('999.0'));
    await page.keyboard.press('j');
    await cursorOn(page, 1);
    await answer(page, 'm', 'Mute', () => Promise.resolve());
    await page.keyboard.press('j');
    await cursorOn(page, 2);
    await answer(page, 'a', 'Assign', async () => {
      await page.keyboard.press('Control+a');
      await page.keyboard.type('ada');
    });
    await page.keyboard.press('j');
    await cursorOn(page, 3);
    await answer(page, 't', 'Tag', type('canvas, gpu'));
    await page.keyboard.press('j');
    await cursorOn(page, 4);
    await answer(page, 'b', 'Link ticket', type('https://bugs.example.org/show_bug.cgi?id=77'));
    await page.keyboard.press('j');
    await cursorOn(page, 5);
    await page.keyboard.press('i');
    await expect.poll(async () => (await triageOf(signatures[5] ?? '')).state, patience).toBe('in-progress');
    // Four together, one of them not after all: x takes it out again.
    for (const at of [6, 7, 8, 9]) {
      await page.keyboard.press('j');
      await cursorOn(page, at);
      await page.keyboard.press('x');
    }
    await page.getByText('4 groups selected').waitFor();
    await answer(page, 'a', 'Assign 4 groups', async () => {
      await page.keyboard.press('Control+a');
      await page.keyboard.type('team canvas');
    });
    const now = await Promise.all(signatures.slice(0, 10).map(triageOf));
    expect(now[0]).toMatchObject({ state: 'resolved', resolvedIn: { version: '999.0' } });
    expect(now[1]).toMatchObject({ state: 'muted', mutedUntil: { count: 100 } });
    expect(now[2]?.assignee).toBe('ada');
    expect(now[3]?.tags).toEqual(['canvas', 'gpu']);
    expect(now[4]?.tickets.map(({ url }) => url)).toEqual(['https://bugs.example.org/show_bug.cgi?id=77']);
    expect(now.slice(6).map(({ assignee }) => assignee)).toEqual(Array(4).fill('team canvas'));
    await page.keyboard.press('z');
    await expect.poll(async () => (await triageOf(signatures[9] ?? '')).assignee, patience).toBe('');
    expect((await triageOf(signatures[2] ?? '')).assignee).toBe('ada');
    expect(mouse).toEqual([]);
  });

  it('merges with a preview, and takes it back', { timeout: 60_000 }, async () => {
    const { page } = browser;
    const [into = '', merged = ''] = signatures.slice(10, 12);
    await page.goto(`${server.url}/group?signature=${encodeURIComponent(merged)}`);
    await page.getByRole('button', { name: 'Merge…' }).waitFor();
    await page.keyboard.press('M');
    const form = page.getByRole('form', { name: 'Merge' });
    await form.getByLabel('Find the group that takes in').fill(into);
    await candidate(form, into).getByRole('radio').check();
    await form.getByRole('status').getByText('joins it').waitFor();
    await form.getByRole('button', { name: 'Merge' }).click();
    await expect.poll(async () => (await triageOf(into)).merged, patience).toEqual([merged]);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(async () => (await triageOf(into)).merged, patience).toEqual([]);
  });

  it('splits off what was merged, and opens a resolved group again', { timeout: 60_000 }, async () => {
    const { page } = browser;
    const [into = '', merged = ''] = signatures.slice(14, 16);
    await change([merged], { do: 'merge', into });
    await change([into], { do: 'resolve', in: null });
    await page.goto(`${server.url}/group?signature=${encodeURIComponent(into)}`);
    await page.getByText('resolved', { exact: true }).first().waitFor();
    await answer(page, 'S', 'Split', async () => {
      await candidate(page.getByRole('form', { name: 'Split' }), merged)
        .getByRole('checkbox')
        .check();
      await page.getByRole('status').getByText('signature leaves with').waitFor();
    });
    await expect.poll(async () => (await triageOf(into)).merged, patience).toEqual([]);
    await page.keyboard.press('e');
    await expect.poll(async () => (await triageOf(into)).state, patience).toBe('open');
  });

  it('writes a ticket from the template, and links what its tracker made of it', { timeout: 60_000 }, async () => {
    const { page } = browser;
    const signature = signatures[16] ?? '';
    await page.goto(`${server.url}/group?signature=${encodeURIComponent(signature)}`);
    await page.getByRole('button', { name: 'New ticket…' }).waitFor();
    await answer(page, 'B', 'New ticket', async () => {
      await page.getByText(`Crash in ${signature}`, { exact: true }).waitFor();
      const draft = page.getByRole('group', { name: 'the draft of the ticket' });
      expect(await draft.textContent()).toContain(`${server.url}/group?signature=`);
      await page.getByLabel('Address of the ticket').fill('https://bugs.example.org/show_bug.cgi?id=88');
      await page.getByLabel('Address of the ticket').focus();
    });
    const { tickets } = await triageOf(signature);
    expect(tickets.map(({ url }) => url)).toEqual(['https://bugs.example.org/show_bug.cgi?id=88']);
  });

  it('does what can be done of many, and says which was left and why', { timeout: 60_000 }, async () => {
    const { page } = browser;
    await openInbox(page);
    for (const at of [0, 1]) {
      if (at > 0) await page.keyboard.press('j');
      await cursorOn(page, at);
      await page.keyboard.press('x');
    }
    await page.getByText('2 groups selected').waitFor();
    await page.keyboard.press('t');
    const form = page.getByRole('form', { name: 'Tag 2 groups' });
    await form.waitFor();
    await page.keyboard.type('together');
    // Somebody else is faster with one of them.
    const [first = ''] = signatures;
    await change([first], { do: 'assign', to: 'somebody' });
    await page.keyboard.press('Enter');
    await form.getByRole('alert').getByText('somebody').waitFor();
    expect((await triageOf(signatures[1] ?? '')).tags).toContain('together');
    expect((await triageOf(first)).tags).not.toContain('together');
    await form.getByRole('button', { name: 'Leave them as they are' }).click();
    await form.waitFor({ state: 'detached' });
  });

  it(
    'keeps a view of the inbox, and shares it with who may see no more than is public',
    { timeout: 60_000 },
    async () => {
      const { page } = browser;
      await page.goto(`${server.url}/inbox?view=all&sort=signature&columns=count,seen`);
      await page.getByRole('table', { name: 'Groups' }).getByRole('link').first().waitFor();
      await page.getByRole('button', { name: 'Saved' }).click();
      await page.getByLabel('Name', { exact: true }).fill('by name');
      await page.getByRole('button', { name: 'Save this search' }).click();
      await page.getByRole('link', { name: 'by name' }).waitFor();
      await page.goto(`${server.url}/inbox`);
      await page.getByRole('button', { name: 'Saved' }).click();
      await page.getByRole('link', { name: 'by name' }).click();
      await page.waitForURL((url) => url.searchParams.get('sort') === 'signature');
      const link = page.url();
      const stranger = await page.context().browser()?.newContext();
      const signedOut = await stranger?.newPage();
      if (signedOut === undefined) throw new Error('no page');
      await signedOut.goto(link);
      await signedOut.getByRole('table', { name: 'Groups' }).getByRole('link').first().waitFor();
      await signedOut
        .getByRole('link', { name: 'Sign in' })
        .or(signedOut.getByRole('button', { name: 'Sign in' }))
        .first()
        .waitFor();
      expect(await signedOut.getByRole('button', { name: 'Resolve…' }).count()).toBe(0);
      await stranger?.close();
    },
  );

  it('says that a crash came while one looks on, and opens it', { timeout: 60_000 }, async () => {
    const { page } = browser;
    await page.goto(`${server.url}/reports`);
    await page.getByRole('table', { name: 'Reports' }).getByRole('link').first().waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    const id = await submitAccepted(server.url, { ProductName: 'Teapot', Version: '1.0' });
    await page.getByRole('button', { name: '1 new' }).click();
    await page.getByRole('link', { name: id.slice(0, 8) }).click();
    await page.waitForURL(new RegExp(`/report/${id}`));
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.getByText('Teapot').first().waitFor();
  });

  it('loses no edit of two people at one group, and keeps what was typed', { timeout: 60_000 }, async () => {
    const signature = signatures[12] ?? '';
    const path = `${server.url}/group?signature=${encodeURIComponent(signature)}`;
    const other = await openBrowser(server);
    const [first, second] = [browser.page, other.page];
    await Promise.all([first.goto(path), second.goto(path)]);
    await first.getByRole('button', { name: 'Resolve…' }).waitFor();
    await first.keyboard.press('r');
    const form = first.getByRole('form', { name: 'Resolve' });
    await form.getByRole('combobox').fill('7.0');
    await second.getByRole('button', { name: 'In progress' }).waitFor();
    await second.keyboard.press('i');
    // The other's change arrives by itself, and the form is as it was.
    await first.getByText('in progress', { exact: true }).first().waitFor();
    expect(await form.getByRole('combobox').inputValue()).toBe('7.0');
    await form.getByRole('button', { name: 'Resolve' }).click();
    await form
      .getByRole('alert')
      .getByText(/changed it meanwhile/)
      .waitFor();
    expect(await form.getByRole('combobox').inputValue()).toBe('7.0');
    await form.getByRole('button', { name: 'Do it all the same' }).click();
    await expect.poll(async () => (await triageOf(signature)).resolvedIn?.version, patience).toBe('7.0');
    await second.getByText('resolved', { exact: true }).first().waitFor();
    const { entries } = await reader.get<GroupHistory>(
      `/api/v1/groups/history?signature=${encodeURIComponent(signature)}`,
    );
    expect(entries.map(({ what }) => what)).toEqual(['resolve', 'start']);
    await other.close();
  });

  it(
    'keeps a half-written note while the server is killed, and saves it when it is back',
    { timeout: 60_000 },
    async () => {
      const { page } = browser;
      const signature = signatures[13] ?? '';
      await page.goto(`${server.url}/group?signature=${encodeURIComponent(signature)}`);
      await page.getByRole('button', { name: 'Note…' }).waitFor();
      await page.keyboard.press('n');
      const form = page.getByRole('form', { name: 'Note' });
      await form.getByRole('textbox').fill('Only with two screens');
      const port = new URL(server.url).port;
      await server.kill();
      await form.getByRole('button', { name: 'Note' }).click();
      await page.getByText('The server does not answer', { exact: false }).first().waitFor();
      expect(await form.getByRole('textbox').inputValue()).toBe('Only with two screens');
      server = await startServer({ data, args: ['--port', port] });
      await page.getByText('Live', { exact: true }).waitFor({ timeout: 20_000 });
      await form.getByRole('button', { name: 'Note' }).click();
      await form.waitFor({ state: 'detached' });
      const { notes } = await reader.get<GroupDetail>(
        `/api/v1/groups/detail?signature=${encodeURIComponent(signature)}`,
      );
      expect(notes.map(({ text }) => text)).toEqual(['Only with two screens']);
      // A reload in the middle of it all finds everything by the address.
      await page.reload();
      await page.getByRole('region', { name: 'Notes and tickets' }).getByText('Only with two screens').waitFor();
      expect(browser.violations()).toEqual([]);
    },
  );
});
