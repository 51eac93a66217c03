import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/**
 * Where plugins are found. Imports only Node's own modules: the command dispatcher uses it, and must start fast.
 */

/**
 * Folders of the plugins that come with the server: `plugins/*` beside it in the repository, `plugin-*` beside it
 * when both are installed as packages, and `@faultline/plugin-*` in the `node_modules` above it. Sorted by name.
 */
export function builtInPluginFolders(serverFolder: string): string[] {
  const candidates = [...childrenOf(path.join(serverFolder, '..', 'plugins'))];
  candidates.push(...childrenOf(path.join(serverFolder, '..')).filter((folder) => isPluginPackage(folder)));
  for (let folder = serverFolder; ; folder = path.dirname(folder)) {
    candidates.push(...childrenOf(path.join(folder, 'node_modules', '@faultline')).filter(isPluginPackage));
    if (path.dirname(folder) === folder) break;
  }
  const real = new Set(candidates.filter((folder) => existsSync(path.join(folder, 'package.json'))).map(resolved));
  return [...real].sort();
}

/**
 * The folder that an entry of `plugins:` names: a folder, relative to the file's own, or an installed package, seen
 * from there or from the server. Null when there is neither.
 */
export function configuredPluginFolder(entry: string, configFolder: string, serverFolder: string): string | null {
  const folder = path.resolve(configFolder, entry);
  if (existsSync(path.join(folder, 'package.json'))) return resolved(folder);
  if (/^[./\\~]/.test(entry) || path.isAbsolute(entry)) return null;
  for (const from of [configFolder, serverFolder]) {
    for (const modules of createRequire(path.join(from, 'x.js')).resolve.paths(entry) ?? []) {
      const installed = path.join(modules, entry);
      if (existsSync(path.join(installed, 'package.json'))) return resolved(installed);
    }
  }
  return null;
}

function isPluginPackage(folder: string): boolean {
  return path.basename(folder).startsWith('plugin-');
}

function childrenOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => path.join(folder, name));
}

function resolved(folder: string): string {
  return realpathSync(folder);
}
