import { AuditLog, Clock, StateStore } from '@faultline/sdk';
import { AuditList } from '@faultline/sdk/api';
import { fake, startTestHost, type TestHost } from '@faultline/server/testing';
import { FakeClock } from '@faultline/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StateAuditLog } from '../../../server/src/audit/state-audit-log.js';

let host: TestHost;
const clock = new FakeClock();

beforeEach(async () => {
  host = await startTestHost({ fakes: [fake(Clock, clock)] });
});
afterEach(() => host.stop());

const fact = (action: string, target = 'x') => ({ actor: 'user:ann', actorName: 'Ann', action, target, details: null });

describe('the audit log', () => {
  it('numbers entries without a gap, also when two processes write at once', async () => {
    const another = new StateAuditLog(() => host.resolve(StateStore), clock);
    const log = host.resolve(AuditLog);
    await Promise.all(Array.from({ length: 30 }, (_, n) => (n % 2 === 0 ? log : another).record(fact(`test.n${n}`))));
    const entries = await log.entries({ limit: 100 });
    expect(entries.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 30 }, (_, n) => 30 - n));
    expect(new Set(entries.map(({ action }) => action)).size).toBe(30);
  });

  it('is found by actor, action, family of actions and target, page by page', async () => {
    const log = host.resolve(AuditLog);
    for (const action of ['user.disable', 'user.add', 'crash.view', 'userland.x']) await log.record(fact(action));
    await log.record({ ...fact('crash.view', 'bp-1'), actor: 'user:bob' });
    const actions = async (query: string): Promise<string[]> => {
      const response = await host.fetch(`/api/v1/audit?${query}`, { as: ['manage'] });
      return AuditList.parse(await response.json()).entries.map(({ action }) => action);
    };
    expect(await actions('action=user')).toEqual(['user.add', 'user.disable']);
    expect(await actions('action=crash.view&actor=user:bob')).toEqual(['crash.view']);
    expect(await actions('target=bp-1')).toEqual(['crash.view']);
    expect(await actions('limit=2')).toEqual(['crash.view', 'userland.x']);
    expect(await actions('limit=2&before=4')).toEqual(['crash.view', 'user.add']);
  });

  it('is exported whole, oldest first, one object a line, to those who may manage', async () => {
    await host.resolve(AuditLog).record({ ...fact('plugin.disable'), details: { by: 'hand\n' } });
    await host.resolve(AuditLog).record(fact('plugin.enable'));
    const response = await host.fetch('/api/v1/audit/export', { as: ['manage'] });
    expect(response.headers.get('content-type')).toContain('application/x-ndjson');
    const lines = (await response.text()).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { sequence: number }).sequence)).toEqual([1, 2]);
    for (const path of ['/api/v1/audit', '/api/v1/audit/export']) {
      expect((await host.fetch(path, { as: ['view_pii', 'view_rawdump'] })).status).toBe(403);
      expect((await host.fetch(path)).status).toBe(403);
    }
  });

  it('is not changed by any request', async () => {
    await host.resolve(AuditLog).record(fact('plugin.enable'));
    for (const method of ['DELETE', 'PUT', 'PATCH', 'POST']) {
      expect((await host.fetch('/api/v1/audit', { method, as: ['manage'] })).status).toBe(405);
    }
  });
});
