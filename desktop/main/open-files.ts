import { randomUUID } from 'node:crypto';
import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { asFaultlineError, FaultlineError, systemErrorCode } from '@faultline/sdk/errors';
import type { GivenFiles, OpenFile } from '../shared/ipc.js';

const mostFiles = 20_000;
const mostUnreadable = 1000;
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
    const facts = await readable(shown, () => stat(file));
    if (!facts.isFile())
      throw new FaultlineError('Malformed', 'FILE_NOT_READABLE', `${path.basename(file)} is no file.`);
    const handle = randomUUID();
    const entry = { path: file, window, size: facts.size, modifiedAt: facts.mtimeMs, handle: null };
    this.entries.set(handle, entry);
    return { handle, name: path.basename(file), path: shown, size: facts.size, modifiedAt: facts.mtimeMs };
  }

  /**
   * Files and whole folders; what can't be read is told beside the rest.
   *
   * @param onFile hears the places that were files, not folders
   */
  async giveAll(
    places: readonly string[],
    window: number,
    onFile: (place: string) => void = () => undefined,
  ): Promise<GivenFiles> {
    const given: GivenFiles = { files: [], unreadable: [], isCut: false };
    for (const place of places) {
      const shown = path.basename(place);
      await attempt(given, shown, async () => {
        const facts = await readable(shown, () => stat(place));
        if (facts.isDirectory()) return this.giveFolder(place, { window, given, shown });
        given.files.push(await this.give(place, window));
        onFile(place);
      });
    }
    return given;
  }

  /** All files of a folder, those of folders in it too. Links in it are not followed: they may lead anywhere. */
  private async giveFolder(
    folder: string,
    to: { window: number; given: GivenFiles; shown: string },
    depth = 0,
  ): Promise<void> {
    const { window, given, shown } = to;
    for (const entry of await readable(shown, () => readdir(folder, { withFileTypes: true }))) {
      if (given.files.length >= mostFiles) {
        given.isCut = true;
        return;
      }
      const place = path.join(folder, entry.name);
      const inside = `${shown}/${entry.name}`;
      await attempt(given, inside, async () => {
        if (entry.isFile()) given.files.push(await this.give(place, window, inside));
        else if (entry.isDirectory() && depth < deepest) {
          await this.giveFolder(place, { window, given, shown: inside }, depth + 1);
        }
      });
    }
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
    const name = path.basename(entry.path);
    const facts = await readable(name, () => file.stat());
    if (facts.size !== entry.size || facts.mtimeMs !== entry.modifiedAt) {
      throw new FaultlineError('Conflict', 'FILE_CHANGED', `${name} changed while it was read.`, {
        hint: 'Open it again.',
      });
    }
    const wanted = Math.max(0, Math.min(length, entry.size - offset));
    const bytes = new Uint8Array(wanted);
    let done = 0;
    while (done < wanted) {
      const { bytesRead } = await readable(name, () => file.read(bytes, done, wanted - done, offset + done));
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done === wanted ? bytes : bytes.slice(0, done);
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
    const file = await readable(path.basename(entry.path), () => open(entry.path, 'r'));
    // Another read may have opened it meanwhile.
    if (entry.handle !== null) await file.close();
    else entry.handle = file;
    return entry.handle ?? file;
  }
}

/** What fails costs itself and nothing else, and is told. */
async function attempt(given: GivenFiles, place: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (given.unreadable.length >= mostUnreadable) return;
    const { code, cause } = asFaultlineError(error, 'FILE_NOT_READABLE');
    given.unreadable.push({ path: place, code: systemErrorCode(cause) || code });
  }
}

async function readable<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = systemErrorCode(cause) || 'unknown';
    const isRefused = code === 'EACCES' || code === 'EPERM';
    throw new FaultlineError('PermissionDenied', 'FILE_NOT_READABLE', `${name} can't be read (${code}).`, {
      hint: isRefused ? 'Its rights do not allow it.' : 'It may have been moved or deleted.',
      cause,
    });
  }
}
