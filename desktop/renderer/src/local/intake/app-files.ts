import { looksLikeMinidump } from '@faultline/minidump';
import type { FaultlineBridge } from '../../../../shared/bridge.js';
import type { OpenFile } from '../../../../shared/ipc.js';
import type { Incoming, IncomingFile } from './dropped-files.js';

/** A dump larger than this stays behind the bridge and is read by range; all else is copied into a Blob. */
const copiedUpTo = 64 << 20;
const largestRead = 8 << 20;

/** Files that the app's main process gave for a dialog, an association or a drop on the icon. */
export async function takeFromApp(
  bridge: FaultlineBridge,
  ...[name, ask]: ['files.waiting', null] | ['files.choose', { what: 'files' | 'folder' }]
): Promise<Incoming> {
  const opened = name === 'files.waiting' ? await bridge.ask(name, ask) : await bridge.ask(name, ask);
  const files: IncomingFile[] = [];
  for (const file of opened) files.push(await incomingFile(bridge, file));
  return { files, isCut: false };
}

export async function incomingFile(bridge: FaultlineBridge, file: OpenFile): Promise<IncomingFile> {
  return { path: file.path, file: await contentOf(bridge, file), handle: null };
}

async function contentOf(bridge: FaultlineBridge, file: OpenFile): Promise<IncomingFile['file']> {
  const read = (offset: number, length: number): Promise<Uint8Array> =>
    bridge.ask('files.read', { handle: file.handle, offset, length });
  if (file.size > copiedUpTo && looksLikeMinidump(await read(0, 4))) return { remote: file.handle, size: file.size };
  const parts: BlobPart[] = [];
  for (let offset = 0; offset < file.size; offset += largestRead) {
    parts.push(new Uint8Array(await read(offset, Math.min(largestRead, file.size - offset))));
  }
  await bridge.ask('files.close', { handle: file.handle });
  return new File(parts, file.name, { lastModified: file.modifiedAt });
}
