import { AuditLog, Clock, JobRunner, NoticeBoard } from '@faultline/sdk';
import { AccountAudit, TokenList } from '@faultline/sdk/api';
import { fake, startTestHost } from '@faultline/server/testing';
import { expect, it } from 'vitest';
import { auditAccounts, type AccountFacts } from '../../../server/src/auth/account-audit.js';
import { BrowserSession } from './browser-session.js';

const day = 86_400_000;
const now = Date.UTC(2026, 10, 23);
const ago = (days: number): number => now - days * day;

type Account = AccountFacts['accounts'][number]['account'];
const account = (login: string, facts: Partial<Account>): Account => ({
  login,
  name: login,
  roles: [],
  isDisabled: false,
  origin: 'local',
  password: null,
  createdAt: ago(300),
  lastSignInAt: ago(1),
  generation: 1,
  rolesChangedAt: 0,
  grant: null,
  ...facts,
});
const token = (id: string, facts: Partial<AccountFacts['tokens'][number]>): AccountFacts['tokens'][number] => ({
  id,
  name: id,
  owner: null,
  permissions: [],
  createdAt: ago(300),
  expiresAt: now + day,
  usedAt: ago(2),
  ...facts,
});

it('names accounts and tokens that are unused, never expire, or may manage and never do', () => {
  const plain = new Set<never>();
  const admin = new Set(['manage'] as const);
  const findings = auditAccounts({
    now,
    usesSince: ago(200),
    administrators: new Set(['user:busy']),
    accounts: [
      { account: account('away', { lastSignInAt: ago(91) }), permissions: plain },
      { account: account('invited', { lastSignInAt: null, createdAt: ago(10) }), permissions: plain },
      { account: account('gone', { lastSignInAt: ago(200), isDisabled: true }), permissions: plain },
      { account: account('busy', {}), permissions: admin },
      { account: account('idle', {}), permissions: admin },
      { account: account('fresh', { createdAt: ago(10) }), permissions: admin },
    ],
    tokens: [
      token('used', {}),
      token('unused', { usedAt: ago(100), expiresAt: null }),
      token('never', { usedAt: null }),
      token('over', { usedAt: null, expiresAt: ago(1) }),
      token('strong', { permissions: ['manage'] }),
    ],
  });
  expect(findings.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
    'user-unused away',
    'user-over-privileged idle',
    'token-unused unused',
    'token-never-expires unused',
    'token-unused never',
    'token-over-privileged strong',
  ]);
});

it('does not take what was not noted for unused, nor a log too long to read for idleness', () => {
  const facts = { now, administrators: null, accounts: [], usesSince: ago(20) };
  expect(auditAccounts({ ...facts, tokens: [token('old', { usedAt: null, permissions: ['manage'] })] })).toEqual([]);
});

it('is done by a job that leaves a report, and a notice in the app that goes when all is well', async () => {
  const real = { now: () => Date.now(), monotonic: () => performance.now() };
  let shift = 0;
  const clock: Clock = {
    now: () => real.now() + shift,
    monotonic: real.monotonic,
    sleep: (delay, signal) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, delay);
        signal?.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(signal.reason as Error);
        });
      }),
  };
  const host = await startTestHost({ plugins: ['jobs', 'notices'], fakes: [fake(Clock, clock)] });
  try {
    const admin = await BrowserSession.admin(host);
    const runner = host.resolve(JobRunner);
    const report = async () => (await runner.settled((await runner.start('host/audit-accounts', null, '')).id)).result;
    await host.createToken({ permissions: ['manage'], validFor: null });
    const first = AccountAudit.parse(await admin.json('GET', '/api/v1/account-audit'));
    expect(first.findings.map(({ kind }) => kind)).toEqual(['token-never-expires']);
    shift = 100 * day;
    expect(await report()).toMatchObject({
      findings: [{ kind: 'user-unused', id: 'admin' }, { kind: 'token-unused' }, { kind: 'token-never-expires' }],
    });
    const board = host.resolve(NoticeBoard);
    expect(await board.open()).toMatchObject([{ owner: 'host', severity: 'info', link: '/settings/users' }]);

    // A use is noted, to the day, and one who administers something has the right to.
    shift = 0;
    expect((await host.fetch('/api/v1/jobs', { as: ['manage'] })).status).toBe(200);
    const list = async () => TokenList.parse(await admin.json('GET', '/api/v1/tokens')).tokens;
    await expect
      .poll(async () => (await list()).filter(({ usedAt }) => usedAt !== null).length, { timeout: 10_000 })
      .toBe(1);
    await host
      .resolve(AuditLog)
      .record({ actor: 'user:admin', actorName: '', action: 'role.set', target: '', details: null });
    for (const { id } of await list()) await admin.json('DELETE', `/api/v1/tokens/${id}`);
    expect(await report()).toEqual({ findings: [] });
    expect(await board.open()).toEqual([]);
  } finally {
    await host.stop();
  }
});
