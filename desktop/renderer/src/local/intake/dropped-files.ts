import type { SourceFile } from '../walk/walk-messages.js';

/** A file as it came: its path tells more than its name when it came in a folder or an archive. */
export interface IncomingFile {
  path: string;
  /** A function where opening thousands of files would take long: those of a folder are opened when needed. */
  file: SourceFile | (() => Promise<SourceFile>);
  /** To open it again another day, where the browser gives one. */
  handle: FileSystemFileHandle | null;
}

export interface Incoming {
  files: IncomingFile[];
  /** Folders and files that could not be looked at, with the name or code of the error. */
  unreadable: { path: string; code: string }[];
  /** More files than are looked at were left out. */
  isCut: boolean;
}

/** Files that came without trouble. */
export function incomingOf(files: IncomingFile[]): Incoming {
  return { files, unreadable: [], isCut: false };
}

const mostFiles = 20_000;
const deepest = 32;

/** Everything of a drop or a paste, folders included. Call it inside the event: the data is gone afterwards. */
export async function droppedFiles(transfer: DataTransfer): Promise<Incoming> {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
  // All is taken before the first wait.
  const taken = items.map((item) => ({
    file: item.getAsFile(),
    entry: item.webkitGetAsEntry(),
    handle: handleOf(item),
  }));
  const incoming = incomingOf([]);
  for (const { file, entry, handle } of taken) {
    if (entry?.isDirectory === true) {
      const folder = entry as FileSystemDirectoryEntry;
      await attempt(incoming, folder.name, () => listFolder(folder, incoming, 0));
    } else if (file !== null) incoming.files.push({ path: file.name, file, handle: await fileHandle(handle) });
  }
  return incoming;
}

/** Files of an `<input>`, those of a folder with their paths. */
export function chosenFiles(files: Iterable<File>): Incoming {
  const all = [...files];
  const taken = all.slice(0, mostFiles);
  const incoming = incomingOf(
    taken.map((file) => ({ path: file.webkitRelativePath || file.name, file, handle: null })),
  );
  return { ...incoming, isCut: all.length > mostFiles };
}

/** Of a folder that the person chose (File System Access). */
export async function filesOfFolder(folder: FileSystemDirectoryHandle): Promise<Incoming> {
  const incoming = incomingOf([]);
  await attempt(incoming, folder.name, () => listHandle(folder, folder.name, incoming, 0));
  return incoming;
}

/** A folder without rights costs itself and nothing else, and is told. */
async function attempt(incoming: Incoming, path: string, list: () => Promise<void>): Promise<void> {
  try {
    await list();
  } catch (error) {
    incoming.unreadable.push({ path, code: errorName(error) });
  }
}

/**
 * Folklore: of a folder without rights Chromium 156 says `InvalidStateError` and speaks of writing to it. Names of its
 * errors are of more use than their words.
 */
export function errorName(error: unknown): string {
  if (error instanceof DOMException) return error.name;
  return error instanceof Error ? error.message : String(error);
}

async function listHandle(
  folder: FileSystemDirectoryHandle,
  path: string,
  incoming: Incoming,
  depth: number,
): Promise<void> {
  if (depth > deepest) return;
  for await (const entry of entriesOf(folder)) {
    if (incoming.files.length >= mostFiles) {
      incoming.isCut = true;
      return;
    }
    const inside = `${path}/${entry.name}`;
    if (entry.kind === 'directory') {
      const inner = entry as FileSystemDirectoryHandle;
      await attempt(incoming, inside, () => listHandle(inner, inside, incoming, depth + 1));
    } else {
      const handle = entry as FileSystemFileHandle;
      incoming.files.push({ path: inside, file: () => handle.getFile(), handle });
    }
  }
}

/** Not yet in TypeScript's own library. */
function entriesOf(folder: FileSystemDirectoryHandle): AsyncIterable<FileSystemHandle> {
  return (folder as FileSystemDirectoryHandle & { values(): AsyncIterable<FileSystemHandle> }).values();
}

async function listFolder(folder: FileSystemDirectoryEntry, incoming: Incoming, depth: number): Promise<void> {
  if (depth > deepest) return;
  const reader = folder.createReader();
  for (;;) {
    // A call gives some hundred at most; none means the end.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return;
    for (const entry of entries) {
      if (incoming.files.length >= mostFiles) {
        incoming.isCut = true;
        return;
      }
      const path = entry.fullPath.replace(/^\//, '');
      if (entry.isDirectory) {
        const inner = entry as FileSystemDirectoryEntry;
        await attempt(incoming, path, () => listFolder(inner, incoming, depth + 1));
      } else {
        const file = (): Promise<File> =>
          new Promise((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
        incoming.files.push({ path, file, handle: null });
      }
    }
  }
}

type WithHandle = DataTransferItem & { getAsFileSystemHandle?: () => Promise<FileSystemHandle | null> };

/** Called inside the event, waited for later. Without a handle the file is taken all the same; it can't be opened again later. */
function handleOf(item: DataTransferItem): Promise<FileSystemHandle | null> {
  const asked = (item as WithHandle).getAsFileSystemHandle?.() ?? Promise.resolve(null);
  return asked.catch(() => null);
}

async function fileHandle(asked: Promise<FileSystemHandle | null>): Promise<FileSystemFileHandle | null> {
  const handle = await asked;
  return handle?.kind === 'file' ? (handle as FileSystemFileHandle) : null;
}
