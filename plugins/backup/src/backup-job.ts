/** The job `backup/make`: a backup by the clock, a folder each, of which the newest stay. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Job, JobRun, StorageUpkeep, UnixMillis } from '@faultline/sdk';
import { FaultlineError, systemErrorCode } from '@faultline/sdk/errors';
import type { BackupManifest } from './backup-manifest.js';
import type { BackupConfig } from './config.js';
import { makeBackup } from './make-backup.js';
import { readManifest } from './restore-backup.js';

export interface BackupJobParts {
  config: BackupConfig;
  folder: string;
  dataFolder: string;
  version: string;
  upkeep: StorageUpkeep;
}

/** Names of ours: nothing else in the folder is ever removed. */
const ownName = /^faultline-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/;

export function backupJob(parts: BackupJobParts): Job {
  const { config, dataFolder } = parts;
  const folder = path.resolve(dataFolder, parts.folder);
  return {
    id: 'backup/make',
    title: 'Back up the data folder',
    schedule: { cron: config.schedule },
    async run(run) {
      requireOutside(folder, dataFolder);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const target = path.join(folder, nameOf(run.slot));
      await removeHalves(folder);
      // There is one when the process died between its last file and the end of the run.
      const manifest = existsSync(target) ? await readManifest(target) : await makeIn(target, run);
      const removed = await removeOldest(folder, config.keep);
      const sizes = Object.values(manifest.files).map(({ size }) => size);
      return {
        folder: target,
        ...manifest.counts,
        files: sizes.length,
        bytes: sizes.reduce((sum, size) => sum + size, 0),
        secrets: manifest.secrets,
        removed,
      };
    },
  };

  async function makeIn(target: string, run: JobRun): Promise<BackupManifest> {
    const passphrase = await passphraseOf(config, dataFolder);
    let files = 0;
    try {
      return await makeBackup({
        dataFolder,
        target,
        upkeep: parts.upkeep,
        passphrase,
        version: parts.version,
        signal: run.signal,
        progress: (stage) => run.progress(++files, null, stage),
      });
    } catch (error) {
      // On a full disk, half a backup would keep its room until the next one.
      await rm(target, { recursive: true, force: true });
      throw error;
    }
  }
}

/** `faultline-2026-11-22T01-47-00Z` */
function nameOf(slot: UnixMillis): string {
  return `faultline-${new Date(slot).toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
}

/** Throws `Conflict BACKUP_FOLDER_INSIDE`: each backup would hold those before it. */
function requireOutside(folder: string, dataFolder: string): void {
  const below = path.relative(dataFolder, folder);
  if (below.startsWith('..') || path.isAbsolute(below)) return;
  throw new FaultlineError('Conflict', 'BACKUP_FOLDER_INSIDE', `${folder} lies in the data folder.`, {
    hint: 'Name a folder elsewhere with `backup.folder`, best on another disk.',
  });
}

/** Null where secrets are left out. Throws `Unavailable BACKUP_PASSPHRASE_UNREADABLE`. */
async function passphraseOf(config: BackupConfig, dataFolder: string): Promise<string | null> {
  if (config.withoutSecrets) return null;
  if (config.passphrase !== undefined) return config.passphrase;
  const file = path.resolve(dataFolder, config.passphraseFile ?? '');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unusable(`can't be read (${systemErrorCode(error) || 'unknown error'})`);
  });
  const [line = ''] = text.split(/\r?\n/);
  if (line.length < 8) throw unusable('has fewer than 8 characters in its first line');
  return line;
}

function unusable(why: string): FaultlineError {
  return new FaultlineError('Unavailable', 'BACKUP_PASSPHRASE_UNREADABLE', `The file of the passphrase ${why}.`, {
    hint: 'See `backup.passphraseFile`.',
  });
}

async function ownFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && ownName.test(entry.name))
    .map(({ name }) => name)
    .sort();
}

const isWhole = (folder: string, name: string): boolean => existsSync(path.join(folder, name, 'backup.json'));

/** What a process that died, or a full disk, left behind. */
async function removeHalves(folder: string): Promise<void> {
  for (const name of await ownFolders(folder)) {
    if (!isWhole(folder, name)) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

/** Names of those that went. */
async function removeOldest(folder: string, keep: number): Promise<string[]> {
  const whole = (await ownFolders(folder)).filter((name) => isWhole(folder, name));
  const old = whole.slice(0, Math.max(0, whole.length - keep));
  for (const name of old) await rm(path.join(folder, name), { recursive: true, force: true });
  return old;
}
