import type { HttpRoute, PluginManifest } from '@faultline/sdk';
import { permissions } from '@faultline/sdk';
import { describe, expect, it } from 'vitest';

/** What every route of a plugin promises, as far as it can be told without a server. */
export function describeHttpRoutes(manifest: PluginManifest, routes: readonly HttpRoute[]): void {
  describe(`the routes of ${manifest.id}`, () => {
    it('have ids of their own that the manifest lists', () => {
      const ids = routes.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      const declared = manifest.contributes.HttpRoute.map(({ id }) => id);
      expect(ids.filter((id) => !declared.some((one) => covers(one, id)))).toEqual([]);
    });

    it('claim only absolute paths that the manifest lists, each method and path once', () => {
      const claims = routes.map(({ method, path }) => `${method} ${path}`);
      expect(new Set(claims).size).toBe(claims.length);
      const absolute = routes.map(({ path }) => path).filter((path) => path.startsWith('/'));
      expect(absolute.filter((path) => !manifest.routes.some((one) => covers(one, path)))).toEqual([]);
    });

    it.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
      '%s says who may call, what it does and what it gives',
      (_, route) => {
        expect(['open', 'reader', 'signed-in', ...permissions]).toContain(route.access);
        expect(route.summary.length).toBeGreaterThan(10);
        const answers = route.response !== undefined || route.produces !== undefined;
        expect(answers, 'a response schema, null, or a media type').toBe(true);
      },
    );

    it.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
      '%s has a schema for each parameter of its path',
      (_, route) => {
        const names = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1]);
        const shape = route.request?.params;
        if (names.length === 0) return;
        expect(shape, 'request.params').toBeDefined();
        const parsed = shape?.safeParse(Object.fromEntries(names.map((name) => [name, 'x'])));
        expect(parsed?.success).toBe(true);
        expect(shape?.safeParse({}).success, 'a missing parameter is refused').toBe(false);
      },
    );

    it('change nothing by GET, and let nobody change anything without a sign-in or a reason', () => {
      const changing = routes.filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method));
      const careless = changing.filter(({ access, stream }) => access === 'reader' || (access === 'open' && !stream));
      expect(careless.map(({ id }) => id)).toEqual([]);
    });
  });
}

function covers(declared: string, name: string): boolean {
  return declared.endsWith('*') ? name.startsWith(declared.slice(0, -1)) : declared === name;
}
