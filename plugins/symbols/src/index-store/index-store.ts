/**
 * Indexes of symbol files, each built once and found again by every process that shares the cache folder. The name of
 * an index holds size, time and path of its text, so that a changed text is another index and nothing is compared.
 *
 * An index is written under a temporary name and renamed. It is not fsynced: its pages carry checksums, so one that a
 * power failure tore is noticed, removed and built again, and the first walk does not wait for the disk.
 */
import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isFaultlineError, systemErrorCode } from '@faultline/sdk/errors';
import type { ModuleSymbols } from '@faultline/sdk/module-symbols';
import { bytesSource } from '@faultline/sdk/random-access-source';
import type { SymbolIndexReader, SymbolPath } from '@faultline/symbols';
import { openSymbolIndex } from '@faultline/symbols/open-symbol-index';
import { markUsed } from '../cache/last-used.js';
import { openFileSource } from './file-source.js';
import { sweepTemporaries, temporaryName } from './temporary-files.js';

/** When indexes are not kept, larger texts get an index in the system's folder for temporary files, removed at once. */
const largestInMemory = 16 * 1024 * 1024;

export interface IndexStoreOptions {
  /** Null: indexes are not kept. */
  indexFolder: string | null;
  maxTextBytes: number;
  buildThreads: number;
  /** Told of each index that was added. */
  noteWritten?: (bytes: number) => void;
}

export interface OpenedSymbols {
  symbols: SymbolIndexReader;
  /** Whether the text had to be read. */
  wasBuilt: boolean;
}

export class IndexStore {
  /** Where each reader's index is, for as long as anyone has the reader. */
  private readonly files = new WeakMap<ModuleSymbols, string>();

  constructor(private readonly options: IndexStoreOptions) {}

  /**
   * The symbols of a text file.
   * @param place folders the index belongs under
   * @throws FaultlineError `SYMBOLS_TOO_LARGE` and the like; file system and zlib errors as they are
   */
  async open(text: string, place: SymbolPath, origin: string, signal?: AbortSignal): Promise<OpenedSymbols> {
    const { indexFolder } = this.options;
    if (indexFolder === null) return { symbols: await this.openUncached(text, origin, signal), wasBuilt: true };
    const file = path.join(indexFolder, 'indexes', place.folder, place.id, indexName(text, place.file));
    try {
      const known = await this.openKnown(file, origin);
      if (known !== null) return this.keep(file, { symbols: known, wasBuilt: false });
      await this.build(text, file, signal);
    } catch (error) {
      if (!isUnwritable(error)) throw error;
      return { symbols: await this.openUncached(text, origin, signal), wasBuilt: true };
    }
    return this.keep(file, { symbols: await openSymbolIndex(openFileSource(file), origin), wasBuilt: true });
  }

  /** Removes the index that a reader failed on: the next `open` builds it again. */
  discard(failed: ModuleSymbols): void {
    const file = this.files.get(failed);
    if (file !== undefined) rmSync(file, { force: true });
  }

  private keep(file: string, opened: OpenedSymbols): OpenedSymbols {
    this.files.set(opened.symbols, file);
    return opened;
  }

  private async openKnown(file: string, origin: string): Promise<SymbolIndexReader | null> {
    let source;
    try {
      source = openFileSource(file);
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return null;
      throw error;
    }
    try {
      const symbols = await openSymbolIndex(source, origin);
      markUsed(file);
      return symbols;
    } catch (error) {
      await source.close?.();
      if (!isFaultlineError(error)) throw error;
      // Damaged, or of another version: it is derived, so it goes and comes again.
      rmSync(file, { force: true });
      return null;
    }
  }

  /** A sweep of the cache may take the empty folder away before the file stands in it: then once more. */
  private async build(text: string, file: string, signal?: AbortSignal): Promise<void> {
    try {
      await this.buildOnce(text, file, signal);
    } catch (error) {
      const isGone = systemErrorCode(error) === 'ENOENT';
      if (!isGone || statSync(text, { throwIfNoEntry: false }) === undefined) throw error;
      await this.buildOnce(text, file, signal);
    }
  }

  private async buildOnce(text: string, file: string, signal?: AbortSignal): Promise<void> {
    const folder = path.dirname(file);
    mkdirSync(folder, { recursive: true });
    sweepTemporaries(folder);
    const temporary = temporaryName(file);
    try {
      await this.buildFile(text, temporary, signal);
      renameSync(temporary, file);
      this.options.noteWritten?.(statSync(file, { throwIfNoEntry: false })?.size ?? 0);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  private async openUncached(text: string, origin: string, signal?: AbortSignal): Promise<SymbolIndexReader> {
    if (statSync(text).size <= largestInMemory) {
      const [{ buildSymbolIndexInMemory }, { textChunks }] = await Promise.all([
        import('@faultline/symbols'),
        import('./text-chunks.js'),
      ]);
      const limits = { maxTextBytes: this.options.maxTextBytes };
      const options = signal === undefined ? { limits } : { limits, signal };
      return openSymbolIndex(bytesSource(await buildSymbolIndexInMemory(textChunks(text), options)), origin);
    }
    const temporary = temporaryName(path.join(tmpdir(), 'faultline.symx'));
    try {
      await this.buildFile(text, temporary, signal);
      return await openSymbolIndex(openFileSource(temporary), origin);
    } finally {
      removeOpenFile(temporary);
    }
  }

  private async buildFile(text: string, output: string, signal?: AbortSignal): Promise<void> {
    const { maxTextBytes, buildThreads } = this.options;
    // Most walks find their indexes built: what builds them is loaded by the first that does not.
    const { buildIndexFile } = await import('./build-index-file.js');
    await buildIndexFile(text, output, { limits: { maxTextBytes }, threads: buildThreads, signal });
  }
}

/** Where an open file can be removed, its bytes live as long as its reader. */
function removeOpenFile(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Windows refuses: the file stays in the system's folder for temporary files.
  }
}

/** A cache that is full or may only be read costs time, not the walk. */
function isUnwritable(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR'].includes(systemErrorCode(error));
}

function indexName(text: string, file: string): string {
  const { size, mtimeMs } = statSync(text);
  const facts = [size, Math.round(mtimeMs), hashOf(path.resolve(text))].map((each) => each.toString(36)).join('-');
  return `${file.slice(0, 120)}.${facts}.symx`;
}

/** FNV-1a: tells apart texts of one size and time, nothing more. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
