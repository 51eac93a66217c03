import type { FaultlineBridge } from '../../../../shared/bridge.js';
import type { OpenFile } from '../../../../shared/ipc.js';
import type { SourceFile } from '../walk/walk-messages.js';
import { incomingOf, type Incoming, type IncomingFile } from './dropped-files.js';
import { fileKind, headBytes } from './file-kind.js';

/** A dump larger than this stays behind the bridge and is read by range; all else of use is copied into a Blob. */
const copiedUpTo = 64 << 20;
const largestRead = 8 << 20;

/** Files that the app's main process gave for a dialog, an association or a drop on the icon; null for none. */
export async function takeFromApp(
  bridge: FaultlineBridge,
  ...[name, ask]: ['files.waiting', null] | ['files.choose', { what: 'files' | 'folder' }]
): Promise<Incoming | null> {
  const given = name === 'files.waiting' ? await bridge.ask(name, ask) : await bridge.ask(name, ask);
  if (given === null) return null;
  const { unreadable, isCut } = given;
  return { ...incomingOf(given.files.map((file) => incomingFile(bridge, file))), unreadable, isCut };
}

/** Opened when it is needed, and once: most of a folder of symbols never is. */
export function incomingFile(bridge: FaultlineBridge, file: OpenFile): IncomingFile {
  let content: Promise<SourceFile> | null = null;
  const load = (): Promise<SourceFile> =>
    contentOf(bridge, file).catch((error: unknown) => {
      content = null;
      throw error;
    });
  return { path: file.path, file: () => (content ??= load()), handle: null };
}

async function contentOf(bridge: FaultlineBridge, file: OpenFile): Promise<SourceFile> {
  const read = async (offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await bridge.ask('files.read', { handle: file.handle, offset, length }));
  const asFile = (parts: BlobPart[]): File => new File(parts, file.name, { lastModified: file.modifiedAt });
  if (file.size > copiedUpTo) {
    const head = await read(0, headBytes);
    const kind = await fileKind(new Blob([head]), file.name);
    if (kind === 'dump') return { remote: file.handle, size: file.size };
    // Of no use, which its beginning says as well as all of it.
    if (kind === 'unknown') return asFile([head]);
  }
  const parts: BlobPart[] = [];
  for (let offset = 0; offset < file.size; offset += largestRead) {
    parts.push(await read(offset, Math.min(largestRead, file.size - offset)));
  }
  await bridge.ask('files.close', { handle: file.handle });
  return asFile(parts);
}
