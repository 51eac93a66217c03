import { statSync } from 'node:fs';
import path from 'node:path';
import { systemErrorCode } from '@faultline/sdk/errors';
import type { ModuleIdentity } from '@faultline/sdk/module-symbols';
import { normalDebugId, type SymbolPath } from '@faultline/symbols/symbol-path';
import { markUsed } from '../cache/last-used.js';
import { startAttempt } from './attempt.js';
import type { PlaceAnswer, SymbolPlace } from './symbol-place.js';

/** A folder in Breakpad's layout, or a single symbol file, which is for the module its MODULE record names. */
export class FolderPlace implements SymbolPlace {
  readonly name: string;
  /** Debug id of a single file, read once. */
  private singleId: Promise<string | null> | null = null;

  /** @param isKept its files' last use is kept */
  constructor(
    private readonly root: string,
    private readonly isKept = false,
  ) {
    this.name = root;
  }

  async locate(_module: ModuleIdentity, wanted: SymbolPath): Promise<PlaceAnswer> {
    const attempt = startAttempt(this.name, this.root);
    let stat;
    try {
      stat = statSync(this.root, { throwIfNoEntry: false });
    } catch (error) {
      return { found: null, attempts: [attempt('denied', 0, wordsOf(error))] };
    }
    if (stat === undefined) return { found: null, attempts: [attempt('not-found', 0, 'there is no such folder')] };
    return stat.isDirectory() ? this.inFolder(wanted) : this.singleFile(wanted, stat.size);
  }

  private inFolder(wanted: SymbolPath): PlaceAnswer {
    const location = path.join(this.root, wanted.folder, wanted.id, wanted.file);
    const attempt = startAttempt(this.name, location);
    try {
      const stat = statSync(location, { throwIfNoEntry: false });
      if (stat === undefined) return { found: null, attempts: [attempt('not-found')] };
      if (!stat.isFile()) return { found: null, attempts: [attempt('malformed', 0, 'it is not a file')] };
      if (this.isKept) markUsed(location);
      const origin = `${wanted.folder}/${wanted.id}/${wanted.file}`;
      return { found: { text: location, origin, url: null }, attempts: [attempt('found', stat.size)] };
    } catch (error) {
      const isAbsent = ['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error));
      return { found: null, attempts: [attempt(isAbsent ? 'not-found' : 'denied', 0, wordsOf(error))] };
    }
  }

  private async singleFile(wanted: SymbolPath, size: number): Promise<PlaceAnswer> {
    const attempt = startAttempt(this.name, this.root);
    this.singleId ??= this.readSingleId();
    const id = await this.singleId;
    if (id === null) return { found: null, attempts: [attempt('malformed', 0, 'it has no MODULE record')] };
    if (id !== wanted.id) return { found: null, attempts: [attempt('not-found', 0, `it is for ${id}`)] };
    return {
      found: { text: this.root, origin: path.basename(this.root), url: null },
      attempts: [attempt('found', size)],
    };
  }

  private async readSingleId(): Promise<string | null> {
    const { readModuleRecord } = await import('./read-module-record.js');
    try {
      const record = await readModuleRecord(this.root);
      return record === null ? null : normalDebugId(record.debugId);
    } catch {
      // Unreadable or not gzip after all: it names no module, which is what the attempt says.
      return null;
    }
  }
}

/** For people: "EACCES". */
function wordsOf(error: unknown): string {
  return systemErrorCode(error) || String(error);
}
