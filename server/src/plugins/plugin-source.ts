import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { FaultlineError } from '@faultline/sdk/errors';
import { runsFromSources } from '../own-package.js';

/** A plugin before anything is known of it but its place. */
export interface PluginSource {
  /** Its folder; for a plugin given by a program, what names it. */
  location: string;
  /** Comes with the server, is named in the configuration, or was given by a program (tests). */
  origin: 'built-in' | 'configured' | 'given';
  /** Contents of its package.json. Throws `Malformed MANIFEST_UNREADABLE`. */
  packageJson(): Promise<Record<string, unknown>>;
  /** Imports the entry module; its default export should be a plugin definition. */
  importEntry(entry: string): Promise<unknown>;
  /** Where a module of the plugin is loaded from, as a `file:` URL. */
  moduleUrl(module: string): string;
  /** Its modules are read anew at the next import. */
  refresh(): void;
}

export function folderSource(folder: string, origin: PluginSource['origin']): PluginSource {
  let version = 0;
  const moduleUrl = (module: string): string => {
    const built = path.join(folder, module);
    const url = pathToFileURL(origin === 'configured' ? built : sourceOf(built)).href;
    // The hooks hand the version on to what the module imports from its own folder.
    return version === 0 ? url : `${url}?v=${version}`;
  };
  return {
    location: folder,
    origin,
    packageJson: () => readPackageJson(folder),
    moduleUrl,
    async importEntry(entry) {
      const loaded = (await import(/* @vite-ignore */ moduleUrl(entry))) as { default?: unknown };
      return loaded.default;
    },
    refresh: () => void version++,
  };
}

/** A host that runs from its sources runs the plugins beside it from theirs, so that all share one sdk. */
function sourceOf(built: string): string {
  if (!runsFromSources) return built;
  return built.replace(/([/\\])dist([/\\].*)\.js$/, '$1src$2.ts');
}

async function readPackageJson(folder: string): Promise<Record<string, unknown>> {
  const file = path.join(folder, 'package.json');
  try {
    const parsed: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
    throw new SyntaxError('an object is expected');
  } catch (error) {
    throw new FaultlineError('Malformed', 'MANIFEST_UNREADABLE', `${file} can't be read: ${String(error)}.`, {
      hint: 'A plugin is a folder with a package.json that has a `faultline` key.',
      cause: error,
    });
  }
}
