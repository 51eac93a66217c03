import { sessionCookie } from '../auth/sessions.js';

/** Of a browser on its way to the OpenID provider and back. */
export const flowCookie = 'faultline_oidc';

/** The cookies of this server: no script reads them. */
export class Cookies {
  /** @param path of the server in people's browsers, with a slash at its end */
  constructor(private readonly path: string) {}

  /** Other sites never send it, not even by a link. */
  session(secret: string, maxAge: number, isSecure: boolean): string {
    return cookie(`${sessionCookie}=${secret}`, { path: this.path, sameSite: 'Strict', maxAge, isSecure });
  }

  /** Must come back when the provider's page leads here, which is another site's link. */
  flow(secret: string, maxAge: number, isSecure: boolean): string {
    return cookie(`${flowCookie}=${secret}`, { path: this.path, sameSite: 'Lax', maxAge, isSecure });
  }
}

function cookie(
  pair: string,
  options: { path: string; sameSite: 'Strict' | 'Lax'; maxAge: number; isSecure: boolean },
): string {
  const parts = [pair, `Path=${options.path}`, 'HttpOnly', `SameSite=${options.sameSite}`];
  parts.push(`Max-Age=${Math.floor(options.maxAge / 1000)}`);
  if (options.isSecure) parts.push('Secure');
  return parts.join('; ');
}
