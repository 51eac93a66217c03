/**
 * Front processes: children of the server that take connections beside it, for routes whose bodies one thread can't
 * read fast enough. A front reads a request; what it means and what is stored is decided in the server, which the front
 * asks. What no front module wants is handed on to the server as it came.
 */
import { contributionPoint } from './contribution.js';
import type { HttpRequest, HttpResponse } from './http-route.js';
import type { Logger } from './logger.js';
import type { JsonValue } from './raw-crash.js';
import type { MaybePromise } from './units.js';

export interface HttpFront {
  id: string;
  /** URL of an ES module that default-exports a `FrontModule`; imported in each front process. */
  module: string;
  /** Handed to the module. */
  options: JsonValue;
  /** Most processes beside the server; `always` keeps all of them, else they come and go with the load. */
  processes: { most: number; always: boolean };
  /** Answers what a front asks: JSON. A throw reaches the front as a rejection. */
  answer(question: FrontMessage): Promise<object>;
  /** Told how many fronts run, whenever that changes. */
  onCount?(running: number): void;
}
export const HttpFront = contributionPoint<HttpFront>('HttpFront');

/** What travels from a front to the server. `data` was JSON on its way. */
export interface FrontMessage {
  data: unknown;
  bytes: Uint8Array[];
}

/** The server, as a front sees it. */
export interface FrontServer {
  /** Rejects when the server fails to answer, or is gone. */
  ask(data: object, bytes?: readonly Uint8Array[]): Promise<unknown>;
  readonly logger: Logger;
}

export type FrontRequest = Pick<HttpRequest, 'method' | 'url' | 'headers' | 'stream' | 'remoteAddress' | 'logger'>;

/** Takes a request; null when it is the server's. */
export type FrontHandler = (request: FrontRequest) => Promise<HttpResponse> | null;

export type FrontModule = (options: JsonValue, server: FrontServer) => MaybePromise<FrontHandler>;
