import { defineRoute, type HttpRoute } from '@faultline/sdk';
import {
  AccessDecision,
  AccessRequestList,
  AccountAudit,
  RoleList,
  RoleWish,
  TokenList,
  UserChange,
  UserInfo,
  UserLink,
  UserList,
  UserWish,
} from '@faultline/sdk/api';
import { z } from 'zod';
import { unusedDays } from '../../auth/account-audit.js';
import { reviewAccounts } from '../../auth/account-review.js';
import type { Account } from '../../auth/accounts.js';
import type { AuthParts } from '../../auth/auth-parts.js';
import { signInUrl } from '../../auth/sign-in-links.js';
import { UserAdministration } from '../../auth/user-administration.js';
import { requestInfo, tokenInfo, userInfo } from './account-shapes.js';

const noStore = { 'cache-control': 'no-store' };
const Login = z.object({ login: z.string().max(64) });
const Id = z.object({ id: z.string().max(100) });
const RoleName = z.object({ name: z.string().max(64) });

/** Users, roles, everybody's tokens, and requests for protected data: all for those who may manage. */
export function userRoutes({ auth, publicUrl }: { auth(): AuthParts; publicUrl(): string }): HttpRoute[] {
  const administration = (): UserAdministration => new UserAdministration(auth());
  const info = async (account: Account): Promise<UserInfo> =>
    userInfo(account, {
      sessions: (await auth().sessions.list(account.login)).length,
      tokens: (await auth().tokens.list(account.login)).length,
      now: auth().clock.now(),
    });
  const link = (login: string, code: string) => ({
    headers: noStore,
    body: { login, link: signInUrl(publicUrl(), code) } satisfies UserLink,
  });

  return [
    defineRoute({
      id: 'host/users',
      method: 'GET',
      path: '/api/v1/users',
      summary: 'The users of this server',
      access: 'manage',
      response: UserList,
      async handle() {
        const users: UserInfo[] = [];
        for (const account of await auth().accounts.list()) users.push(await info(account));
        return { headers: noStore, body: { users } };
      },
    }),
    defineRoute({
      id: 'host/account-audit',
      method: 'GET',
      path: '/api/v1/account-audit',
      summary: 'Accounts and tokens that are unused, never expire, or have more rights than they use',
      access: 'manage',
      response: AccountAudit,
      handle: async () => ({
        headers: noStore,
        body: { days: unusedDays, findings: await reviewAccounts(auth()) },
      }),
    }),
    defineRoute({
      id: 'host/user-add',
      method: 'POST',
      path: '/api/v1/users',
      summary: 'Invite somebody; the answer holds the link that lets them in',
      access: 'manage',
      request: { body: UserWish },
      response: UserLink,
      async handle({ principal, body }) {
        const { account, code } = await administration().add(principal, body);
        return link(account.login, code);
      },
    }),
    defineRoute({
      id: 'host/user-change',
      method: 'PATCH',
      path: '/api/v1/users/:login',
      summary: 'Rename a user, change roles, disable or enable',
      access: 'manage',
      request: { params: Login, body: UserChange },
      response: UserInfo,
      async handle({ principal, params: { login }, body: { name, roles, isDisabled } }) {
        const acts = administration();
        if (name !== undefined) await acts.rename(principal, login, name);
        if (roles !== undefined) await acts.setRoles(principal, login, roles);
        if (isDisabled !== undefined) await acts.setDisabled(principal, login, isDisabled);
        return { headers: noStore, body: await info(await auth().accounts.get(login)) };
      },
    }),
    defineRoute({
      id: 'host/user-reset',
      method: 'POST',
      path: '/api/v1/users/:login/reset',
      summary: 'Take the password away, end all sessions, and make a link that lets the user in again',
      access: 'manage',
      request: { params: Login },
      response: UserLink,
      async handle({ principal, params }) {
        const { account, code } = await administration().reset(principal, params.login);
        return link(account.login, code);
      },
    }),
    defineRoute({
      id: 'host/user-sign-out',
      method: 'DELETE',
      path: '/api/v1/users/:login/sessions',
      summary: 'End all sessions of a user',
      access: 'manage',
      request: { params: Login },
      response: z.object({ ended: z.number() }),
      handle: async ({ principal, params }) => ({
        body: { ended: await administration().endSessions(principal, params.login) },
      }),
    }),
    defineRoute({
      id: 'host/roles',
      method: 'GET',
      path: '/api/v1/roles',
      summary: 'The roles and what they bring',
      access: 'manage',
      response: RoleList,
      handle: async () => ({ body: { roles: await auth().roles.list() } satisfies RoleList }),
    }),
    defineRoute({
      id: 'host/role-set',
      method: 'PUT',
      path: '/api/v1/roles/:name',
      summary: 'Make or change a role of this server',
      access: 'manage',
      request: { params: RoleName, body: RoleWish },
      response: RoleList,
      async handle({ principal, params, body }) {
        await administration().setRole(principal, params.name, body.permissions);
        return { body: { roles: await auth().roles.list() } satisfies RoleList };
      },
    }),
    defineRoute({
      id: 'host/role-remove',
      method: 'DELETE',
      path: '/api/v1/roles/:name',
      summary: 'Remove a role that nobody has',
      access: 'manage',
      request: { params: RoleName },
      response: null,
      async handle({ principal, params }) {
        await administration().setRole(principal, params.name, null);
        return { status: 204, body: null };
      },
    }),
    defineRoute({
      id: 'host/tokens',
      method: 'GET',
      path: '/api/v1/tokens',
      summary: 'The API tokens of everybody, and those made on the machine of the server',
      access: 'manage',
      response: TokenList,
      handle: async () => ({
        headers: noStore,
        body: { tokens: (await auth().tokens.list()).map(tokenInfo) } satisfies TokenList,
      }),
    }),
    defineRoute({
      id: 'host/token-revoke',
      method: 'DELETE',
      path: '/api/v1/tokens/:id',
      summary: 'Revoke any API token',
      access: 'manage',
      request: { params: Id },
      response: null,
      async handle({ principal, params }) {
        await auth().tokens.revoke(params.id);
        const actor = { actor: principal.id, actorName: principal.name };
        await auth().audit.record({ ...actor, action: 'token.revoke', target: params.id, details: null });
        return { status: 204, body: null };
      },
    }),
    defineRoute({
      id: 'host/access-requests',
      method: 'GET',
      path: '/api/v1/access-requests',
      summary: 'Who has asked to see protected data',
      access: 'manage',
      response: AccessRequestList,
      handle: async () => ({
        headers: noStore,
        body: { requests: (await auth().requests.list()).map(requestInfo) } satisfies AccessRequestList,
      }),
    }),
    defineRoute({
      id: 'host/access-decide',
      method: 'POST',
      path: '/api/v1/access-requests/:id/decision',
      summary: 'Grant a request for some days, or refuse it',
      access: 'manage',
      request: { params: Id, body: AccessDecision },
      response: AccessRequestList.shape.requests.element,
      async handle({ principal, params, body: { grant, days } }) {
        const decision = days === undefined ? { grant } : { grant, days };
        return { body: requestInfo(await administration().decide(principal, params.id, decision)) };
      },
    }),
    defineRoute({
      id: 'host/access-revoke',
      method: 'DELETE',
      path: '/api/v1/access-requests/:id',
      summary: 'Take back what was granted',
      access: 'manage',
      request: { params: Id },
      response: AccessRequestList.shape.requests.element,
      handle: async ({ principal, params }) => ({
        body: requestInfo(await administration().revoke(principal, params.id)),
      }),
    }),
  ];
}
