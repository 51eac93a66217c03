/** Accounts in a real browser on the real server: invited, kept out, and attacked from a page elsewhere. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, requireChromium, type OpenBrowser } from './chromium.js';
import { cleanUp, faultline, startServer, type RunningServer } from './server-process.js';

const password = 'three unrelated words';

describe.skipIf(!requireChromium())('accounts', () => {
  let server: RunningServer;
  let admin: OpenBrowser;
  let foreign: Server;

  beforeAll(async () => {
    server = await startServer();
    admin = await openBrowser(server);
    foreign = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<h1>Elsewhere</h1>'));
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await admin.close();
    foreign.close();
    await server.stop();
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
