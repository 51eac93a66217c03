/** Checks a data folder before anything is opened in it, and names its format. */
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { z } from 'zod';
import { FaultlineError } from '@faultline/sdk/errors';
import type { DataLayout } from './data-layout.js';
import type { FolderSync } from './folder-sync.js';
import { dataFormat, oldestReader } from './format-upgrades.js';
import { networkFileSystemOf } from './network-file-system.js';

const FormatFile = z.object({
  /** What wrote it last. */
  format: z.number(),
  /** Oldest program that reads it: its own `dataFormat` must not be below this. */
  oldestReader: z.number(),
  writtenBy: z.string().default('(unknown)'),
});
type FormatFile = z.output<typeof FormatFile>;

/**
 * Makes the folder where it is missing. Returns the format of what is there, which may be an older one. Throws `Unsupported STORAGE_NETWORK_FILE_SYSTEM`, `STORAGE_FORMAT_NEWER`,
 * `Malformed STORAGE_FORMAT_UNREADABLE`, `Unavailable STORAGE_NOT_WRITABLE`.
 */
export async function prepareDataFolder(layout: DataLayout, folders: FolderSync, version: string): Promise<number> {
  try {
    await mkdir(layout.root, { recursive: true });
  } catch (error) {
    throw notWritable(layout, error);
  }
  const network = await networkFileSystemOf(layout.root);
  if (network !== null) {
    throw new FaultlineError('Unsupported', 'STORAGE_NETWORK_FILE_SYSTEM', `${layout.root} is on ${network}.`, {
      hint: 'Locks and memory maps do not hold on network file systems: choose a folder on a local disk.',
      details: { folder: layout.root, fileSystem: network },
    });
  }
  let format = dataFormat;
  if (existsSync(layout.format)) format = checkFormat(await readFile(layout.format, 'utf8'), layout);
  else
    await writeFormat(layout, folders, version).catch((error: unknown) => Promise.reject(notWritable(layout, error)));
  try {
    await folders.make(layout.crashes, layout.root);
    await folders.make(layout.incoming, layout.root);
  } catch (error) {
    throw notWritable(layout, error);
  }
  return format;
}

function checkFormat(text: string, layout: DataLayout): number {
  let found: FormatFile;
  try {
    found = FormatFile.parse(JSON.parse(text));
  } catch (cause) {
    throw unreadable(layout, cause);
  }
  if (found.oldestReader <= dataFormat) return found.format;
  throw new FaultlineError(
    'Unsupported',
    'STORAGE_FORMAT_NEWER',
    `${layout.root} was written by Faultline ${found.writtenBy}, in data format ${found.format}; this program reads up to ${dataFormat}.`,
    {
      hint: 'Start the newer version, or restore a backup that this one made.',
      details: { ...found, reads: dataFormat },
    },
  );
}

/** Names the format that this program writes. */
export async function writeFormat(layout: DataLayout, folders: FolderSync, version: string): Promise<void> {
  const format: FormatFile = { format: dataFormat, oldestReader, writtenBy: version };
  const temporary = `${layout.format}.${process.pid}.new`;
  const handle = await open(temporary, 'w');
  try {
    await handle.writeFile(`${JSON.stringify(format, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, layout.format);
  await folders.sync(layout.root);
}

function unreadable(layout: DataLayout, cause: unknown): FaultlineError {
  return new FaultlineError('Malformed', 'STORAGE_FORMAT_UNREADABLE', `${layout.format} can't be read.`, {
    hint: 'Restore it from a backup. A folder of version 0.1.0 holds {"format": 1, "oldestReader": 1, "writtenBy": "0.1.0"}.',
    cause,
  });
}

function notWritable(layout: DataLayout, cause: unknown): FaultlineError {
  return new FaultlineError('Unavailable', 'STORAGE_NOT_WRITABLE', `${layout.root} can't be written.`, {
    hint: `Give the server's user the right to write there, or choose another folder with --data.`,
    details: { folder: layout.root, reason: cause instanceof Error ? cause.message : String(cause) },
    cause,
  });
}
