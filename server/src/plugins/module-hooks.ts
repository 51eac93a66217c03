import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runsFromSources, serverFolder } from '../own-package.js';

const installed = new Set<string>();

/**
 * Lets plugins from outside the repository be imported, TypeScript too, with the host's own copies of what they share.
 * Costs a thread, so it is called only when one is configured.
 * @returns URL of the module that new threads must import first
 */
export async function installModuleHooks(folders: readonly string[], cacheFolder: string): Promise<string> {
  const url = pathToFileURL(path.join(serverFolder, 'loader', 'preload.js'));
  for (const folder of folders) url.searchParams.append('folder', folder);
  url.searchParams.set('cache', path.join(cacheFolder, 'modules'));
  if (runsFromSources) url.searchParams.set('sources', '1');
  if (!installed.has(url.href)) {
    installed.add(url.href);
    await import(/* @vite-ignore */ url.href);
  }
  return url.href;
}
