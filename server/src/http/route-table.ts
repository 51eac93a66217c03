import Router from '@koa/router';
import type { HttpRoute } from '@faultline/sdk';
import { FaultlineError, type Contribution, type ContributionList } from '@faultline/sdk';
import type { Context } from 'koa';
import { fullPath } from './route-claims.js';

/** A route with the plugin that answers for it and its path from the root. */
export interface MountedRoute {
  plugin: string;
  path: string;
  route: HttpRoute;
}

type Answer = (context: Context, mounted: MountedRoute, params: Record<string, string>) => Promise<void>;

/**
 * The routes of all plugins. Those that are open, take the request as a stream and have no parameters are found by one look-up,
 * before any other middleware: crash reports come in by the thousand.
 */
export class RouteTable {
  readonly #fast = new Map<string, MountedRoute>();
  #router = new Router();
  #dispatch = this.#router.routes();
  #isStale = true;
  /** Paths that only some values of their parameters mean. */
  readonly #choosy = new Set<unknown>();

  constructor(
    private readonly routes: ContributionList<HttpRoute>,
    private readonly answer: Answer,
  ) {
    routes.onChange(() => {
      this.#isStale = true;
    });
  }

  all(): MountedRoute[] {
    return this.routes.all().map(mount);
  }

  /** Null when no open stream route has exactly this method and path. */
  streamRoute(method: string, path: string): MountedRoute | null {
    if (this.#isStale) this.#rebuild();
    return this.#fast.get(`${method} ${path}`) ?? null;
  }

  /**
   * True when a route answered. Throws `Unsupported METHOD_NOT_ALLOWED` when the path has routes, but none of this
   * method.
   */
  async dispatch(context: Context): Promise<boolean> {
    if (this.#isStale) this.#rebuild();
    const match = this.#router.match(context.path, context.method);
    if (match.route) {
      // The router's types want its own context; it adds `params` and `router` itself.
      await this.#dispatch(context as Parameters<ReturnType<Router['routes']>>[0], () => Promise.resolve());
      return context.state['route'] !== undefined;
    }
    const allowed = [...new Set(match.path.filter((layer) => !this.#choosy.has(layer.path)).flatMap(methodsOf))];
    if (allowed.length === 0) return false;
    context.set('allow', allowed.join(', '));
    throw new FaultlineError('Unsupported', 'METHOD_NOT_ALLOWED', `${context.path} does not take ${context.method}.`, {
      hint: `It takes ${allowed.join(', ')}.`,
    });
  }

  #rebuild(): void {
    this.#isStale = false;
    this.#fast.clear();
    this.#choosy.clear();
    this.#router = new Router();
    for (const mounted of this.all()) {
      const { path, route } = mounted;
      const methods = route.method === 'GET' ? ['GET', 'HEAD'] : [route.method];
      if (route.stream === true && route.access === 'open' && !path.includes(':'))
        this.#fast.set(`${route.method} ${path}`, mounted);
      if (route.means !== undefined) this.#choosy.add(path);
      this.#router.register(path, methods, (context, next) => {
        const params = context.params as Record<string, string>;
        if (route.means?.(params) === false) return next();
        return this.answer(context as Context, mounted, params);
      });
    }
    this.#dispatch = this.#router.routes();
  }
}

function methodsOf({ methods }: { methods: string[] }): string[] {
  return methods;
}

function mount({ plugin, value }: Contribution<HttpRoute>): MountedRoute {
  return { plugin, path: fullPath(plugin, value.path), route: value };
}
