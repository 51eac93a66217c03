import {
  defineRoute,
  FaultlineError,
  permissions,
  type HttpRequest,
  type HttpRoute,
  type Permission,
} from '@faultline/sdk';
import {
  AccessRequestList,
  AccessWish,
  AccountInfo,
  PasswordChange,
  SessionInfo,
  SessionList,
  TokenList,
  TokenMade,
  TokenWish,
} from '@faultline/sdk/api';
import { z } from 'zod';
import type { Account } from '../../auth/accounts.js';
import type { AuthParts } from '../../auth/auth-parts.js';
import type { Cookies } from '../cookies.js';
import { requestInfo, tokenInfo } from './account-shapes.js';
import { ofShell, originOf } from './session-routes.js';

const noStore = { 'cache-control': 'no-store' };
const day = 24 * 60 * 60_000;
const Id = z.object({ id: z.string().max(100) });

/** One's own account: password, sessions, tokens, wishes for protected data. */
export function accountRoutes({ auth, cookies }: { auth(): AuthParts; cookies: Cookies }): HttpRoute[] {
  const own = async (request: HttpRequest): Promise<Account> => auth().accounts.get(loginOf(request));
  const record = (
    request: HttpRequest,
    action: string,
    target: string,
    details: Record<string, string[] | number | string> | null = null,
  ) => auth().audit.record({ actor: request.principal.id, actorName: request.principal.name, action, target, details });

  return [
    defineRoute({
      id: 'host/account',
      method: 'GET',
      path: '/api/v1/account',
      summary: 'The account of the caller',
      access: 'signed-in',
      response: AccountInfo,
      async handle(request) {
        const account = await own(request);
        const { grant } = account;
        const body: AccountInfo = {
          login: account.login,
          name: account.name,
          roles: account.roles,
          permissions: permissions.filter((one) => request.principal.permissions.has(one)),
          hasPassword: account.password !== null,
          origin: account.origin,
          grant:
            grant === null || grant.until <= auth().clock.now()
              ? null
              : { permissions: grant.permissions, until: new Date(grant.until).toISOString() },
        };
        return { headers: noStore, body };
      },
    }),
    defineRoute({
      id: 'host/account-password',
      method: 'PUT',
      path: '/api/v1/account/password',
      summary: 'Set a password: all other sessions of the account end, this one goes on',
      access: 'signed-in',
      request: { body: PasswordChange },
      response: SessionInfo.pick({ csrfToken: true }),
      async handle(request) {
        const account = await own(request);
        const { passwords, accounts, sessions, links } = auth();
        await auth().signIn.confirm(account, request.body.current, originOf(request));
        const password = await passwords.store(request.body.next, account.login);
        const changed = await accounts.change(account.login, (one) => ({
          ...one,
          password,
          generation: one.generation + 1,
        }));
        await links.withdraw(account.login);
        await sessions.endOf(account.login, { except: null });
        const started = await sessions.start({ account: changed }, originOf(request).client);
        await record(request, 'account.password', `user:${account.login}`);
        const cookie = cookies.session(started.secret, started.maxAge, ofShell(request).isSecure);
        return { headers: { ...noStore, 'set-cookie': cookie }, body: { csrfToken: started.session.csrfToken } };
      },
    }),
    defineRoute({
      id: 'host/account-sessions',
      method: 'GET',
      path: '/api/v1/account/sessions',
      summary: 'Where the caller is signed in',
      access: 'signed-in',
      response: SessionList,
      async handle(request) {
        const current = ofShell(request).identity.session?.id;
        const sessions = (await auth().sessions.list(loginOf(request))).map((session) => ({
          id: session.id,
          startedAt: new Date(session.startedAt).toISOString(),
          lastSeenAt: new Date(session.lastSeenAt).toISOString(),
          expiresAt: new Date(session.expiresAt).toISOString(),
          client: session.client,
          isCurrent: session.id === current,
        }));
        return { headers: noStore, body: { sessions } satisfies SessionList };
      },
    }),
    defineRoute({
      id: 'host/account-session-end',
      method: 'DELETE',
      path: '/api/v1/account/sessions/:id',
      summary: 'Sign out elsewhere: one session, or with the id "others" all but this one',
      access: 'signed-in',
      request: { params: Id },
      response: null,
      async handle(request) {
        const { id } = request.params;
        const except = ofShell(request).identity.session?.id ?? null;
        const ended = await auth().sessions.endOf(loginOf(request), id === 'others' ? { except } : { id });
        if (ended === 0 && id !== 'others') {
          throw new FaultlineError('NotFound', 'SESSION_NOT_FOUND', 'There is no such session; it may have ended.');
        }
        await record(request, 'session.end', id, { ended });
        return { status: 204, body: null };
      },
    }),
    defineRoute({
      id: 'host/account-tokens',
      method: 'GET',
      path: '/api/v1/account/tokens',
      summary: 'The API tokens of the caller',
      access: 'signed-in',
      response: TokenList,
      async handle(request) {
        const tokens = (await auth().tokens.list(loginOf(request))).map(tokenInfo);
        return { headers: noStore, body: { tokens } satisfies TokenList };
      },
    }),
    defineRoute({
      id: 'host/account-token-create',
      method: 'POST',
      path: '/api/v1/account/tokens',
      summary: 'Make an API token; it is shown this once',
      access: 'signed-in',
      request: { body: TokenWish },
      response: TokenMade,
      async handle(request) {
        const { name, permissions: wanted, days } = request.body;
        requireOwned(wanted, request.principal.permissions);
        const wish = { name, permissions: wanted, validFor: days === null ? null : days * day };
        const token = await auth().tokens.create({ ...wish, owner: loginOf(request) });
        await record(request, 'token.create', name, { permissions: wanted });
        return { headers: noStore, body: { token } };
      },
    }),
    defineRoute({
      id: 'host/account-token-revoke',
      method: 'DELETE',
      path: '/api/v1/account/tokens/:id',
      summary: 'Revoke an API token of the caller',
      access: 'signed-in',
      request: { params: Id },
      response: null,
      async handle(request) {
        await auth().tokens.revoke(request.params.id, loginOf(request));
        await record(request, 'token.revoke', request.params.id);
        return { status: 204, body: null };
      },
    }),
    defineRoute({
      id: 'host/account-access-requests',
      method: 'GET',
      path: '/api/v1/account/access-requests',
      summary: 'What the caller has asked to see',
      access: 'signed-in',
      response: AccessRequestList,
      async handle(request) {
        const requests = (await auth().requests.list(loginOf(request))).map(requestInfo);
        return { headers: noStore, body: { requests } satisfies AccessRequestList };
      },
    }),
    defineRoute({
      id: 'host/account-access-ask',
      method: 'POST',
      path: '/api/v1/account/access-requests',
      summary: 'Ask to see protected data for some days',
      access: 'signed-in',
      request: { body: AccessWish },
      response: AccessRequestList.shape.requests.element,
      async handle(request) {
        const asked = await auth().requests.ask(loginOf(request), request.body);
        await record(request, 'access.ask', asked.id, { permissions: asked.permissions, days: asked.days });
        return { headers: noStore, body: requestInfo(asked) };
      },
    }),
  ];
}

/** An account is a person's: a token must not change the password of its owner, or make more tokens. */
function loginOf(request: HttpRequest): string {
  const login = ofShell(request).identity.session?.login ?? null;
  if (login !== null) return login;
  throw new FaultlineError('PermissionDenied', 'ACCOUNT_NEEDED', 'This is for people who have signed in.', {
    hint: 'Sign in with a password, a one-time link or single sign-on; a token has no account page.',
  });
}

function requireOwned(wanted: readonly Permission[], owned: ReadonlySet<Permission>): void {
  const missing = wanted.find((permission) => !owned.has(permission));
  if (missing === undefined) return;
  throw new FaultlineError('PermissionDenied', 'PERMISSION_MISSING', 'A token may not do more than its owner.', {
    hint: `You don't have the permission "${missing}".`,
    details: { permission: missing },
  });
}
