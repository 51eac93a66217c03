import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PluginState } from '@faultline/sdk';
import type { TopologyPlugin } from '@faultline/sdk/topology';

/** What a manifest says that a plugin's state does not. */
interface Manifest {
  provides?: string[];
  contributes?: Record<string, { id: string }[]>;
}

/**
 * Plugins as the graph wants them.
 * @param isRunning false for a configuration that is only looked at: what would run counts as active, and adds what its
 *   manifest lists
 */
export async function knownPlugins(states: readonly PluginState[], isRunning: boolean): Promise<TopologyPlugin[]> {
  return Promise.all(
    states.map(async ({ id, displayName, state, error, contributes, location }) => {
      const manifest = await manifestIn(location);
      const declared = Object.fromEntries(
        Object.entries(manifest.contributes ?? {}).map(([point, list]) => [point, list.map((each) => each.id)]),
      );
      return {
        id,
        title: displayName,
        isActive: state === 'active' || (!isRunning && state === 'skipped' && error === undefined),
        contributes: isRunning ? contributes : declared,
        provides: manifest.provides ?? [],
      };
    }),
  );
}

/** Empty for a plugin whose manifest can't be read: its state says so already. */
async function manifestIn(location: string): Promise<Manifest> {
  try {
    const text = await readFile(path.join(location, 'package.json'), 'utf8');
    return (JSON.parse(text) as { faultline?: Manifest }).faultline ?? {};
  } catch {
    return {};
  }
}
