import { randomUUID } from 'node:crypto';
import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { FaultlineError } from '@faultline/sdk/errors';
import type { OpenFile } from '../shared/ipc.js';

const mostFiles = 20_000;
const mostOpen = 256;
const deepest = 32;

interface Entry {
  path: string;
  window: number;
  size: number;
  modifiedAt: number;
  handle: FileHandle | null;
}

/**
 * Files that a person chose, dropped on the icon or opened by association. A page gets a handle and never a path: it can
 * read what was given to its window, in pieces, and nothing else.
 */
export class OpenFiles {
  private readonly entries = new Map<string, Entry>();

  /** @throws FaultlineError `FILE_NOT_READABLE` */
  async give(file: string, window: number, shown = path.basename(file)): Promise<OpenFile> {
    const facts = await readable(() => stat(file));
    if (!facts.isFile())
      throw new FaultlineError('Malformed', 'FILE_NOT_READABLE', `${path.basename(file)} is no file.`);
    const handle = randomUUID();
    const entry = { path: file, window, size: facts.size, modifiedAt: facts.mtimeMs, handle: null };
    this.entries.set(handle, entry);
    return { handle, name: path.basename(file), path: shown, size: facts.size, modifiedAt: facts.mtimeMs };
  }

  /** @throws FaultlineError `FILE_NOT_READABLE` */
  async isFolder(place: string): Promise<boolean> {
    return (await readable(() => stat(place))).isDirectory();
  }

  /** All files of a folder, those of folders in it too; what can't be read is left out. */
  async giveFolder(folder: string, window: number): Promise<OpenFile[]> {
    const given: OpenFile[] = [];
    const name = path.basename(folder);
    const list = async (inside: string, depth: number): Promise<void> => {
      const entries = await readdir(path.join(folder, inside), { withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        if (given.length >= mostFiles) return;
        const below = path.join(inside, entry.name);
        if (entry.isDirectory() && depth < deepest) await list(below, depth + 1);
        else if (entry.isFile()) {
          const shown = [name, ...below.split(path.sep)].join('/');
          const file = await this.give(path.join(folder, below), window, shown).catch(() => null);
          if (file !== null) given.push(file);
        }
      }
    };
    await list('', 0);
    return given;
  }

  /**
   * @throws FaultlineError `FILE_NOT_GIVEN` for a handle that this window did not get, `FILE_CHANGED` when the file is
   *   not what it was when it was given, `FILE_NOT_READABLE`
   */
  async read(
    handle: string,
    window: number,
    { offset, length }: { offset: number; length: number },
  ): Promise<Uint8Array> {
    const entry = this.entryOf(handle, window);
    const file = await this.openEntry(entry);
    const facts = await readable(() => file.stat());
    if (facts.size !== entry.size || facts.mtimeMs !== entry.modifiedAt) {
      throw new FaultlineError('Conflict', 'FILE_CHANGED', `${path.basename(entry.path)} changed while it was read.`, {
        hint: 'Open it again.',
      });
    }
    const wanted = Math.max(0, Math.min(length, entry.size - offset));
    const bytes = new Uint8Array(wanted);
    let done = 0;
    while (done < wanted) {
      const { bytesRead } = await readable(() => file.read(bytes, done, wanted - done, offset + done));
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done === wanted ? bytes : bytes.slice(0, done);
  }

  /** Path of a file, for the main process alone. */
  pathOf(handle: string, window: number): string {
    return this.entryOf(handle, window).path;
  }

  async close(handle: string, window: number): Promise<void> {
    const entry = this.entries.get(handle);
    if (entry?.window !== window) return;
    this.entries.delete(handle);
    await entry.handle?.close();
  }

  async closeWindow(window: number): Promise<void> {
    for (const [handle, entry] of this.entries) if (entry.window === window) await this.close(handle, window);
  }

  private entryOf(handle: string, window: number): Entry {
    const entry = this.entries.get(handle);
    if (entry !== undefined && entry.window === window) return entry;
    throw new FaultlineError('PermissionDenied', 'FILE_NOT_GIVEN', 'This window was not given such a file.');
  }

  /** Kept open between reads; of many the one opened first is closed. */
  private async openEntry(entry: Entry): Promise<FileHandle> {
    if (entry.handle !== null) return entry.handle;
    const opened = [...this.entries.values()].filter(({ handle }) => handle !== null);
    if (opened.length >= mostOpen && opened[0] !== undefined) {
      await opened[0].handle?.close();
      opened[0].handle = null;
    }
    const file = await readable(() => open(entry.path, 'r'));
    // Another read may have opened it meanwhile.
    if (entry.handle !== null) await file.close();
    else entry.handle = file;
    return entry.handle ?? file;
  }
}

async function readable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new FaultlineError('PermissionDenied', 'FILE_NOT_READABLE', `The file can't be read (${code}).`, {
      hint:
        code === 'EACCES' || code === 'EPERM' ? 'Its rights do not allow it.' : 'It may have been moved or deleted.',
      cause: error,
    });
  }
}
