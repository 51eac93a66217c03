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
    this.#signal ??= untilClosed(this.#frame.response, this.#endings());
    return this.#signal;
  }
}

/**
 * Aborted by any of the endings, and when the client goes away. Once the answer is out, no ending knows of it any more:
 * `AbortSignal.any` would leave something behind in those that live as long as the server (`underSignals` of the sdk).
 */
function untilClosed(response: ServerResponse, endings: readonly AbortSignal[]): AbortSignal {
  const over = new AbortController();
  const links = endings.map((ending) => ({ ending, pass: () => over.abort(ending.reason) }));
  for (const { ending, pass } of links) {
    if (ending.aborted) pass();
    else ending.addEventListener('abort', pass, { once: true });
  }
  const close = () => {
    for (const { ending, pass } of links) ending.removeEventListener('abort', pass);
    if (!response.writableFinished) over.abort();
  };
  if (response.destroyed) close();
  else response.once('close', close);
  return over.signal;
}
