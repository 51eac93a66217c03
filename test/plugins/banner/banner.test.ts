import { AuditLog, HttpRoute, PluginManifest, type Permission } from '@faultline/sdk';
import type { BannerDetail } from '@faultline/sdk/api';
import { startTestHost, type TestHost } from '@faultline/server/testing';
import { describeHttpRoutes } from '@faultline/testing/suites';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';

const host: TestHost = await startTestHost({ plugins: ['banner'] });
afterAll(() => host.stop());

const packageFile = new URL('../../../plugins/banner/package.json', import.meta.url);
describeHttpRoutes(
  PluginManifest.parse((JSON.parse(readFileSync(packageFile, 'utf8')) as { faultline: unknown }).faultline),
  host
    .contributions(HttpRoute)
    .all()
    .filter(({ plugin }) => plugin === 'banner')
    .map(({ value }) => value),
);

async function call(method: string, body?: unknown, as: readonly Permission[] = ['manage']) {
  return host.fetch('/api/v1/banner', {
    method,
    as,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
}

async function shown(): Promise<BannerDetail['banner']> {
  const answer = (await (await call('GET', undefined, [])).json()) as BannerDetail;
  return answer.banner;
}

describe('the banner', () => {
  it('is read by everybody who may read, put up and taken down by admins, and written to the audit log', async () => {
    expect(await shown()).toBeNull();
    const banner = { text: '  Maintenance at 18:00 <b>UTC</b>  ', level: 'warning', until: null };
    expect((await call('PUT', banner)).status).toBe(200);
    expect(await shown()).toMatchObject({ text: 'Maintenance at 18:00 <b>UTC</b>', level: 'warning' });
    expect((await call('PUT', banner, ['triage'])).status).toBe(403);
    expect((await call('DELETE', undefined, [])).status).toBe(403);
    expect((await call('DELETE')).status).toBe(204);
    expect(await shown()).toBeNull();
    const actions = (await host.resolve(AuditLog).entries()).map(({ action }) => action);
    expect(actions).toEqual(['banner.take-down', 'banner.put']);
  });

  it('goes by itself when its time is over', async () => {
    await call('PUT', { text: 'Soon over', level: 'info', until: new Date(Date.now() + 400).toISOString() });
    expect(await shown()).toMatchObject({ text: 'Soon over' });
    await expect.poll(shown, { timeout: 5000 }).toBeNull();
  });

  it('refuses what no screen could show, and says what', async () => {
    for (const banner of [
      { text: '   ', level: 'info', until: null },
      { text: 'x'.repeat(501), level: 'info', until: null },
      { text: 'x', level: 'loud', until: null },
      { text: 'x', level: 'info', until: 'tomorrow' },
    ]) {
      expect((await call('PUT', banner)).status).toBe(400);
    }
    expect(await shown()).toBeNull();
  });
});
