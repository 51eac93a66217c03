import type { PluginManifest } from '@faultline/sdk';

/**
 * Ids of what a plugin contributes, by point, as its manifest lists them.
 * @param config as its schema parsed it; then `when` and `each` of the manifest are looked up in it
 */
export function contributedIds(manifest: PluginManifest, config?: unknown): Record<string, string[]> {
  const lists: [string, readonly { id: string; when?: string | undefined; each?: string | undefined }[]][] =
    Object.entries(manifest.contributes);
  return Object.fromEntries(
    lists
      .map(([point, list]): [string, string[]] => [
        point,
        list.flatMap(({ id, when, each }) => {
          if (config === undefined) return [id];
          if (when !== undefined && !isGiven(settingIn(config, when))) return [];
          if (each === undefined) return [id];
          return Object.keys(Object(settingIn(config, each)) as object).map((key) => id.replace('*', key));
        }),
      ])
      .filter(([, ids]) => ids.length > 0),
  );
}

function settingIn(config: unknown, name: string): unknown {
  return name.split('.').reduce((value, key) => (Object(value) as Record<string, unknown>)[key], config);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false;
}
