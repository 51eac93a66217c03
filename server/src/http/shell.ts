import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import Koa, { type Context } from 'koa';
import compress from 'koa-compress';
import type { HttpRoute } from '@faultline/sdk';
import { FaultlineError, isFaultlineError, type ContributionList, type Logger, type Principal } from '@faultline/sdk';
import { nobody, type Authenticator } from '../auth/authenticator.js';
import type { AccessPolicy } from '../auth/access-policy.js';
import type { TrustedProxies } from './client-address.js';
import { endedBy, isLong } from './ended-answer.js';
import { errorResponse } from './error-response.js';
import type { FrontPool } from './front/front-pool.js';
import { LiveAccess } from './live-access.js';
import type { PageFiles } from './page-files.js';
import { requestParts } from './request-parts.js';
import { answerPlainly } from './plain-answer.js';
import { RouteTable, type MountedRoute } from './route-table.js';
import { securityHeaders } from './security-headers.js';
import { sendResponse } from './send-response.js';
import { ShellRequest, type RequestFrame } from './shell-request.js';
import { SlowBodies } from './slow-bodies.js';

export interface ShellParts {
  routes: ContributionList<HttpRoute>;
  authenticator: Authenticator;
  access: AccessPolicy;
  proxies: TrustedProxies;
  /** "" or `/faultline`. */
  basePath: string;
  page: PageFiles;
  logger: Logger;
  /** Aborted when the server stops. */
  stopping: AbortSignal;
  fronts: Pick<FrontPool, 'note'>;
  /** What requests wait for before they look for their route; null for nothing. */
  pause?: () => Promise<void> | null;
  /** Holds answers to the schemas of their routes: tests. */
  checksAnswers?: boolean;
}

/** Everything between a connection and a route's handler. */
export class HttpShell {
  readonly listener: RequestListener;
  readonly table: RouteTable;
  /** Ends long answers whose caller may have them no more. */
  readonly liveAccess: LiveAccess;
  readonly #slowBodies = new SlowBodies();
  readonly #frames = new WeakMap<IncomingMessage, RequestFrame>();
  #requests = 0;

  constructor(private readonly parts: ShellParts) {
    this.table = new RouteTable(parts.routes, (context, mounted, params) => this.#answer(context, mounted, params));
    this.liveAccess = new LiveAccess(parts);
    const app = new Koa();
    app.silent = true;
    app
      .use((context, next) => this.#enter(context, next))
      .use((context, next) => this.#streamFirst(context, next))
      .use(securityHeaders(({ req }) => parts.proxies.isSecure(req)))
      .use(compress({ threshold: 1024, gzip: { level: 5 }, br: false, deflate: false, zstd: false }))
      .use((context) => this.#routeOrPage(context));
    const handle = app.callback();
    this.listener = (request: IncomingMessage, response: ServerResponse) => void handle(request, response);
  }

  /** The frame of the request, the base path, the one place where errors become answers, the log line. */
  async #enter(context: Context, next: () => Promise<void>): Promise<void> {
    const started = performance.now();
    const frame = this.#frame(context);
    this.#slowBodies.watch(context.req);
    context.set('x-request-id', frame.id);
    context.set('x-content-type-options', 'nosniff');
    try {
      this.#leaveBasePath(context);
      await next();
    } catch (error) {
      await this.#answerError(context, frame, error);
    }
    this.#log(context, frame, performance.now() - started);
  }

  #frame(context: Context): RequestFrame {
    const { proxies, logger } = this.parts;
    const id = `${process.pid.toString(36)}-${(++this.#requests).toString(36)}`;
    const frame: RequestFrame = {
      id,
      request: context.req,
      response: context.res,
      url: context.url,
      remoteAddress: proxies.clientOf(context.req),
      isSecure: proxies.isSecure(context.req),
      logger: lazyChild(logger, { requestId: id }),
    };
    this.#frames.set(context.req, frame);
    return frame;
  }

  /** Health checks are answered at the root too: load balancers ask there. */
  #leaveBasePath(context: Context): void {
    const { basePath } = this.parts;
    if (basePath === '') return;
    const { path } = context;
    if (path === basePath || path.startsWith(`${basePath}/`)) {
      context.url = context.url.slice(basePath.length) || '/';
      if (!context.url.startsWith('/')) context.url = `/${context.url}`;
      return;
    }
    if (path.startsWith('/__')) return;
    throw new FaultlineError('NotFound', 'NOT_FOUND', `There is nothing at ${path}.`, {
      hint: `Begin at ${basePath}/.`,
    });
  }

  async #streamFirst(context: Context, next: () => Promise<void>): Promise<void> {
    // A plugin that takes up new settings is away for a moment: what was posted then must not be told "not found".
    await this.parts.pause?.();
    const mounted = this.table.streamRoute(context.method, context.path);
    if (mounted === null) await next();
    else await this.#answer(context, mounted, {});
  }

  async #routeOrPage(context: Context): Promise<void> {
    if (await this.table.dispatch(context)) return;
    if (await this.parts.page.send(context)) return;
    throw new FaultlineError('NotFound', 'NOT_FOUND', `There is nothing at ${context.path}.`);
  }

  async #answer(context: Context, mounted: MountedRoute, params: Record<string, string>): Promise<void> {
    const { route } = mounted;
    context.state['route'] = `${route.method} ${mounted.path}`;
    try {
      await this.#answerRoute(context, mounted, params);
    } catch (error) {
      if (route.answerError === undefined || context.res.headersSent || context.res.destroyed) throw error;
      const shown = shownError(error, this.#frames.get(context.req));
      const answer = route.answerError(shown, { url: context.url });
      await sendResponse(context, route, isStillComing(context.req) ? { ...answer, closeConnection: true } : answer);
    }
  }

  async #answerRoute(context: Context, mounted: MountedRoute, params: Record<string, string>): Promise<void> {
    const { route } = mounted;
    const { access, authenticator, stopping } = this.parts;
    const frame = this.#frames.get(context.req) ?? this.#frame(context);
    const isPost = route.stream === true && route.access === 'open';
    // Fronts share the work of posts by connections: one that is kept alive here would never come to them.
    if (isPost && this.parts.fronts.note()) context.res.shouldKeepAlive = false;
    const identity = isPost ? nobody : await authenticator.identify(context.req);
    const { principal } = identity;
    access.require(route.access, principal, context.headers.host);
    const parts =
      route.stream === true && route.request === undefined
        ? { params, query: undefined, body: undefined }
        : await requestParts(route, context, params);
    const live = lazily(() => this.#watch(context, route, principal));
    const endings = (): AbortSignal[] => (isPost ? [stopping] : [stopping, live()]);
    const request = new ShellRequest({ ...frame, url: context.url }, identity, { ...parts, endings });
    // A route's types follow its own schemas, which have just been applied.
    const answer = await route.handle(request as ShellRequest<never, never, never>);
    if (this.parts.checksAnswers === true) requireDeclaredAnswer(mounted, answer);
    await sendResponse(context, route, isLong(answer) && !isPost ? endedBy(answer, live()) : answer);
  }

  /** Aborted when the caller may have the answer no more. */
  #watch(context: Context, route: HttpRoute, principal: Principal): AbortSignal {
    const { ended, done } = this.liveAccess.watch({ request: context.req, access: route.access, principal });
    context.res.once('close', done);
    return ended;
  }

  async #answerError(context: Context, frame: RequestFrame, error: unknown): Promise<void> {
    if (context.res.headersSent || context.res.destroyed) {
      frame.logger.debug({ err: error }, 'the client went away');
      context.respond = false;
      context.res.destroy();
      return;
    }
    const { status, headers, body } = errorResponse(error, frame.id);
    if (status === 500) frame.logger.error({ err: error, route: routeOf(context) }, 'a request failed');
    if (isStillComing(context.req)) {
      context.respond = false;
      await answerPlainly(context.req, context.res, { status, headers, body, closeConnection: true });
      return;
    }
    context.status = status;
    context.set(headers);
    context.type = 'json';
    context.body = JSON.stringify(body);
  }

  /** Never addresses with their query, never bodies: both hold what people searched for and reported. */
  #log(context: Context, frame: RequestFrame, duration: number): void {
    const { logger } = this.parts;
    const facts = {
      requestId: frame.id,
      route: routeOf(context),
      status: context.status,
      duration: Math.round(duration),
    };
    if (context.status >= 500) logger.warn(facts, 'answered');
    else logger.debug(facts, 'answered');
  }
}

/** The body of a request that is refused: gigabytes of an upload are not taken in only to be thrown away. */
function isStillComing(request: IncomingMessage): boolean {
  return !request.complete && !request.destroyed;
}

/** What is not an error of ours keeps its words to itself, whoever answers it. */
function shownError(error: unknown, frame: RequestFrame | undefined): FaultlineError {
  if (isFaultlineError(error) && error.kind !== 'Internal') return error;
  frame?.logger.error({ err: error }, 'a request failed');
  return new FaultlineError('Internal', 'INTERNAL', 'Something went wrong in the server.');
}

function routeOf(context: Context): string {
  const route: unknown = context.state['route'];
  return typeof route === 'string' ? route : `${context.method} page`;
}

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

/** A child costs more than most requests log. */
function lazyChild(logger: Logger, facts: object): Logger {
  let child: Logger | null = null;
  const made = (): Logger => (child ??= logger.child(facts));
  return {
    debug: (...line: [object, string] | [string]) => made().debug(...(line as [object, string])),
    info: (...line: [object, string] | [string]) => made().info(...(line as [object, string])),
    warn: (...line: [object, string] | [string]) => made().warn(...(line as [object, string])),
    error: (...line: [object, string] | [string]) => made().error(...(line as [object, string])),
    child: (more) => made().child(more),
  };
}

function requireDeclaredAnswer({ path, route }: MountedRoute, answer: { status?: number; body?: unknown }): void {
  if ((answer.status ?? 200) !== 200 || route.response === undefined || route.response === null) return;
  const parsed = route.response.safeParse(JSON.parse(JSON.stringify(answer.body)));
  if (parsed.success) return;
  const issue = parsed.error.issues[0];
  throw new Error(
    `${route.method} ${path} answers otherwise than it declares at ${issue?.path.join('.')}: ${issue?.message}`,
  );
}
