import type { IncomingMessage } from 'node:http';
import { anonymous, FaultlineError, type Principal } from '@faultline/sdk';
import type { ApiTokens } from './api-tokens.js';
import { isSameSecret } from './secret.js';
import { sessionCookie, type Session, type Sessions } from './sessions.js';

/** Who asks, and by which means. */
export interface Identity {
  principal: Principal;
  /** Null for tokens and for people who have not signed in. */
  session: Session | null;
  /** The cookie's secret, good or not; null when none was sent. */
  sessionSecret: string | null;
}

export const nobody: Identity = { principal: anonymous, session: null, sessionSecret: null };

/** Methods that change nothing; all others need the CSRF token when the caller came by cookie. */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Tells who sent a request. */
export class Authenticator {
  /** @param stores asked for at each use: the state store's plugin may start after the shell is made */
  constructor(private readonly stores: { tokens(): ApiTokens; sessions(): Sessions }) {}

  /**
   * Throws `PermissionDenied TOKEN_INVALID | TOKEN_EXPIRED | TOKEN_OWNER_DISABLED` for a token that is not good
   * (silence would look like missing rights), and `PermissionDenied CSRF_TOKEN_MISSING` for a change by cookie
   * without the session's CSRF token.
   */
  async identify(request: IncomingMessage): Promise<Identity> {
    const token = request.headers['auth-token'];
    if (typeof token === 'string' && token !== '') return this.#byToken(token);
    const secret = cookieOf(request, sessionCookie);
    if (secret === null) return nobody;
    const session = await this.stores.sessions().find(secret);
    if (session === null) return { ...nobody, sessionSecret: secret };
    requireCsrfToken(request, session);
    return { principal: session.principal, session, sessionSecret: secret };
  }

  async #byToken(token: string): Promise<Identity> {
    const found = await this.stores.tokens().find(token);
    if ('refused' in found) throw tokenRefused(found.refused);
    return { ...nobody, principal: found.principal };
  }
}

/** The codes tell the cases apart; the Crash Stats API has its own words for each. */
export function tokenRefused(reason: 'unknown' | 'expired' | 'disabled'): FaultlineError {
  const hint = 'Make a new one on the page "My account", or with `faultline token create`.';
  switch (reason) {
    case 'unknown':
      return new FaultlineError('PermissionDenied', 'TOKEN_INVALID', 'The token is not known here.', { hint });
    case 'expired':
      return new FaultlineError('PermissionDenied', 'TOKEN_EXPIRED', 'The token has expired.', { hint });
    case 'disabled':
      return new FaultlineError('PermissionDenied', 'TOKEN_OWNER_DISABLED', 'The account of the token is disabled.');
  }
}

function requireCsrfToken(request: IncomingMessage, session: Session): void {
  if (safeMethods.has(request.method ?? 'GET')) return;
  const sent = request.headers['x-faultline-csrf'];
  if (typeof sent === 'string' && isSameSecret(sent, session.csrfToken)) return;
  throw new FaultlineError(
    'PermissionDenied',
    'CSRF_TOKEN_MISSING',
    'The request lacks the CSRF token of its session.',
    {
      hint: 'Send `csrfToken` of GET /api/v1/session in the header x-faultline-csrf.',
    },
  );
}

export function cookieOf(request: Pick<IncomingMessage, 'headers'>, name: string): string | null {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name && value !== undefined && value !== '') return value;
  }
  return null;
}
