import type { ZodType } from 'zod';
import type { Permission, Principal } from './access.js';
import { contributionPoint } from './contribution.js';
import type { FaultlineError } from './errors.js';
import type { Logger } from './logger.js';
import type { MaybePromise } from './units.js';

/** What the configuration opens to everybody one by one: `access.symbolDownload`, `.symbolicate`, `.statusPage`. */
export const switchedAccess = ['symbol-download', 'symbolicate', 'status-page'] as const;
export type SwitchedAccess = (typeof switchedAccess)[number];

/**
 * Who may call: `open` anyone at all (collecting, health); `reader` who is signed in, and anonymous where
 * `access.anonymous` is `public-fields`; a switched access who is signed in, and everybody where its switch is on;
 * `signed-in`; or the holders of a permission.
 */
export type RouteAccess = 'open' | 'reader' | 'signed-in' | SwitchedAccess | Permission;

export interface HttpRequest<Params = unknown, Query = unknown, Body = unknown> {
  method: string;
  /** Path and query as sent, behind the base path. */
  url: string;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  params: Params;
  query: Query;
  /** Parsed JSON when the route declares `request.body`; else undefined. */
  body: Body;
  /** The undecoded body, for routes with `stream: true`. Ends with an error when the client goes away. */
  stream: AsyncIterable<Uint8Array>;
  principal: Principal;
  /** Aborted when the client goes away or the server stops. */
  signal: AbortSignal;
  /** Address of the client, from trusted proxies only. For rate limits; never store it. */
  remoteAddress: string;
  logger: Logger;
}

/** Pushed to the client as it comes; `event` and `data` become lines of a text/event-stream. */
export interface ServerSentEvent {
  event: string;
  data: unknown;
  id?: string;
}

export interface HttpResponse {
  /** 200 when absent. */
  status?: number;
  headers?: Record<string, string>;
  /** A string or bytes as they are, an object as JSON, an async iterable streamed. */
  body?: string | Uint8Array | object | AsyncIterable<Uint8Array | string> | null;
  /** Server-sent events; exclusive of `body`. */
  events?: AsyncIterable<ServerSentEvent>;
  /** The rest of the request will not be read: answer and close the connection. */
  closeConnection?: boolean;
}

export interface HttpRoute {
  id: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';
  /**
   * Under `/api/v1/plugins/<plugin id>/` when it does not begin with `/`; absolute paths must be listed in the
   * manifest's `routes`. `:name` is a parameter.
   */
  path: string;
  /**
   * Whether the route means these values of its path's parameters; other paths are looked for as if it were not there.
   * For paths of parameters alone, as symbol servers have them.
   */
  means?: (params: Readonly<Record<string, string>>) => boolean;
  summary: string;
  access: RouteAccess;
  request?: { params?: ZodType; query?: ZodType; body?: ZodType };
  /** Body of a 200; null for none. Drives the OpenAPI document. */
  response?: ZodType | null;
  /** Media type of the answer when it is not JSON. */
  produces?: string;
  /** The body is not read for the route: it takes `request.stream`. */
  stream?: boolean;
  /** Answers errors in words of its own, also those met before `handle`: a path that keeps to another product's API. */
  answerError?(error: FaultlineError, request: Pick<HttpRequest, 'url'>): HttpResponse;
  handle(request: HttpRequest<never, never, never>): MaybePromise<HttpResponse>;
}
export const HttpRoute = contributionPoint<HttpRoute>('HttpRoute');

/** Types a route's handler by its schemas. */
export function defineRoute<
  Params extends ZodType = ZodType,
  Query extends ZodType = ZodType,
  Body extends ZodType = ZodType,
>(
  route: Omit<HttpRoute, 'request' | 'handle'> & {
    request?: { params?: Params; query?: Query; body?: Body };
    handle(request: HttpRequest<Params['_output'], Query['_output'], Body['_output']>): MaybePromise<HttpResponse>;
  },
): HttpRoute {
  return route;
}
