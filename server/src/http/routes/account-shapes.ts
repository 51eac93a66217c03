/** Accounts, tokens and requests in the shapes of the API: what a hash or password is never leaves. */
import type { AccessRequestList, TokenList, UserInfo } from '@faultline/sdk/api';
import type { AccessRequest } from '../../auth/access-requests.js';
import type { Account } from '../../auth/accounts.js';
import type { TokenFacts } from '../../auth/api-tokens.js';

export function tokenInfo(token: TokenFacts): TokenList['tokens'][number] {
  return {
    id: token.id,
    name: token.name,
    permissions: token.permissions,
    createdAt: time(token.createdAt),
    expiresAt: token.expiresAt === null ? null : time(token.expiresAt),
    usedAt: token.usedAt === null ? null : time(token.usedAt),
    owner: token.owner,
  };
}

export function requestInfo(request: AccessRequest): AccessRequestList['requests'][number] {
  return {
    id: request.id,
    login: request.login,
    permissions: request.permissions,
    reason: request.reason,
    days: request.days,
    askedAt: time(request.askedAt),
    state: request.state,
    decidedBy: request.decidedBy,
    until: request.until === null ? null : time(request.until),
  };
}

export function userInfo(account: Account, counts: { sessions: number; tokens: number; now: number }): UserInfo {
  const { grant } = account;
  return {
    login: account.login,
    name: account.name,
    roles: account.roles,
    isDisabled: account.isDisabled,
    origin: account.origin,
    hasPassword: account.password !== null,
    createdAt: time(account.createdAt),
    lastSignInAt: account.lastSignInAt === null ? null : time(account.lastSignInAt),
    sessions: counts.sessions,
    tokens: counts.tokens,
    grant:
      grant === null || grant.until <= counts.now ? null : { permissions: grant.permissions, until: time(grant.until) },
  };
}

function time(at: number): string {
  return new Date(at).toISOString();
}
