/** What an admin says about a product on its screen, and what becomes of it elsewhere. */
import type { TicketDraft } from '@faultline/sdk/api';
import axe, { type AxeResults } from 'axe-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, requireChromium, type OpenBrowser } from './chromium.js';
import { Reader, submit, submitAccepted } from './crash-client.js';
import { cleanUp, startServer, type RunningServer } from './server-process.js';

const urn = {
  ProductName: 'Urn',
  Version: '2.0',
  JavaStackTrace: 'java.lang.Tilt: too far\n\tat urn.Tap.open(Tap.java:1)',
};

describe.skipIf(!requireChromium())('products', () => {
  let server: RunningServer;
  let admin: OpenBrowser;

  beforeAll(async () => {
    server = await startServer();
    admin = await openBrowser(server);
  });
  afterAll(async () => {
    await admin.close();
    await server.stop();
    cleanUp();
  });

  it('are declared on a screen, and what is said there has its effect', async () => {
    const { page } = admin;
    const reader = await Reader.of(server);
    await page.goto(`${server.url}/settings/products`);
    await page.getByRole('heading', { name: 'No products yet' }).waitFor();
    await page.getByRole('link', { name: 'Add a product' }).first().click();
    await page.getByLabel('Name', { exact: false }).first().fill('Urn');
    await page.getByLabel('Take its reports').uncheck();
    await page.keyboard.press('Enter');
    await page.getByText('Urn is saved.').waitFor();
    expect((await submit(server.url, urn)).text).toBe('Discarded=rule_not_accepted_product');

    await page.getByLabel('Take its reports').check();
    await page.getByLabel('Aliases').fill('Samovar\n\nUrn Pocket');
    await page.getByLabel('Days that dumps are kept').fill('0');
    const tickets = page.getByRole('group', { name: 'Links to a new ticket' });
    await tickets.getByRole('button', { name: 'Add a link' }).click();
    await tickets.getByLabel('Label 1').fill('Tracker');
    await tickets.getByLabel('address 1').fill('https://tickets.example/new?t={title}&v={version}');
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.locator('input:invalid').count()).toBe(1);
    await page.getByLabel('Days that dumps are kept').fill('20');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect
      .poll(() => reader.get('/api/v1/products/Samovar'))
      .toMatchObject({
        name: 'Urn',
        accepted: true,
        aliases: ['Samovar', 'Urn Pocket'],
        retention: { crashDays: null, dumpDays: 20 },
      });
    const id = await submitAccepted(server.url, urn);
    const [row] = (await reader.searchable(id)).rows;
    const signature = String(row?.['signature']);
    const draft = await reader.get<TicketDraft>(`/api/v1/groups/ticket?signature=${encodeURIComponent(signature)}`);
    expect(draft.links[0]).toMatchObject({ label: 'Tracker' });
    expect(draft.links[0]?.url).toMatch(/^https:\/\/tickets\.example\/new\?t=.+&v=2\.0$/);

    const releases = page.getByRole('region', { name: 'Releases' });
    await releases.getByLabel('Version').fill('2.0b3');
    await releases.getByLabel('Channel').fill('beta');
    await releases.getByLabel('Build id').fill('20261101');
    await page.keyboard.press('Enter');
    await releases.getByRole('cell', { name: '2.0b3', exact: true }).waitFor();
    const build = 'product=Urn&channel=beta&build_id=20261101';
    expect(await reader.get(`/api/VersionString/?${build}`)).toMatchObject({ hits: [{ version_string: '2.0b3' }] });

    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(async () =>
      (window as unknown as { axe: { run(root: Document): Promise<AxeResults> } }).axe.run(document),
    );
    expect(violations.map((one) => one.id)).toEqual([]);
    await page.getByRole('link', { name: 'All products' }).click();
    await page.getByRole('row', { name: /Urn/ }).getByText('dumps 20 days').waitFor();
    await page.getByRole('button', { name: 'Import' }).click();
    await page.getByLabel('Text to import').fill('{"products":[{"name":"Kettle"}],"releases":[]}');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('1 product would be added: Kettle').waitFor();
    await page.getByRole('button', { name: 'Import', exact: true }).last().click();
    await page.getByRole('row', { name: /Kettle/ }).waitFor();
    expect(admin.violations()).toEqual([]);
  });
});
