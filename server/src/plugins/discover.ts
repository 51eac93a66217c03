import { FaultlineError } from '@faultline/sdk/errors';
import { serverFolder } from '../own-package.js';
import { builtInPluginFolders, configuredPluginFolder } from './plugin-folders.js';
import { folderSource, type PluginSource } from './plugin-source.js';

/** The plugins that come with the server, then those that the configuration names, in its order. */
export async function discoverPlugins(configured: readonly string[], configFolder: string): Promise<PluginSource[]> {
  const sources: PluginSource[] = [];
  for (const folder of builtInPluginFolders(serverFolder)) {
    const source = folderSource(folder, 'built-in');
    // A workspace without a manifest is no plugin (yet); one that the configuration names must be.
    if ('faultline' in (await source.packageJson())) sources.push(source);
  }
  for (const entry of configured) sources.push(configuredSource(entry, configFolder));
  return sources;
}

function configuredSource(entry: string, configFolder: string): PluginSource {
  const folder = configuredPluginFolder(entry, configFolder, serverFolder);
  if (folder !== null) return folderSource(folder, 'configured');
  const missing = new FaultlineError('NotFound', 'PLUGIN_NOT_FOUND', `There is no plugin at "${entry}".`, {
    hint: `\`plugins:\` takes folders relative to ${configFolder}, and names of packages installed there.`,
  });
  return {
    location: entry,
    origin: 'configured',
    packageJson: () => Promise.reject(missing),
    importEntry: () => Promise.reject(missing),
    moduleUrl: () => '',
    refresh: () => {},
  };
}
