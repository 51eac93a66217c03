import { AuditLog, HttpRoute, PluginManifest, ThrottleRule, type Permission } from '@faultline/sdk';
import { runCommand, startTestHost, type TestHost } from '@faultline/server/testing';
import type { CliModule } from '@faultline/sdk/cli-command';
import { describeHttpRoutes } from '@faultline/testing/suites';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import * as exportCommand from '../../../plugins/products/src/cli/products-export.js';
import * as importCommand from '../../../plugins/products/src/cli/products-import.js';
import * as list from '../../../plugins/products/src/cli/products-list.js';
import * as release from '../../../plugins/products/src/cli/products-release.js';
import * as remove from '../../../plugins/products/src/cli/products-remove.js';
import * as set from '../../../plugins/products/src/cli/products-set.js';
import * as show from '../../../plugins/products/src/cli/products-show.js';

const host: TestHost = await startTestHost({ plugins: ['products'] });
afterAll(() => host.stop());

const packageFile = fileURLToPath(new URL('../../../plugins/products/package.json', import.meta.url));
const manifest = PluginManifest.parse(
  (JSON.parse(readFileSync(packageFile, 'utf8')) as { faultline: unknown }).faultline,
);
describeHttpRoutes(
  manifest,
  host
    .contributions(HttpRoute)
    .all()
    .filter(({ plugin }) => plugin === 'products')
    .map(({ value }) => value),
);

async function call(method: string, target: string, wish: { as?: readonly Permission[]; body?: unknown } = {}) {
  const response = await host.fetch(target, {
    method,
    as: wish.as ?? ['manage'],
    ...(wish.body === undefined
      ? {}
      : { body: JSON.stringify(wish.body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : (JSON.parse(text) as Record<string, unknown>) };
}

describe('/api/v1/products', () => {
  it('declares, changes and forgets a product, and keeps an account of it', async () => {
    const saved = await call('PUT', '/api/v1/products/Tea%20Pot%2F2', {
      body: { symbolSources: ['https://sym.example'] },
    });
    expect(saved).toMatchObject({ status: 200, body: { name: 'Tea Pot/2', version: 1, isDeclared: true } });
    expect((await call('GET', '/api/v1/products/Tea%20Pot%2F2')).body).toMatchObject({
      symbolSources: ['https://sym.example'],
    });
    expect((await call('GET', '/api/v1/products', { as: [] })).body).toMatchObject({
      products: [{ name: 'Tea Pot/2', symbolSources: [] }],
    });
    expect(await call('PUT', '/api/v1/products/Tea%20Pot%2F2?version=0', { body: {} })).toMatchObject({
      status: 409,
      body: { error: { code: 'PRODUCT_CHANGED' } },
    });
    expect((await call('DELETE', '/api/v1/products/Tea%20Pot%2F2')).status).toBe(204);
    expect((await call('GET', '/api/v1/products/Tea%20Pot%2F2')).status).toBe(404);
    const acts = await host.resolve(AuditLog).entries({ target: 'Tea Pot/2' });
    expect(acts.map(({ action }) => action)).toEqual(['product.remove', 'product.save']);
  });

  it('lets only those change anything who may manage', async () => {
    const refused = await Promise.all([
      call('PUT', '/api/v1/products/x', { as: ['triage'], body: {} }),
      call('DELETE', '/api/v1/products/x', { as: ['triage'] }),
      call('PUT', '/api/v1/releases', { as: ['triage'], body: { product: 'x', version: '1' } }),
      call('POST', '/api/v1/product-catalog', { as: ['triage'], body: {} }),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
  });

  it('says what is wrong with a product', async () => {
    for (const address of ['ftp://x', 'sym.example', 'https://name:word@sym.example']) {
      const refused = await call('PUT', '/api/v1/products/x', { body: { symbolSources: [address] } });
      expect(refused.status, address).toBe(400);
    }
    const { status, body } = await call('PUT', '/api/v1/products/x', { body: { retention: { crashDays: -1 } } });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('crashDays');
  });
});

describe('/api/v1/products/:name/versions', () => {
  it('offers the versions that are featured, by an alias too, and none of a product that nobody knows', async () => {
    await call('PUT', '/api/v1/products/Urn', { body: { aliases: ['Samovar'], featuredVersions: ['1.0', 'auto'] } });
    await call('PUT', '/api/v1/releases', { body: { product: 'Urn', version: '2.0', date: '2026-11-20' } });
    const featured = { body: { featured: ['1.0', '2.0'] } };
    expect(await call('GET', '/api/v1/products/Samovar/versions', { as: [] })).toMatchObject(featured);
    const unknown = await call('GET', '/api/v1/products/Kettle/versions', { as: [] });
    expect(unknown).toMatchObject({ status: 200, body: { featured: [] } });
    await call('DELETE', '/api/v1/products/Urn');
  });
});

describe('/api/v1/product-catalog', () => {
  it('takes a document whole, after showing what it would change', async () => {
    const document = {
      products: [
        { name: 'Teapot', order: 1 },
        { name: 'Kettle', accepted: false },
      ],
      releases: [{ product: 'Teapot', version: '1.0', channel: 'beta', buildId: '20261120', date: '2026-11-20' }],
    };
    const dry = await call('POST', '/api/v1/product-catalog?dryRun=true', { body: document });
    expect(dry.body).toEqual({ added: ['Teapot', 'Kettle'], changed: [], unchanged: [], releases: 1, dryRun: true });
    expect((await call('GET', '/api/v1/products')).body).toEqual({ products: [] });
    await call('POST', '/api/v1/product-catalog', { body: document });
    expect((await call('POST', '/api/v1/product-catalog', { body: document })).body).toMatchObject({
      unchanged: ['Teapot', 'Kettle'],
    });
    const exported = await call('GET', '/api/v1/product-catalog');
    expect(exported.body).toMatchObject({ products: [{ name: 'Teapot' }, { name: 'Kettle' }] });
    expect((await call('GET', '/api/v1/releases?product=Teapot&channel=beta')).body).toMatchObject({
      total: 1,
      releases: [{ version: '1.0', date: '2026-11-20T00:00:00.000Z', isDeclared: true }],
    });
    const which = 'product=Teapot&version=1.0&channel=beta&buildId=20261120';
    expect((await call('DELETE', `/api/v1/releases?${which}`)).status).toBe(204);
    expect((await call('DELETE', `/api/v1/releases?${which}`)).status).toBe(404);
  });

  it('lets the collector know at once', async () => {
    await call('PUT', '/api/v1/products/Samovar', { body: { accepted: false } });
    const rule = host.contributions(ThrottleRule).get('not_accepted_product')?.value;
    const report = {
      annotations: {},
      identity: { product: 'Samovar', version: '', channel: '', processType: '', platform: '', install: '' },
    };
    await expect.poll(() => rule?.decide(report, 0)).toBe('reject');
  });
});

describe('faultline products', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'faultline-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function places(): Promise<[string, string[]][]> {
    const token = await host.createToken({ permissions: ['manage'], validFor: null });
    return [
      ['a running server', ['--url', host.url, '--token', token]],
      ['a folder', ['--data', path.join(folder, 'data')]],
    ];
  }

  it('does the same on a running server and on a folder', async () => {
    writeFileSync(
      path.join(folder, 'products.yaml'),
      'products:\n  - name: Urn\n    aliases: [urn-old]\nreleases:\n  - { product: Urn, version: "2.0", date: 2026-11-20 }\n',
    );
    for (const [place, where] of await places()) {
      const run = async (module: CliModule, ...args: string[]) => {
        const { code, stdout, stderr } = await runCommand(module, [...args, ...where], { cwd: folder });
        return `${code} ${stdout}${stderr}`;
      };
      expect(await run(importCommand, 'products.yaml', '--dry-run'), place).toContain('1 would be added');
      expect(await run(importCommand, 'products.yaml'), place).toContain('1 added, 0 changed');
      expect(
        await run(set, 'Urn', '--refuse', '--crash-days', '30', '--ticket', 'T=https://t.example/?t={title}'),
      ).toBe('0 Urn is declared and not accepted.\n');
      expect(await run(release, 'Urn', '2.1', '--build-id', '20261121', '--channel', 'beta')).toBe(
        '0 Urn 2.1 is released on 2026-11-21.\n',
      );
      const shown = await run(show, 'urn-old');
      expect(shown, place).toContain('crashDays: 30');
      expect(shown, place).toMatch(/2026-11-21 {2}2\.1 {2}beta {2}20261121\n {2}2026-11-20 {2}2\.0/);
      expect(await run(list), place).toContain('Urn  not accepted  also urn-old');
      expect(await run(exportCommand, '--json'), place).toContain('"crashDays": 30');
      expect(await run(remove, 'Urn')).toBe('0 Urn is no longer declared.\n');
      expect(await run(remove, 'Urn'), place).toMatch(/^1 .*No product "Urn" is declared/);
    }
  });

  it('says what it can’t read', async () => {
    writeFileSync(path.join(folder, 'bad.yaml'), 'products:\n  - name: Urn\n    colour: red\n');
    writeFileSync(path.join(folder, 'broken.yaml'), 'products: [');
    const data = ['--data', path.join(folder, 'data')];
    const outcome = async (module: CliModule, ...args: string[]) => {
      const { code, stderr } = await runCommand(module, [...args, ...data], { cwd: folder });
      return `${code} ${stderr}`;
    };
    expect(await outcome(importCommand, 'bad.yaml')).toMatch(/^1 .*products\.0/s);
    expect(await outcome(importCommand, 'broken.yaml')).toMatch(/^1 .*neither YAML nor JSON.*line 1/);
    expect(await outcome(importCommand, 'missing.yaml')).toMatch(/^1 .*can't be read/);
    expect(await outcome(set, 'Urn', '--crash-days', 'soon')).toMatch(/^2 /);
    expect(await outcome(set)).toMatch(/^2 /);
    expect(await outcome(release, 'Urn')).toMatch(/^2 /);
  });
});
