/** Accounts in a real browser on the real server: invited, kept out, and attacked from a page elsewhere. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { OidcPeer } from '../server/auth/oidc-peer.js';
import { openBrowser, requireChromium, type OpenBrowser } from './chromium.js';
import { Reader, submitAccepted } from './crash-client.js';
import { cleanUp, faultline, startServer, type RunningServer } from './server-process.js';

const password = 'three unrelated words';

describe.skipIf(!requireChromium())('accounts', () => {
  let server: RunningServer;
  let admin: OpenBrowser;
  let foreign: Server;
  let provider: OidcPeer;

  /** Somebody else's browser, at this address. */
  async function visitor(address: string): Promise<Page> {
    const context = await admin.page.context().browser()?.newContext();
    const page = await context?.newPage();
    if (page === undefined) throw new Error('no page');
    await page.goto(address);
    return page;
  }

  beforeAll(async () => {
    // The provider advises people who run it in earnest.
    for (const name of ['info', 'warn'] as const) vi.spyOn(console, name).mockImplementation(() => {});
    provider = await OidcPeer.start();
    provider.person = { id: 'p1', claims: { preferred_username: 'cleo', name: 'Cleo', groups: ['crash'] } };
    const oidc = {
      issuer: provider.issuer,
      clientId: 'faultline',
      clientSecret: 'a secret of the test, long enough',
      label: 'Work',
      roles: { crash: 'triager' },
    };
    server = await startServer({ args: ['--set', `access.oidc=${JSON.stringify(oidc)}`] });
    provider.serve(`${server.url}/api/v1/oidc/callback`);
    admin = await openBrowser(server);
    foreign = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<h1>Elsewhere</h1>'));
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await admin.close();
    foreign.close();
    await server.stop();
    await provider.stop();
    vi.restoreAllMocks();
    cleanUp();
  });

  it('invites somebody, who sets a password, comes back with it, and is shown out while the page is open', async () => {
    const { page } = admin;
    await page.goto(`${server.url}/settings/users`);
    await page.getByLabel('Login').fill('ann');
    await page.getByLabel('Role', { exact: true }).selectOption('triager');
    await page.getByRole('button', { name: 'Invite' }).click();
    const link = (await page.getByText('/sign-in#code=').textContent()) ?? '';
    const context = await page.context().browser()?.newContext();
    const ann = await context?.newPage();
    if (ann === undefined) throw new Error('no page');
    await ann.goto(link);
    await ann.getByText('You have no password yet.').waitFor();
    await ann.goto(`${server.url}/account`);
    await ann.getByLabel('New password').fill(password);
    await ann.keyboard.press('Enter');
    await ann.getByText('The password is set.').waitFor();
    await ann.context().clearCookies();
    await ann.goto(`${server.url}/sign-in`);
    await ann.getByLabel('Login').fill('ann');
    await ann.getByLabel('Password').fill(password);
    await ann.keyboard.press('Enter');
    await ann.waitForURL(/\/inbox/);
    await ann.getByText('Live', { exact: true }).waitFor();
    const disabled = await faultline(['user', 'disable', 'ann', '--data', server.data]);
    expect(disabled.stdout).toContain('ann is disabled.');
    // The event stream ends at once, and the page asks who it is.
    await ann.getByText('Your session has ended.').waitFor({ timeout: 15_000 });
    await context?.close();
    await page.goto(`${server.url}/settings/audit`);
    await page.getByText('user.disable').waitFor();
    expect(admin.violations()).toEqual([]);
  });

  it('asks for protected data, and an admin grants it', async () => {
    const { page } = admin;
    const added = await faultline(['user', 'add', 'bob', '--role', 'viewer', '--data', server.data]);
    const context = await page.context().browser()?.newContext();
    const bob = await context?.newPage();
    if (bob === undefined) throw new Error('no page');
    await bob.goto(added.stdout.trim());
    await bob.waitForURL(/\/inbox/);
    await bob.goto(`${server.url}/account`);
    await bob.getByLabel('Why you need protected data').fill('bug 1234');
    await bob.keyboard.press('Enter');
    await bob.getByText('An admin has not decided yet.').waitFor();
    await page.goto(`${server.url}/settings/users`);
    await page.getByRole('button', { name: 'Grant' }).click();
    await page.getByRole('button', { name: 'Take back' }).waitFor();
    await bob.reload();
    await bob.getByText('Granted for a time: view_pii').waitFor();
    await context?.close();
  });

  it('lets people in by the button of their provider, and says in words what it refuses', async () => {
    const cleo = await visitor(`${server.url}/sign-in`);
    let callback = '';
    cleo.on('request', (request) => {
      if (request.url().includes('/oidc/callback')) callback = request.url();
    });
    await cleo
      .getByRole('link', { name: 'Work' })
      .or(cleo.getByRole('button', { name: 'Work' }))
      .click();
    await cleo.waitForURL(/\/inbox/);
    const session = await cleo.evaluate(async () => (await (await fetch('/api/v1/session')).json()) as object);
    expect(session).toMatchObject({ kind: 'user', login: 'cleo', permissions: ['reprocess', 'triage'] });
    // The same answer once more, in the same browser: used up.
    await cleo.goto(callback);
    await cleo.getByText('was not begun in this browser, was used before').waitFor();
    provider.falsify = (claims) => ({ ...claims, nonce: 'replayed' });
    const eve = await visitor(`${server.url}/sign-in`);
    await eve
      .getByRole('link', { name: 'Work' })
      .or(eve.getByRole('button', { name: 'Work' }))
      .click();
    await eve.getByRole('alert').waitFor();
    expect(await eve.getByRole('alert').textContent()).toContain('sign-in provider');
    expect((await eve.context().cookies()).filter(({ name }) => name === 'faultline_session')).toEqual([]);
    provider.falsify = null;
    await Promise.all([cleo.context().close(), eve.context().close()]);
  });

  it('makes a role on its screen, gives it, and takes its rights away while the page is open', async () => {
    const { page } = admin;
    await page.goto(`${server.url}/settings/roles`);
    await page.getByLabel('Name of the role').fill('auditor');
    await page.getByRole('group').getByLabel('manage').check();
    await page.getByRole('button', { name: 'Make', exact: true }).click();
    const row = page.getByRole('row', { name: /auditor/ });
    await row.waitFor();
    const added = await faultline(['user', 'add', 'dora', '--role', 'viewer', '--data', server.data]);
    const dora = await visitor(added.stdout.trim());
    await dora.waitForURL(/\/inbox/);
    await page.goto(`${server.url}/settings/users`);
    await page.getByLabel('Roles of dora').first().click();
    await page.getByRole('form', { name: 'Roles of dora' }).getByLabel('auditor').check();
    await page.getByRole('form', { name: 'Roles of dora' }).getByRole('button', { name: 'Save' }).click();
    await page.getByText('dora has viewer, auditor now.').waitFor();
    await dora.goto(`${server.url}/settings/audit`);
    await dora.getByText('role.set').first().waitFor();
    await page.goto(`${server.url}/settings/roles`);
    await row.getByLabel('auditor: manage').uncheck();
    await row.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The role auditor is saved.').waitFor();
    await dora.reload();
    await dora.getByText('You may not see the audit log').waitFor();
    await row.getByRole('button', { name: 'Remove' }).click();
    await row.getByRole('button', { name: 'Really remove' }).click();
    await page.getByText('The role "auditor" is in use: dora.').waitFor();
    await dora.context().close();
    expect(admin.violations()).toEqual([]);
  });

  it('opens the matching view from the addresses that Crash Stats had', async () => {
    const { page } = admin;
    const facts = { ProductName: 'Teapot', Version: '1.2.3' };
    const id = await submitAccepted(server.url, facts);
    await (await Reader.of(server)).searchable(id);
    const signature = 'EMPTY: no frame data available';
    for (const [address, view] of [
      [`/report/index/bp-${id}`, new RegExp(`/report/${id}`)],
      [`/signature/?product=Teapot&signature=${encodeURIComponent(signature)}`, /\/group\?/],
      ['/search/?product=Teapot&version=1.2.3', /\/search\?q=/],
      ['/topcrashers/?product=Teapot&version=1.2.3&days=7', /\/topcrashers\?product=Teapot/],
    ] as const) {
      await page.goto(`${server.url}${address}`);
      await page.waitForURL(view);
      await page.getByText(signature).first().waitFor();
    }
    expect(admin.violations()).toEqual([]);
  });

  it('does nothing for a page elsewhere, whatever it sends with the cookies of who visits it', async () => {
    const { page } = admin;
    await page.goto(`http://localhost:${(foreign.address() as AddressInfo).port}/`);
    const outcome = await page.evaluate(async (target) => {
      const send = async (path: string, init: RequestInit): Promise<string> => {
        try {
          return String((await fetch(target + path, { credentials: 'include', ...init })).status);
        } catch {
          return 'blocked';
        }
      };
      const json = { 'content-type': 'application/json' };
      const body = JSON.stringify({ login: 'eve', roles: ['admin'] });
      const form = document.createElement('form');
      form.method = 'post';
      form.action = `${target}/api/v1/users/admin/reset`;
      const frame = document.createElement('iframe');
      frame.name = 'hidden';
      form.target = 'hidden';
      document.body.append(frame, form);
      form.submit();
      await new Promise((resolve) => setTimeout(resolve, 500));
      return {
        json: await send('/api/v1/users', { method: 'POST', headers: json, body }),
        text: await send('/api/v1/users', { method: 'POST', mode: 'no-cors', body }),
        read: await send('/api/v1/session', {}),
        signIn: await send('/api/v1/session', { method: 'POST', mode: 'no-cors', body: '{"code":"x"}' }),
        crashStats: await send('/api/SuperSearch/', {}),
      };
    }, server.url);
    expect(outcome).toEqual({
      json: 'blocked',
      text: 'blocked',
      read: 'blocked',
      signIn: 'blocked',
      crashStats: 'blocked',
    });
    const users = await faultline(['user', 'list', '--json', '--data', server.data]);
    expect(users.stdout).not.toContain('"eve"');
    const log = await faultline(['audit', 'export', '--data', server.data]);
    expect(log.stdout).not.toContain('user.reset');
  });
});
