/**
 * Program of a front process. It ends when told to, after what it has in hand, and at once when the server is gone:
 * without the server nothing can be answered.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Socket, type Server } from 'node:net';
import type { FrontHandler, FrontModule, FrontRequest, FrontServer, Logger } from '@faultline/sdk';
import { createLogger } from '../../services/pino-logger.js';
import { TrustedProxies } from '../client-address.js';
import { answerPlainly } from '../plain-answer.js';
import { SlowBodies } from '../slow-bodies.js';
import { WebServer } from '../web-server.js';
import { FrontChannel } from './front-channel.js';
import {
  channelDescriptor,
  type Answer,
  type FrontControl,
  type FrontReport,
  type FrontSettings,
  type Question,
} from './front-messages.js';
import { handOn } from './hand-on.js';

/** Asks the server, and matches its answers to the questions. */
class AskedServer {
  readonly #waiting = new Map<number, { resolve(answer: object): void; reject(error: Error): void }>();
  readonly #channel: FrontChannel;
  #questions = 0;

  constructor() {
    const pipe = new Socket({ fd: channelDescriptor, readable: true, writable: true });
    pipe.on('error', () => process.exit(1));
    pipe.on('close', () => process.exit(1));
    this.#channel = new FrontChannel(pipe, (data) => this.#settle(data as Answer));
  }

  ask(front: string, question: object, bytes: readonly Uint8Array[]): Promise<object> {
    return new Promise((resolve, reject) => {
      const id = ++this.#questions;
      this.#waiting.set(id, { resolve, reject });
      this.#channel.send({ id, front, question } satisfies Question, bytes);
    });
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('error' in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.answer);
  }
}

/** Takes requests from the shared socket; what no module wants goes to the server. */
class FrontListener {
  readonly #slowBodies = new SlowBodies();
  readonly #proxies: TrustedProxies;
  #requests = 0;

  constructor(
    private readonly settings: FrontSettings,
    private readonly handlers: readonly FrontHandler[],
    private readonly logger: Logger,
  ) {
    this.#proxies = new TrustedProxies(settings.server.trustedProxies);
  }

  take(request: IncomingMessage, response: ServerResponse): void {
    this.#slowBodies.watch(request);
    const peer = { address: this.#proxies.clientOf(request), isSecure: this.#proxies.isSecure(request) };
    const answer = this.#ask(this.#requestOf(request, peer.address));
    if (answer === null) {
      handOn(request, response, { socket: this.settings.handOnTo, peer });
      return;
    }
    response.setHeader('x-request-id', `${process.pid.toString(36)}-${(++this.#requests).toString(36)}`);
    response.setHeader('x-content-type-options', 'nosniff');
    answer.then(
      (answered) => answerPlainly(request, response, answered),
      (error: unknown) => this.#fail(response, error),
    );
  }

  #ask(request: FrontRequest | null) {
    if (request === null) return null;
    for (const handler of this.handlers) {
      const answer = handler(request);
      if (answer !== null) return answer;
    }
    return null;
  }

  /** Null for what stands outside the base path: the server says so. */
  #requestOf(request: IncomingMessage, remoteAddress: string): FrontRequest | null {
    const { basePath } = this.settings.server;
    const url = request.url ?? '/';
    if (!url.startsWith(`${basePath}/`)) return null;
    return {
      method: request.method ?? 'GET',
      url: url.slice(basePath.length),
      headers: request.headers,
      remoteAddress,
      logger: this.logger,
      // No getter: an object literal with one outlives the collections of the young, and the request with it.
      stream: { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }) },
    };
  }

  #fail(response: ServerResponse, error: unknown): void {
    if (response.headersSent || response.destroyed || response.req.destroyed) {
      this.logger.debug({ err: error }, 'the client went away');
      response.destroy();
      return;
    }
    this.logger.error({ err: error }, 'a request failed');
    response.writeHead(500, { connection: 'close' }).end();
  }
}

async function prepare(settings: FrontSettings): Promise<WebServer> {
  const logger = (await createLogger({ level: settings.logLevel })).child({ front: process.pid });
  const server = new AskedServer();
  const handlers = await Promise.all(
    settings.modules.map(async ({ id, module, options }) => {
      const { default: start } = (await import(module)) as { default: FrontModule };
      const asked: FrontServer = { logger, ask: (data, bytes = []) => server.ask(id, data, bytes) };
      return await start(options, asked);
    }),
  );
  const listener = new FrontListener(settings, handlers, logger);
  const { server: config, dataFolder } = settings;
  const take: RequestListener = (request, response) => listener.take(request, response);
  return await WebServer.prepare({ config, dataFolder, listener: take, logger });
}

let web: WebServer | null = null;

async function obey(control: FrontControl): Promise<void> {
  if (control.kind === 'prepare') {
    web = await prepare(control.settings);
    process.send?.({ kind: 'ready' } satisfies FrontReport);
  } else if (control.kind === 'stop') {
    if (web?.server.listening === true) await web.close();
    process.exit(0);
  }
}

process.on('message', (control: FrontControl, shared: Server) => {
  if (control.kind === 'listen') web?.takeOver(shared);
  else void obey(control);
});
process.on('disconnect', () => process.exit(1));
// A signal to the whole group is the server's to act on: it tells us what to do.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => {});
