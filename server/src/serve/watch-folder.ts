import { readdirSync, watch, type FSWatcher } from 'node:fs';
import path from 'node:path';
import type { Disposer } from '@faultline/sdk';
import { systemErrorCode } from '@faultline/sdk/errors';

/** More folders than a plugin has; a folder that was named by mistake must not use up the system's watches. */
const mostFolders = 500;

/**
 * Tells of changes in a folder and those in it, `node_modules` left out. Each folder is watched by itself: Node's own
 * recursive watch on Linux (seen in 20.19) follows files, and loses one for good once an editor has replaced it.
 */
export function watchFolder(root: string, onChange: () => void): Disposer {
  const watchers = new Map<string, FSWatcher>();
  const forget = (folder: string) => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  const follow = () => {
    const folders = new Set(foldersOf(root));
    for (const folder of watchers.keys()) if (!folders.has(folder)) forget(folder);
    for (const folder of folders) {
      if (watchers.has(folder)) continue;
      const watcher = watchOne(folder, (name) => {
        if (name === 'node_modules') return;
        follow();
        onChange();
      });
      // Removed: whoever holds it sees that as well.
      watcher?.on('error', () => forget(folder));
      if (watcher !== null) watchers.set(folder, watcher);
    }
  };
  follow();
  return () => {
    for (const folder of [...watchers.keys()]) forget(folder);
  };
}

/** Null for a folder that was removed meanwhile. */
function watchOne(folder: string, onEvent: (name: string | null) => void): FSWatcher | null {
  try {
    return watch(folder, (_event, name) => onEvent(name));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** The folder first, then those in it. */
function foldersOf(root: string): string[] {
  const folders = [root];
  for (const folder of folders) {
    if (folders.length >= mostFolders) break;
    folders.push(...subfoldersOf(folder));
  }
  return folders.slice(0, mostFolders);
}

function subfoldersOf(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    const inside = entries.filter((entry) => entry.isDirectory() && entry.name !== 'node_modules');
    return inside.map(({ name }) => path.join(folder, name));
  } catch {
    // Removed meanwhile.
    return [];
  }
}
