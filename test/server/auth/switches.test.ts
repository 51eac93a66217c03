import { definePlugin, HttpRoute, switchedAccess } from '@faultline/sdk';
import { startTestHost, type TestPlugin } from '@faultline/server/testing';
import { describe, expect, it } from 'vitest';

const switched: TestPlugin = {
  manifest: { id: 'switched', contributes: { HttpRoute: [{ id: 'switched/*' }] } },
  definition: definePlugin({
    activate(context) {
      for (const access of switchedAccess) {
        const route = { id: `switched/${access}`, method: 'GET', path: access, summary: access, access } as const;
        context.contribute(HttpRoute, { ...route, handle: () => ({ body: 'open' }) });
      }
    },
  }),
};

/** Who gets in without signing in, by switch. */
async function open(config: Record<string, unknown>, headers: Record<string, string> = {}): Promise<string[]> {
  const host = await startTestHost({ plugins: [switched], config });
  try {
    const found: string[] = [];
    for (const access of switchedAccess) {
      const path = `/api/v1/plugins/switched/${access}`;
      expect((await host.fetch(path, { as: [] })).status).toBe(200);
      if ((await host.fetch(path, { headers })).status === 200) found.push(access);
    }
    return found;
  } finally {
    await host.stop();
  }
}

describe('what is opened one by one', () => {
  const proxied = { server: { trustedProxies: ['10.0.0.1'] } };

  it('is open on loopback, and closed beyond it', async () => {
    expect(await open({})).toEqual([...switchedAccess]);
    expect(await open(proxied)).toEqual([]);
  });

  it('follows its own switch', async () => {
    expect(await open({ ...proxied, access: { statusPage: true } })).toEqual(['status-page']);
    expect(await open({ ...proxied, access: { symbolDownload: true } })).toEqual(['symbol-download']);
    expect(await open({ access: { symbolicate: false } })).toEqual(['symbol-download', 'status-page']);
    expect(await open({ access: { anonymous: 'none' } })).toEqual([...switchedAccess]);
  });
});
