import { defineRoute, FaultlineError, permissions, type HttpRequest, type HttpRoute } from '@faultline/sdk';
import { SessionInfo, SignIn } from '@faultline/sdk/api';
import type { AccessPolicy } from '../../auth/access-policy.js';
import type { ApiTokens } from '../../auth/api-tokens.js';
import { nobody, type Identity } from '../../auth/authenticator.js';
import { sessionCookie, type Session, type Sessions } from '../../auth/sessions.js';
import type { SignInLinks } from '../../auth/sign-in-links.js';
import { ShellRequest } from '../shell-request.js';

export interface SessionStores {
  sessions(): Sessions;
  links(): SignInLinks;
  tokens(): ApiTokens;
}

/** Who the caller is; signing in by one-time code or token; signing out. */
export function sessionRoutes(stores: SessionStores, access: AccessPolicy, cookiePath: string): HttpRoute[] {
  const cookie = new SessionCookie(cookiePath);
  const info = (request: HttpRequest, identity: Identity): SessionInfo => ({
    kind: identity.principal.kind,
    name: identity.principal.name,
    permissions: permissions.filter((permission) => identity.principal.permissions.has(permission)),
    anonymousMayRead: access.mayReadAnonymously(hostOf(request)),
    csrfToken: identity.session?.csrfToken ?? null,
  });
  return [
    {
      id: 'host/session',
      method: 'GET',
      path: '/api/v1/session',
      summary: 'Who the caller is, and what this server lets them do',
      access: 'open',
      response: SessionInfo,
      handle: (request) => ({
        headers: { 'cache-control': 'no-store' },
        body: info(request, ofShell(request).identity),
      }),
    },
    defineRoute({
      id: 'host/sign-in',
      method: 'POST',
      path: '/api/v1/session',
      summary: 'Sign in with the code of a one-time link, or with a token',
      access: 'open',
      request: { body: SignIn },
      response: SessionInfo,
      async handle(request) {
        requireSameSite(request);
        const { secret, session, maxAge } = await stores.sessions().start(await whoSignsIn(stores, request.body));
        return {
          headers: { 'cache-control': 'no-store', 'set-cookie': cookie.set(secret, maxAge, ofShell(request).isSecure) },
          body: info(request, signedIn(session, secret)),
        };
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
        const { sessionSecret } = identity;
        if (sessionSecret !== null) await stores.sessions().end(sessionSecret);
        return { headers: { 'set-cookie': cookie.set('', 0, isSecure) }, body: info(request, nobody) };
      },
    },
  ];
}

function signedIn(session: Session, secret: string): Identity {
  return { principal: session.principal, session, sessionSecret: secret };
}

async function whoSignsIn(stores: SessionStores, credentials: SignIn): Promise<Parameters<Sessions['start']>[0]> {
  if ('code' in credentials) {
    const link = await stores.links().redeem(credentials.code);
    if (link !== null) return { id: `user:${link.name}`, name: link.name, permissions };
    throw new FaultlineError(
      'PermissionDenied',
      'SIGN_IN_CODE_INVALID',
      'This sign-in link was used before, or has expired.',
      {
        hint: '`faultline login-link` on the server prints a new one.',
      },
    );
  }
  const principal = await stores.tokens().find(credentials.token);
  if (principal !== null) return principal;
  throw new FaultlineError('PermissionDenied', 'TOKEN_INVALID', 'The token is unknown or has expired.', {
    hint: 'Make a new one with `faultline token create`.',
  });
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
function ofShell(request: HttpRequest): ShellRequest {
  if (request instanceof ShellRequest) return request;
  throw new Error('Session routes are answered by the HTTP shell only.');
}

class SessionCookie {
  constructor(private readonly path: string) {}

  set(secret: string, maxAge: number, isSecure: boolean): string {
    const parts = [`${sessionCookie}=${secret}`, `Path=${this.path}`, 'HttpOnly', 'SameSite=Strict'];
    parts.push(`Max-Age=${Math.floor(maxAge / 1000)}`);
    if (isSecure) parts.push('Secure');
    return parts.join('; ');
  }
}
