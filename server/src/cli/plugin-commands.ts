import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CliModule } from '@faultline/sdk/cli-command';
import { FaultlineError } from '@faultline/sdk/errors';
import { runsFromSources, serverFolder } from '../own-package.js';
import { builtInPluginFolders, configuredPluginFolder } from '../plugins/plugin-folders.js';
import type { CommandEntry } from './command-table.js';

/**
 * Commands that plugins add, read from their manifests without running anything and without zod: `faultline stackwalk`
 * must start within a quarter of a second.
 */
export function builtInPluginCommands(): CommandEntry[] {
  return builtInPluginFolders(serverFolder).flatMap((folder) =>
    commandsOf(folder, (module) => importBuiltIn(folder, module)),
  );
}

/** Those of the plugins that a configuration names; asked only when no other command has the name. */
export async function configuredPluginCommands(configFile: string, dataFolder: string): Promise<CommandEntry[]> {
  if (!existsSync(configFile)) return [];
  const { readConfigFile } = await import('../config/config-file.js');
  const listed = (await readConfigFile(configFile))?.sections['plugins'];
  if (!Array.isArray(listed)) return [];
  const folders = listed
    .map((entry) => configuredPluginFolder(String(entry), path.dirname(configFile), serverFolder))
    .filter((folder) => folder !== null);
  return folders.flatMap((folder) => commandsOf(folder, (module) => importOutside(folder, module, dataFolder)));
}

/** See `CliContext.importFrom`. Only plugins that come with the server offer modules. */
export async function importFromPlugin(plugin: string, subpath: string): Promise<unknown> {
  for (const folder of builtInPluginFolders(serverFolder)) {
    const manifest = readManifest(folder);
    if (manifest.faultline?.id !== plugin) continue;
    const target = manifest.exports?.[subpath];
    const file = runsFromSources ? target?.source : target?.default;
    if (file !== undefined) return import(/* @vite-ignore */ pathToFileURL(path.join(folder, file)).href);
  }
  throw new FaultlineError('Unavailable', 'PLUGIN_MISSING', `The plugin "${plugin}" offers no "${subpath}" here.`, {
    hint: 'Install the plugin; `faultline plugins` lists those that are there.',
  });
}

interface PackageManifest {
  exports?: Record<string, { source?: string; default?: string }>;
  faultline?: { id?: string; contributes?: { CliCommand?: { id: string; title: string; module: string }[] } };
}

function readManifest(folder: string): PackageManifest {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as PackageManifest;
}

function commandsOf(folder: string, load: (module: string) => Promise<CliModule>): CommandEntry[] {
  const commands = readManifest(folder).faultline?.contributes?.CliCommand ?? [];
  return commands.map(({ id, title, module }) => ({ id, title, load: () => load(module) }));
}

function importBuiltIn(folder: string, module: string): Promise<CliModule> {
  const built = path.join(folder, module);
  const file = runsFromSources ? built.replace(/([/\\])dist([/\\].*)\.js$/, '$1src$2.ts') : built;
  return import(/* @vite-ignore */ pathToFileURL(file).href) as Promise<CliModule>;
}

async function importOutside(folder: string, module: string, dataFolder: string): Promise<CliModule> {
  const { installModuleHooks } = await import('../plugins/module-hooks.js');
  await installModuleHooks([folder], path.join(dataFolder, 'cache'));
  return (await import(/* @vite-ignore */ pathToFileURL(path.join(folder, module)).href)) as CliModule;
}
