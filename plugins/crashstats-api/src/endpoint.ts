import {
  FaultlineError,
  type HttpRequest,
  type HttpResponse,
  type HttpRoute,
  type JsonValue,
  type Permission,
} from '@faultline/sdk';
import { crossOrigin, errorAnswer, jsonAnswer, queryOf } from './answers.js';
import { parametersOf, type Parameters } from './parameters.js';
import type { RateLimits } from './rate-limits.js';

/** One of Crash Stats' services. */
export interface Endpoint {
  name: string;
  summary: string;
  methods: readonly ('GET' | 'POST')[];
  /** Without it nobody may ask. */
  permission?: Permission;
  /** Shows crashes, which no browser shall keep. */
  isPrivate?: boolean;
  /** Reads the body itself. */
  takesBody?: boolean;
  answer(request: HttpRequest, parameters: Parameters): Promise<JsonValue | object | Download>;
}

/** An answer that is no JSON. */
export class Download {
  constructor(
    readonly name: string,
    readonly size: number,
    readonly body: AsyncIterable<Uint8Array>,
  ) {}
}

/** Throws `PermissionDenied PERMISSION_MISSING`. */
export function requirePermission(request: HttpRequest, permission: Permission, isBinary = false): void {
  if (request.principal.permissions.has(permission)) return;
  throw new FaultlineError('PermissionDenied', 'PERMISSION_MISSING', 'A permission is missing.', {
    details: { permission, isBinary },
  });
}

export function endpointRoutes(endpoints: readonly Endpoint[], limits: RateLimits): HttpRoute[] {
  return [...endpoints.flatMap((endpoint) => routesOf(endpoint, limits)), ...otherRoutes(endpoints)];
}

function routesOf(endpoint: Endpoint, limits: RateLimits): HttpRoute[] {
  return endpoint.methods.map((method) => ({
    id: `crashstats-api/${endpoint.name}${method === 'POST' ? '-post' : ''}`,
    method,
    path: `/api/${endpoint.name}/`,
    summary: endpoint.summary,
    access: 'reader',
    stream: method === 'POST',
    answerError: errorAnswer,
    async handle(request: HttpRequest) {
      await limits.take(request);
      if (endpoint.permission !== undefined) requirePermission(request, endpoint.permission);
      const parameters = endpoint.takesBody === true ? [] : await parametersOf(request);
      const answer = await endpoint.answer(request, parameters);
      if (answer instanceof Download) return downloadAnswer(answer);
      return jsonAnswer(answer, { request, isCacheable: method === 'GET' && endpoint.isPrivate !== true });
    },
  }));
}

/** Methods that a service does not take, services that there are not, and addresses without the slash at their end. */
function otherRoutes(endpoints: readonly Endpoint[]): HttpRoute[] {
  return (['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const).map((method) => ({
    id: `crashstats-api/other-${method.toLowerCase()}`,
    method,
    path: '/api/:name',
    summary: 'Whatever is no service of Crash Stats, or asked for in a way that it does not take',
    access: 'open',
    answerError: errorAnswer,
    handle(request: HttpRequest): HttpResponse {
      const { name } = request.params as { name: string };
      const endpoint = endpoints.find((known) => known.name === name);
      if (method === 'OPTIONS') return { status: 200, headers: crossOrigin, body: '' };
      if (endpoint === undefined) {
        throw new FaultlineError('NotFound', 'SERVICE_UNKNOWN', `No service called '${name.slice(0, 80)}'`);
      }
      if (!(endpoint.methods as readonly string[]).includes(method)) {
        throw new FaultlineError('Unsupported', 'METHOD_NOT_ALLOWED', 'Method not allowed');
      }
      const query = queryOf(request.url);
      const location = `${name}/${query === '' ? '' : `?${query}`}`;
      return { status: method === 'GET' ? 301 : 308, headers: { location, ...crossOrigin }, body: '' };
    },
  }));
}

function downloadAnswer({ name, size, body }: Download): HttpResponse {
  return {
    headers: {
      // Never the client's type: what a browser might render must not come from our origin.
      'content-type': 'application/octet-stream',
      'content-length': String(size),
      'content-disposition': `attachment; filename="${name.replace(/[^\w.-]/g, '_')}"`,
      'cache-control': 'private, no-store',
      'access-control-allow-origin': '*',
    },
    body,
  };
}
