import type { Middleware } from 'koa';
import helmet from 'koa-helmet';

const directives = {
  'default-src': ["'self'"],
  'script-src': ["'self'", "'wasm-unsafe-eval'"],
  // naive-ui writes its styles into the page.
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'font-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'worker-src': ["'self'"],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
};

/** The policy of the page itself, whose `<base>` element names the base path: `base-uri 'none'` would ignore it. */
export const pagePolicy = policyText({ ...directives, 'base-uri': ["'self'"] });

/** Headers of every answer but those of open stream routes. HSTS only where the request came over TLS. */
export function securityHeaders(isSecure: (context: Parameters<Middleware>[0]) => boolean): Middleware {
  const common = helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
    // As `frame-ancestors`, for browsers that don't know it.
    xFrameOptions: { action: 'deny' },
    crossOriginEmbedderPolicy: false,
  });
  return (context, next) => {
    if (isSecure(context)) context.set('strict-transport-security', 'max-age=31536000');
    return common(context, next);
  };
}

function policyText(policy: Record<string, string[]>): string {
  return Object.entries(policy)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join(';');
}
