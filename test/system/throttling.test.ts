import { afterAll, describe, expect, it } from 'vitest';
import { Reader, submit, submitAccepted } from './crash-client.js';
import { cleanUp, startServer } from './server-process.js';

afterAll(cleanUp);

describe('throttling', () => {
  it('tells which rules are in force and how often each decided, and processes a deferred crash when asked', async () => {
    const rules = [
      { id: 'keep_for_later', when: [{ annotation: 'Version', equals: '2' }], verdict: 'defer' },
      { id: 'too_old', when: [{ annotation: 'Version', prefix: '0.' }], verdict: 'reject' },
    ];
    const server = await startServer({ args: ['--set', `collector.throttle=${JSON.stringify({ rules })}`] });
    const reader = await Reader.of(server);
    const deferred = await submitAccepted(server.url, { ProductName: 'Later', Version: '2' });
    for (const version of ['0.1', '0.2']) {
      expect((await submit(server.url, { ProductName: 'Old', Version: version })).text).toBe('Discarded=rule_too_old');
    }
    const inForce = await reader.get<{ rules: object[] }>('/api/v1/plugins/collector/throttle/rules');
    expect(inForce.rules.slice(0, 2)).toEqual([
      { id: 'keep_for_later', title: 'keep_for_later', plugin: '', hits: { deferred: 1 } },
      { id: 'too_old', title: 'too_old', plugin: '', hits: { rejected: 2 } },
    ]);
    // The products' plugin brings one.
    expect(inForce.rules.slice(2)).toContainEqual(expect.objectContaining({ plugin: 'products', hits: {} }));
    expect((await reader.report(deferred)).state).toBe('deferred');
    const asked = await fetch(`${server.url}/api/v1/crashes/${deferred}/reprocess`, {
      method: 'POST',
      headers: { 'auth-token': reader.token, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(asked.ok, await asked.text()).toBe(true);
    expect((await reader.processed(deferred)).state).toBe('processed');
    expect(await server.stop()).toBe(0);
  });
});
