/** Answers in the form of Crash Stats (socorro.md section 6.5). */
import type { FaultlineError, HttpRequest, HttpResponse, JsonValue, Permission } from '@faultline/sdk';

const hosts = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/** What scripts on other pages may read, and how. */
export const crossOrigin = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers': 'Auth-Token, Content-Type',
  'cross-origin-resource-policy': 'cross-origin',
};

/** Crash Stats' names of permissions. */
const permissionWords: Partial<Record<Permission, string>> = {
  view_pii: 'View Personal Identifiable Information',
  view_rawdump: 'View Raw Dumps',
  reprocess: 'Reprocess Crashes',
};

/**
 * JSON as Crash Stats writes it: `</` is escaped, `pretty=print` indents.
 *
 * @param isCacheable by the browser of who asked, for five minutes; crashes never are
 */
export function jsonAnswer(
  value: JsonValue | object,
  { request, isCacheable, status = 200 }: { request: HttpRequest; isCacheable: boolean; status?: number },
): HttpResponse {
  const isPretty = new URLSearchParams(queryOf(request.url)).get('pretty') === 'print';
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': isCacheable ? 'private, max-age=300' : 'private, no-store',
      vary: 'Auth-Token, Cookie, Origin',
      ...(mayBeReadElsewhere(request) ? crossOrigin : {}),
    },
    body: text(value, isPretty),
  };
}

/** What went wrong, in the words and statuses that Crash Stats has for it. */
export function errorAnswer(error: FaultlineError, { url }: Pick<HttpRequest, 'url'>): HttpResponse {
  const { status, body } = mapped(error, url);
  const isText = typeof body === 'string';
  return {
    status,
    headers: {
      'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
      'cache-control': 'private, no-store',
      ...(status === 429 ? { 'retry-after': String(error.details['seconds'] ?? 5) } : {}),
      ...crossOrigin,
    },
    body: isText ? body : text(body, false),
  };
}

function mapped(error: FaultlineError, url: string): { status: number; body: string | object } {
  switch (error.code) {
    case 'TOKEN_INVALID':
      return { status: 403, body: { error: 'API Token not matched' } };
    case 'TOKEN_EXPIRED':
      return { status: 403, body: { error: 'API Token found but expired' } };
    case 'TOKEN_OWNER_DISABLED':
      return { status: 403, body: { error: 'User of API token not active' } };
    case 'PERMISSION_MISSING':
      return { status: 403, body: { error: permissionText(error) } };
    case 'CRASH_NOT_FOUND':
      return { status: 404, body: { error: `Not found: CrashIDNotFound ${String(error.details['crashId'] ?? '')}` } };
    case 'PARAMETER_INVALID':
      return { status: 400, body: { errors: error.details['errors'] ?? {} } };
    case 'METHOD_NOT_ALLOWED':
      return { status: 405, body: { error: 'Method not allowed' } };
    case 'BODY_TOO_LARGE':
      return { status: 413, body: { error: error.message } };
    case 'NO_JOBS':
      return { status: 400, body: { error: 'no jobs specified' } };
  }
  switch (error.kind) {
    case 'PermissionDenied':
      return { status: 403, body: { error: error.message } };
    case 'NotFound':
      return { status: 404, body: { error: error.message } };
    case 'Busy':
      // The one service that Crash Stats built with another library, which answers in JSON.
      return {
        status: 429,
        body: /\/CrashSignature\b/.test(url) ? { detail: 'Too Many Requests' } : 'Too Many Requests',
      };
    case 'Timeout':
      return { status: 400, body: { error: 'Bad request: Search query timed out; reduce your range of days.' } };
    case 'Unavailable':
      return { status: 503, body: { error: error.message } };
    case 'Internal':
      return {
        status: 500,
        body: { error: 'Internal Server Error', path: url.split('?')[0], query_string: queryOf(url) },
      };
    default:
      return { status: 400, body: { error: `Bad request: BadArgumentError: ${error.message}` } };
  }
}

function permissionText({ details }: FaultlineError): string {
  const permission = details['permission'] as Permission;
  const words = permissionWords[permission] ?? permission;
  return details['isBinary'] === true
    ? `Binary response requires permissions: ${words}`
    : `Use of this endpoint requires the '${words}' permission`;
}

/**
 * Pages of other sites may read what a token shows. What is shown without one on a loopback address is meant for this
 * machine: the pages that its owner visits must not read it through the browser.
 */
function mayBeReadElsewhere({ principal, headers }: HttpRequest): boolean {
  return principal.kind === 'token' || (principal.kind === 'anonymous' && !hosts.test(String(headers['host'] ?? '')));
}

function text(value: JsonValue | object, isPretty: boolean): string {
  return JSON.stringify(value, null, isPretty ? 2 : undefined).replaceAll('</', '<\\/');
}

export function queryOf(url: string): string {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at + 1);
}
