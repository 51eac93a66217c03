import type { Job, NoticeBoard, NoticeCondition } from '@faultline/sdk';
import type { AccountFinding } from '@faultline/sdk/api';
import { auditAccounts, unusedDays } from './account-audit.js';
import type { AuthParts } from './auth-parts.js';

/** What looks only, or is done with other rights than `manage`, is no administration. */
const otherActs = /^(session\.|token\.|rawdump\.|crash\.view|crash\.read|search\.|symbols\.|mappings\.)/;
const page = 1000;
const mostEntries = 100_000;

/** What there is to say about accounts and tokens now. */
export async function reviewAccounts(auth: AuthParts): Promise<AccountFinding[]> {
  const accounts = await Promise.all(
    (await auth.accounts.list()).map(async (account) => ({
      account,
      permissions: await auth.accounts.permissionsOf(account),
    })),
  );
  return auditAccounts({
    now: auth.clock.now(),
    accounts,
    tokens: await auth.tokens.list(),
    usesSince: await auth.tokens.uses.since(),
    administrators: await administratorsOf(auth),
  });
}

async function administratorsOf({ audit, clock }: AuthParts): Promise<Set<string> | null> {
  const from = clock.now() - unusedDays * 86_400_000;
  const found = new Set<string>();
  let before: number | undefined;
  for (let seen = 0; seen < mostEntries; seen += page) {
    const entries = await audit.entries({ limit: page, ...(before === undefined ? {} : { before }) });
    for (const { at, actor, action } of entries) if (at >= from && !otherActs.test(action)) found.add(actor);
    const last = entries.at(-1);
    if (last === undefined || entries.length < page || last.at < from) return found;
    before = last.sequence;
  }
  return null;
}

/** The job `host/audit-accounts`: each night, a report in its receipt, and a notice in the app while there is something. */
export function accountAuditJob(auth: () => AuthParts, board: () => NoticeBoard | null): Job {
  return {
    id: 'host/audit-accounts',
    title: 'Look for accounts and tokens that are unused, never expire or have more rights than they use',
    schedule: { cron: '20 5 * * *' },
    async run(run) {
      const findings = await reviewAccounts(auth());
      run.signal.throwIfAborted();
      await board()?.hold('host', conditionsOf(findings));
      return { findings: findings.map((finding) => ({ ...finding })) };
    },
  };
}

function conditionsOf(findings: readonly AccountFinding[]): NoticeCondition[] {
  if (findings.length === 0) return [];
  const count = (...kinds: AccountFinding['kind'][]): number =>
    findings.filter(({ kind }) => kinds.includes(kind)).length;
  const parts: [number, string][] = [
    [count('user-unused'), `accounts not used for ${unusedDays} days`],
    [count('token-unused'), `tokens not used for ${unusedDays} days`],
    [count('token-never-expires'), 'tokens that never expire'],
    [count('user-over-privileged', 'token-over-privileged'), 'that may manage the server and never do'],
  ];
  const said = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return [
    {
      key: 'accounts-audit',
      severity: 'info',
      text: `Accounts and tokens want a look: ${said.join(', ')}.`,
      hint: 'The page "Users" marks each of them.',
      link: '/settings/users',
    },
  ];
}
