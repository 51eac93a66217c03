import { defineRoute, FaultlineError, permissions, type HttpRequest, type HttpRoute } from '@faultline/sdk';
import { SessionInfo, SignIn, SignInWays } from '@faultline/sdk/api';
import type { AccessPolicy } from '../../auth/access-policy.js';
import type { AuthParts } from '../../auth/auth-parts.js';
import { nobody, type Identity } from '../../auth/authenticator.js';
import type { StartedSession } from '../../auth/sessions.js';
import type { SignInOrigin } from '../../auth/sign-in.js';
import type { Cookies } from '../cookies.js';
import { ShellRequest } from '../shell-request.js';

export interface SessionRouteParts {
  auth(): AuthParts;
  access: AccessPolicy;
  cookies: Cookies;
  /** Words of the button; null without a provider. */
  oidcLabel: string | null;
}

/** Who the caller is; signing in by one-time code, token or password; signing out. */
export function sessionRoutes({ auth, access, cookies, oidcLabel }: SessionRouteParts): HttpRoute[] {
  const info = (request: HttpRequest, identity: Identity): SessionInfo => ({
    kind: identity.principal.kind,
    name: identity.principal.name,
    login: identity.session?.login ?? null,
    permissions: permissions.filter((permission) => identity.principal.permissions.has(permission)),
    anonymousMayRead: access.mayReadAnonymously(hostOf(request)),
    csrfToken: identity.session?.csrfToken ?? null,
  });
  const answer = (request: HttpRequest, { secret, session, maxAge }: StartedSession) => ({
    headers: { 'cache-control': 'no-store', 'set-cookie': cookies.session(secret, maxAge, ofShell(request).isSecure) },
    body: info(request, { principal: session.principal, session, sessionSecret: secret }),
  });
  return [
    {
      id: 'host/session',
      method: 'GET',
      path: '/api/v1/session',
      summary: 'Who the caller is, and what this server lets them do',
      access: 'open',
      response: SessionInfo,
      async handle(request) {
        const { identity } = ofShell(request);
        if (identity.session?.needsRotation === true && identity.sessionSecret !== null) {
          const rotated = await auth().sessions.rotate(identity.sessionSecret);
          if (rotated !== null) return answer(request, rotated);
        }
        return { headers: { 'cache-control': 'no-store' }, body: info(request, identity) };
      },
    },
    {
      id: 'host/sign-in-ways',
      method: 'GET',
      path: '/api/v1/session/ways',
      summary: 'What the sign-in page offers beside one-time links and tokens',
      access: 'open',
      response: SignInWays,
      async handle() {
        const accounts = await auth().accounts.list();
        return {
          body: {
            password: accounts.some((account) => account.password !== null),
            oidc: oidcLabel === null ? null : { label: oidcLabel },
          } satisfies SignInWays,
        };
      },
    },
    defineRoute({
      id: 'host/sign-in',
      method: 'POST',
      path: '/api/v1/session',
      summary: 'Sign in with the code of a one-time link, with a token, or with login and password',
      access: 'open',
      request: { body: SignIn },
      response: SessionInfo,
      async handle(request) {
        requireSameSite(request);
        return answer(request, await auth().signIn.with(request.body, originOf(request)));
      },
    }),
    {
      id: 'host/sign-out',
      method: 'DELETE',
      path: '/api/v1/session',
      summary: 'Sign out',
      access: 'open',
      response: SessionInfo,
      async handle(request) {
        const { identity, isSecure } = ofShell(request);
        const { session, sessionSecret, principal } = identity;
        if (session !== null && sessionSecret !== null) {
          const { sessions, audit } = auth();
          await sessions.end(sessionSecret);
          const actor = { actor: principal.id, actorName: principal.name };
          await audit.record({ ...actor, action: 'session.end', target: session.id, details: null });
        }
        return { headers: { 'set-cookie': cookies.session('', 0, isSecure) }, body: info(request, nobody) };
      },
    },
  ];
}

/** What a sign-in remembers of the request that brought it. */
export function originOf(request: HttpRequest): SignInOrigin {
  const client = request.headers['user-agent'];
  return {
    remoteAddress: request.remoteAddress,
    client: typeof client === 'string' ? client : '',
    sessionSecret: ofShell(request).identity.sessionSecret,
  };
}

/** A page elsewhere must not sign its visitors in as somebody of its choice. */
function requireSameSite(request: HttpRequest): void {
  const site = request.headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  throw new FaultlineError('PermissionDenied', 'CROSS_SITE', 'Signing in from another site is not allowed.');
}

function hostOf(request: HttpRequest): string | undefined {
  return typeof request.headers['host'] === 'string' ? request.headers['host'] : undefined;
}

/** The shell's own requests carry more than the contract says. */
export function ofShell(request: HttpRequest): ShellRequest {
  if (request instanceof ShellRequest) return request;
  throw new Error('Session routes are answered by the HTTP shell only.');
}
