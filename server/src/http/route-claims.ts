import { FaultlineError, type Contribution, type HttpRoute, type PluginManifest } from '@faultline/sdk';

/** What all requests are served from: `/api/v1/...` is ours, a plugin's default is its own corner of it. */
export function fullPath(plugin: string, path: string): string {
  return path.startsWith('/') ? path : `/api/v1/plugins/${plugin}/${path}`;
}

/**
 * Throws `Conflict ROUTE_UNDECLARED` for an absolute path that the manifest does not list, `Conflict ROUTE_TAKEN` when
 * one of the standing routes has the same method and path (parameters of any name are alike).
 */
export function requireFreePath(
  plugin: Pick<PluginManifest, 'id' | 'routes'>,
  route: HttpRoute,
  standing: readonly Contribution<HttpRoute>[],
): void {
  const path = fullPath(plugin.id, route.path);
  if (route.path.startsWith('/') && !plugin.routes.some((listed) => covers(listed, path))) {
    throw new FaultlineError(
      'Conflict',
      'ROUTE_UNDECLARED',
      `${plugin.id} claims the path ${path}, but its manifest does not list it.`,
      {
        hint: `Add "${path}" to \`routes\` in its package.json, or take a path of its own by leaving out the first slash.`,
      },
    );
  }
  const key = claimKey(plugin.id, route);
  const owner = standing.find((other) => claimKey(other.plugin, other.value) === key);
  if (owner === undefined) return;
  throw new FaultlineError(
    'Conflict',
    'ROUTE_TAKEN',
    `${plugin.id} claims ${route.method} ${path}, which ${owner.plugin} has.`,
    { hint: `Disable one of the two (\`disabled: [${plugin.id}]\`), or give the route another path.` },
  );
}

function claimKey(plugin: string, route: HttpRoute): string {
  return `${route.method} ${fullPath(plugin, route.path).replace(/:[A-Za-z_]\w*/g, ':')}`;
}

function covers(listed: string, path: string): boolean {
  return listed.endsWith('*') ? path.startsWith(listed.slice(0, -1)) : listed === path;
}
