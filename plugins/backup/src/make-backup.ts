/** Copies a data folder, whether a server runs on it or not, into a new folder. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { StateKey, StorageUpkeep } from '@faultline/sdk';
import { FaultlineError, systemErrorCode } from '@faultline/sdk/errors';
import { backupFormat, type BackupManifest } from './backup-manifest.js';
import { withoutSecrets } from './config-secrets.js';
import { dataFiles } from './data-files.js';
import { checksumOf } from './file-checksum.js';
import { keyOf, sealFile } from './sealed-file.js';

/** People's passwords and tokens (hashed as they are), sessions, and the key of the installs' hashes. */
const secretState: readonly StateKey[] = [['auth'], ['collector', 'install-secret']];

export interface BackupOptions {
  dataFolder: string;
  target: string;
  upkeep: StorageUpkeep;
  /** Null: what holds secrets is left out. */
  passphrase: string | null;
  version: string;
  signal: AbortSignal;
  progress(stage: string): void;
}

/** Throws `Conflict BACKUP_FOLDER_NOT_EMPTY`. Cut off, the folder holds no `backup.json` and is not taken for a backup. */
export async function makeBackup(options: BackupOptions): Promise<BackupManifest> {
  const { dataFolder, target, upkeep, passphrase, signal, progress } = options;
  if (existsSync(target) && (await readdir(target)).length > 0) {
    throw new FaultlineError('Conflict', 'BACKUP_FOLDER_NOT_EMPTY', `${target} holds something already.`, {
      hint: 'Name a new folder: each backup has its own.',
    });
  }
  const files = path.join(target, 'files');
  await mkdir(files, { recursive: true, mode: 0o700 });
  const salt = randomBytes(16);
  const key = passphrase === null ? null : await keyOf(passphrase, salt);
  const stored = await upkeep.copyTo(files, {
    signal,
    ...(key === null ? { leaveOut: secretState } : {}),
    progress: (done, total, stage) => progress(`crashes ${done}/${total} ${stage}`),
  });
  const manifest: BackupManifest = {
    format: backupFormat,
    version: options.version,
    madeAt: new Date().toISOString(),
    secrets: key === null ? 'left-out' : 'encrypted',
    ...(key === null ? {} : { salt: salt.toString('hex') }),
    counts: { days: 0, crashes: 0, symbols: 0 },
    files: {},
  };
  for (const name of stored.files) {
    await add(name.split(path.sep).join('/'), { isSealed: key !== null && name === 'state.mdb' });
  }
  for (const { name, maySecret } of await dataFiles(dataFolder)) {
    signal.throwIfAborted();
    if (maySecret && key === null && name !== 'faultline.yaml') continue;
    await copyOne(name, maySecret);
  }
  manifest.counts = countsOf(manifest, stored.crashes);
  const temporary = path.join(target, 'backup.json.new');
  await writeFile(temporary, `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
  await rename(temporary, path.join(target, 'backup.json'));
  await syncFolder(target);
  return manifest;

  /** Seals what is there already, where it must be, and notes what then stands there. */
  async function add(name: string, { isSealed }: { isSealed: boolean }): Promise<void> {
    progress(name);
    const file = path.join(files, name);
    if (isSealed && key !== null) {
      await sealFile(file, `${file}.sealed`, key);
      await rm(file);
    }
    const written = isSealed ? `${name}.sealed` : name;
    manifest.files[written] = { ...(await checksumOf(path.join(files, written), signal)), isSealed };
  }

  async function copyOne(name: string, isSealed: boolean): Promise<void> {
    const from = path.join(dataFolder, name);
    const to = path.join(files, name);
    await mkdir(path.dirname(to), { recursive: true });
    if (key === null && name === 'faultline.yaml') {
      await writeFile(to, withoutSecrets(await readFile(from, 'utf8')), { flush: true });
      return add(name, { isSealed: false });
    }
    try {
      await copyFile(from, to);
    } catch (error) {
      // A server that runs may take a file away meanwhile: then it was not to be kept.
      if (systemErrorCode(error) === 'ENOENT') return;
      throw error;
    }
    await add(name, { isSealed: isSealed && key !== null });
  }
}

/** What a restored folder must hold again. */
function countsOf({ files }: BackupManifest, crashes: number): BackupManifest['counts'] {
  const names = Object.keys(files);
  return {
    days: names.filter((name) => /^crashes\/[\d-]+\/reports\./.test(name)).length,
    crashes,
    symbols: names.filter((name) => /\.sym(\.gz)?$/.test(name)).length,
  };
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
