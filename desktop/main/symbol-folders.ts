import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, watch, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '@faultline/sdk/errors';
import type { SymbolAttempt } from '@faultline/sdk/module-symbols';
import { breakpadPath } from '@faultline/symbols/symbol-path';
import type { SymbolFolder } from '../shared/ipc.js';
import type { SettingsFile } from './settings-file.js';

/** Several files of one build arrive together. */
const quietTime = 500;

/** Symbol folders of this computer, in Breakpad's layout, watched: a build that ends mends the dump on the screen. */
export class SymbolFolders {
  private readonly watchers = new Map<string, FSWatcher>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly settings: SettingsFile,
    private readonly onChange: () => void,
  ) {
    this.watchAll();
  }

  list(): SymbolFolder[] {
    return this.settings.values.symbolFolders.map(({ id, path: folder }) => ({
      id,
      path: folder,
      trouble: troubleOf(folder),
    }));
  }

  add(folder: string): void {
    const folders = this.settings.values.symbolFolders;
    if (folders.some((one) => one.path === folder)) return;
    this.settings.change({ symbolFolders: [...folders, { id: randomUUID(), path: folder }] });
    this.watchAll();
  }

  remove(id: string): void {
    this.settings.change({ symbolFolders: this.settings.values.symbolFolders.filter((one) => one.id !== id) });
    this.watchAll();
  }

  /** Where a module's symbols lie; the path never leaves the main process. */
  async find(module: {
    codeFile: string;
    debugFile: string;
    debugId: string;
  }): Promise<{ file: { path: string; origin: string } | null; attempts: SymbolAttempt[] }> {
    const wanted = breakpadPath(module);
    const attempts: SymbolAttempt[] = [];
    if (wanted === null) return { file: null, attempts };
    for (const { path: folder } of this.settings.values.symbolFolders) {
      // Every part of the path has been made safe: no name of a dump leads out of the folder.
      const file = path.join(folder, wanted.folder, wanted.id, wanted.file);
      const attempt = { source: `folder ${path.basename(folder)}`, location: file, milliseconds: 0 };
      try {
        const facts = await stat(file);
        attempts.push({ ...attempt, status: facts.isFile() ? 'found' : 'malformed', bytes: facts.size });
        if (facts.isFile())
          return { file: { path: file, origin: `${wanted.folder}/${wanted.id}/${wanted.file}` }, attempts };
      } catch (error) {
        const code = systemErrorCode(error);
        const isAbsent = code === 'ENOENT' || code === 'ENOTDIR';
        attempts.push({
          ...attempt,
          status: isAbsent ? 'not-found' : 'denied',
          bytes: 0,
          ...(isAbsent ? {} : { reason: code }),
        });
      }
    }
    return { file: null, attempts };
  }

  close(): void {
    clearTimeout(this.timer);
    for (const watcher of this.watchers.values()) watcher.close();
    this.watchers.clear();
  }

  private watchAll(): void {
    const wanted = new Set(this.settings.values.symbolFolders.map(({ path: folder }) => folder));
    for (const [folder, watcher] of this.watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.watchers.delete(folder);
    }
    for (const folder of wanted) if (!this.watchers.has(folder)) this.watch(folder);
  }

  private watch(folder: string): void {
    try {
      const watcher = watch(folder, { recursive: true }, () => {
        clearTimeout(this.timer);
        this.timer = setTimeout(this.onChange, quietTime);
      });
      // A folder that is taken away is told by `trouble`, the next time it is listed.
      watcher.on('error', () => watcher.close());
      this.watchers.set(folder, watcher);
    } catch {
      // Not there, or no rights: `trouble` says so.
      return;
    }
  }
}

function troubleOf(folder: string): SymbolFolder['trouble'] {
  if (!existsSync(folder)) return 'missing';
  try {
    readdirSync(folder);
    return '';
  } catch {
    return 'denied';
  }
}
