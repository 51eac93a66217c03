/** Accounts and tokens that want a look: unused, never-expiring, with more rights than they use. Pure. */
import type { Milliseconds, Permission, UnixMillis } from '@faultline/sdk';
import type { AccountFinding } from '@faultline/sdk/api';
import type { Account } from './accounts.js';
import type { TokenFacts } from './api-tokens.js';

/** So long without use is unused. */
export const unusedDays = 90;
const unusedAfter: Milliseconds = unusedDays * 86_400_000;

export interface AccountFacts {
  now: UnixMillis;
  accounts: readonly { account: Account; permissions: ReadonlySet<Permission> }[];
  tokens: readonly TokenFacts[];
  /** Since when uses of tokens are noted. */
  usesSince: UnixMillis;
  /** Principal ids of who administered something within that time; null when the log is too long to tell. */
  administrators: ReadonlySet<string> | null;
}

export function auditAccounts({ now, accounts, tokens, usesSince, administrators }: AccountFacts): AccountFinding[] {
  const isOld = (time: UnixMillis): boolean => now - time > unusedAfter;
  const isIdle = (principal: string, madeAt: UnixMillis): boolean =>
    administrators !== null && isOld(madeAt) && !administrators.has(principal);
  const ofUsers = accounts
    .filter(({ account }) => !account.isDisabled)
    .flatMap(({ account, permissions }): AccountFinding[] => {
      const { login, name, createdAt, lastSignInAt } = account;
      const found = { id: login, name, owner: null, usedAt: timeOf(lastSignInAt) };
      const isUnused = isOld(lastSignInAt ?? createdAt);
      if (isUnused) return [{ kind: 'user-unused', ...found }];
      const hasTooMuch = permissions.has('manage') && isIdle(`user:${login}`, createdAt);
      return hasTooMuch ? [{ kind: 'user-over-privileged', ...found }] : [];
    });
  const ofTokens = tokens
    .filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
    .flatMap((token): AccountFinding[] => {
      const { id, name, owner, createdAt, usedAt, expiresAt, permissions } = token;
      const found = { id, name, owner, usedAt: timeOf(usedAt) };
      const isUnused = isOld(usedAt ?? Math.max(createdAt, usesSince));
      const hasTooMuch = permissions.includes('manage') && isIdle(`token:${id}`, createdAt);
      const kinds: AccountFinding['kind'][] = [
        ...(isUnused ? (['token-unused'] as const) : []),
        ...(expiresAt === null ? (['token-never-expires'] as const) : []),
        ...(hasTooMuch && !isUnused ? (['token-over-privileged'] as const) : []),
      ];
      return kinds.map((kind) => ({ kind, ...found }));
    });
  return [...ofUsers, ...ofTokens];
}

function timeOf(time: UnixMillis | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
