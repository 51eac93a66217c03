import { defineRoute, isFaultlineError, type HttpResponse, type HttpRoute } from '@faultline/sdk';
import { z } from 'zod';
import type { AuthParts } from '../../auth/auth-parts.js';
import { cookieOf } from '../../auth/authenticator.js';
import { flowLifetime, type OidcSignIn } from '../../auth/oidc-sign-in.js';
import { flowCookie, type Cookies } from '../cookies.js';
import { ofShell, originOf } from './session-routes.js';

/** Leaving for the OpenID provider, and coming back. Both are visited by a browser, so they answer by leading on. */
export function oidcRoutes(parts: {
  auth(): AuthParts;
  oidc: OidcSignIn;
  cookies: Cookies;
  /** Path of the page, with a slash at its end. */
  pagePath(): string;
}): HttpRoute[] {
  const { auth, oidc, cookies, pagePath } = parts;
  const page = (path: string): string => `${pagePath()}${path.replace(/^\//, '')}`;
  return [
    defineRoute({
      id: 'host/oidc-start',
      method: 'GET',
      path: '/api/v1/oidc/start',
      summary: 'Leads a browser to the sign-in provider',
      access: 'open',
      request: { query: z.object({ next: z.string().max(2000).default('/inbox') }) },
      response: null,
      async handle(request) {
        try {
          const { location, browser } = await oidc.start(insidePath(request.query.next));
          const cookie = cookies.flow(browser, flowLifetime, ofShell(request).isSecure);
          return leadTo(location, cookie);
        } catch (error) {
          return leadTo(page(`/sign-in#problem=${problemOf(error)}`));
        }
      },
    }),
    {
      id: 'host/oidc-callback',
      method: 'GET',
      path: '/api/v1/oidc/callback',
      summary: 'Where the sign-in provider leads the browser back to',
      access: 'open',
      response: null,
      async handle(request) {
        const { isSecure } = ofShell(request);
        try {
          const query = request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : '';
          const { account, next } = await oidc.finish(query, cookieOf(request, flowCookie));
          const { secret, maxAge } = await auth().signIn.as(account, 'oidc', originOf(request));
          // The cookie of the flow stays until its time is over; it is good for nothing now.
          return leadTo(page(next), cookies.session(secret, maxAge, isSecure));
        } catch (error) {
          if (!isFaultlineError(error)) request.logger.error({ err: error }, 'a sign-in by OpenID failed');
          return leadTo(page(`/sign-in#problem=${problemOf(error)}`));
        }
      },
    },
  ];
}

function leadTo(location: string, cookie?: string): HttpResponse {
  const headers = { location, 'cache-control': 'no-store' };
  return { status: 303, headers: cookie === undefined ? headers : { ...headers, 'set-cookie': cookie }, body: null };
}

function problemOf(error: unknown): string {
  return isFaultlineError(error) ? error.code : 'INTERNAL';
}

/** Only ways inside this page. */
function insidePath(next: string): string {
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(next) ? next : '/inbox';
}
