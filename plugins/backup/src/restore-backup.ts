/**
 * Makes a data folder of a backup: beside its place at first, renamed when every byte was found to be right, so that
 * no server ever starts on half of one.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { FaultlineError } from '@faultline/sdk/errors';
import { BackupManifest, backupFormat } from './backup-manifest.js';
import { checksumOf } from './file-checksum.js';
import { keyOf, openSealed } from './sealed-file.js';

export interface RestoreOptions {
  backup: string;
  dataFolder: string;
  /** Null when none was given. */
  passphrase: string | null;
  signal: AbortSignal;
  progress(stage: string): void;
}

/**
 * Throws `Conflict DATA_FOLDER_NOT_EMPTY`, `Malformed BACKUP_DAMAGED`, `PermissionDenied BACKUP_PASSPHRASE_WRONG`, and
 * as `readManifest` does.
 */
export async function restoreBackup(options: RestoreOptions): Promise<BackupManifest> {
  const { backup, dataFolder, passphrase, signal, progress } = options;
  const manifest = await readManifest(backup);
  if (existsSync(dataFolder) && (await readdir(dataFolder)).length > 0) {
    throw new FaultlineError('Conflict', 'DATA_FOLDER_NOT_EMPTY', `${dataFolder} holds something already.`, {
      hint: 'Restore into a new folder with --data; what is there is never overwritten.',
    });
  }
  if (manifest.secrets === 'encrypted' && passphrase === null) {
    throw new FaultlineError('PermissionDenied', 'BACKUP_PASSPHRASE_MISSING', 'The backup is sealed.', {
      hint: 'Give the passphrase that it was made with: --passphrase-file FILE.',
    });
  }
  const key = passphrase === null ? null : await keyOf(passphrase, Buffer.from(manifest.salt ?? '', 'hex'));
  const making = `${dataFolder}.restoring`;
  await rm(making, { recursive: true, force: true });
  try {
    await mkdir(making, { recursive: true, mode: 0o750 });
    for (const [name, facts] of Object.entries(manifest.files)) {
      signal.throwIfAborted();
      progress(name);
      const from = path.join(backup, 'files', name);
      const to = path.join(making, facts.isSealed ? name.replace(/\.sealed$/, '') : name);
      await mkdir(path.dirname(to), { recursive: true });
      if (!(await isAsNoted(from, facts, signal))) throw damaged(name);
      if (facts.isSealed && key !== null) await openSealed(from, to, key);
      else await copyFile(from, to);
      await syncFile(to);
    }
    if (existsSync(dataFolder)) await rmdir(dataFolder);
    await rename(making, dataFolder);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    throw error;
  }
  return manifest;
}

/** Throws `NotFound BACKUP_MISSING`, `Malformed BACKUP_DAMAGED`, `Unsupported BACKUP_NEWER`. */
export async function readManifest(backup: string): Promise<BackupManifest> {
  const file = path.join(backup, 'backup.json');
  if (!existsSync(file)) {
    throw new FaultlineError('NotFound', 'BACKUP_MISSING', `${backup} holds no backup, or one that was cut off.`, {
      hint: 'A whole backup has a file backup.json.',
    });
  }
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw damaged('backup.json', cause);
  }
  const format = Object(json) as { format?: unknown; version?: unknown };
  if (typeof format.format === 'number' && format.format > backupFormat) {
    throw new FaultlineError(
      'Unsupported',
      'BACKUP_NEWER',
      `The backup was made by Faultline ${String(format.version)}, in format ${format.format}; this program reads up to ${backupFormat}.`,
      { hint: 'Restore it with that version.' },
    );
  }
  const manifest = BackupManifest.safeParse(json);
  if (!manifest.success) throw damaged('backup.json', manifest.error);
  const outside = Object.keys(manifest.data.files).find(
    (name) => path.isAbsolute(name) || name.split('/').includes('..'),
  );
  if (outside !== undefined) throw damaged('backup.json');
  return manifest.data;
}

/** Names of the files that are not as they were written. */
export async function damagedFiles(
  backup: string,
  { files }: BackupManifest,
  { signal, progress }: { signal: AbortSignal; progress(stage: string): void },
): Promise<string[]> {
  const found: string[] = [];
  for (const [name, facts] of Object.entries(files)) {
    signal.throwIfAborted();
    progress(name);
    if (!(await isAsNoted(path.join(backup, 'files', name), facts, signal))) found.push(name);
  }
  return found;
}

async function isAsNoted(file: string, noted: { size: number; sha256: string }, signal: AbortSignal): Promise<boolean> {
  if (!existsSync(file)) return false;
  const { size, sha256 } = await checksumOf(file, signal);
  return size === noted.size && sha256 === noted.sha256;
}

function damaged(name: string, cause?: unknown): FaultlineError {
  return new FaultlineError('Malformed', 'BACKUP_DAMAGED', `The backup is damaged: ${name} is not as it was written.`, {
    hint: 'Take another backup, or another copy of this one.',
    details: { file: name },
    cause,
  });
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
