import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpRequest, Logger, Principal } from '@faultline/sdk';
import type { Identity } from '../auth/authenticator.js';

/** What the shell knows of a request before a route gets it. */
export interface RequestFrame {
  id: string;
  request: IncomingMessage;
  response: ServerResponse;
  /** Behind the base path. */
  url: string;
  remoteAddress: string;
  isSecure: boolean;
  logger: Logger;
}

/** A route's request. The shell's own routes also see the session behind the principal. */
export class ShellRequest<Params = unknown, Query = unknown, Body = unknown> implements HttpRequest<
  Params,
  Query,
  Body
> {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly principal: Principal;
  readonly remoteAddress: string;
  readonly logger: Logger;
  readonly isSecure: boolean;
  readonly #frame: RequestFrame;
  readonly #endings: () => AbortSignal[];
  #signal: AbortSignal | null = null;

  constructor(
    frame: RequestFrame,
    readonly identity: Identity,
    /** `endings`: what else ends the request; asked for at most once. */
    parts: { params: Params; query: Query; body: Body; endings: () => AbortSignal[] },
  ) {
    this.#frame = frame;
    this.#endings = parts.endings;
    this.method = frame.request.method ?? 'GET';
    this.url = frame.url;
    this.headers = frame.request.headers;
    this.principal = identity.principal;
    this.remoteAddress = frame.remoteAddress;
    this.logger = frame.logger;
    this.isSecure = frame.isSecure;
    this.params = parts.params;
    this.query = parts.query;
    this.body = parts.body;
  }

  readonly params: Params;
  readonly query: Query;
  readonly body: Body;

  /** A route that stops reading early must still be able to answer, so leaving the loop keeps the connection. */
  get stream(): AsyncIterable<Uint8Array> {
    const { request } = this.#frame;
    return { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }) };
  }

  /** Made at first use: most routes are done before anybody could go away. */
  get signal(): AbortSignal {
    this.#signal ??= AbortSignal.any([clientGone(this.#frame.response), ...this.#endings()]);
    return this.#signal;
  }
}

function clientGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  if (response.destroyed) gone.abort();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}
