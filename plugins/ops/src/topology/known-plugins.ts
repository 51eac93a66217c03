import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PluginState } from '@faultline/sdk';
import type { TopologyPlugin } from '@faultline/sdk/topology';

/** What a manifest says that a plugin's state does not. */
interface Manifest {
  provides?: string[];
}

/**
 * Plugins as the graph wants them.
 * @param isRunning false for a configuration that is only looked at: what would run counts as active
 */
export async function knownPlugins(states: readonly PluginState[], isRunning: boolean): Promise<TopologyPlugin[]> {
  return Promise.all(
    states.map(async ({ id, displayName, state, error, contributes, location }) => {
      const manifest = await manifestIn(location);
      return {
        id,
        title: displayName,
        isActive: state === 'active' || (!isRunning && state === 'skipped' && error === undefined),
        contributes,
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
