import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { JobRunner, StorageUpkeep, type JobRunState } from '@faultline/sdk';
import { startTestHost, type TestHost } from '@faultline/server/testing';
import { describeJob } from '@faultline/testing/suites';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backupJob } from '../../../plugins/backup/src/backup-job.ts';
import { BackupConfig } from '../../../plugins/backup/src/config.ts';
import { damagedFiles, readManifest } from '../../../plugins/backup/src/restore-backup.ts';

const root = mkdtempSync(path.join(tmpdir(), 'faultline-backup-job-'));
const folder = path.join(root, 'backups');
let host: TestHost;
beforeAll(async () => {
  host = await startTestHost({
    plugins: ['storage-lmdb', 'jobs', 'backup'],
    config: { backup: { folder, withoutSecrets: true, keep: 2 } },
  });
});
afterAll(async () => {
  await host.stop();
  rmSync(root, { recursive: true });
});

async function make(from = host): Promise<JobRunState> {
  const runner = from.resolve(JobRunner);
  return runner.settled((await runner.start('backup/make', null, '')).id);
}

describe('Backups by the clock', () => {
  it('are whole, without secrets where that was chosen; the oldest and the halves go, and nothing else', async () => {
    for (const name of ['faultline-2026-01-01T00-00-00Z', 'faultline-2026-01-02T00-00-00Z']) {
      mkdirSync(path.join(folder, name), { recursive: true });
      writeFileSync(path.join(folder, name, 'backup.json'), '{}');
    }
    mkdirSync(path.join(folder, 'faultline-2026-01-03T00-00-00Z', 'files'), { recursive: true });
    mkdirSync(path.join(folder, 'holiday pictures'));
    writeFileSync(path.join(host.dataFolder, 'key.pem'), 'private');
    const run = await make();
    expect(run).toMatchObject({
      status: 'succeeded',
      result: { secrets: 'left-out', removed: ['faultline-2026-01-01T00-00-00Z'] },
    });
    const made = (run.result as { folder: string }).folder;
    expect(readdirSync(folder).sort()).toEqual([
      'faultline-2026-01-02T00-00-00Z',
      path.basename(made),
      'holiday pictures',
    ]);
    expect(existsSync(path.join(made, 'files', 'key.pem'))).toBe(false);
    const every = { signal: new AbortController().signal, progress: () => undefined };
    expect(await damagedFiles(made, await readManifest(made), every)).toEqual([]);
  });

  it('are sealed with the passphrase of a file, and fail in words where there is none', async () => {
    const sealed = await startTestHost({
      plugins: ['storage-lmdb', 'jobs', 'backup'],
      config: { backup: { folder: path.join(root, 'sealed'), passphraseFile: 'pass' } },
    });
    expect(await make(sealed)).toMatchObject({
      status: 'failed',
      error: { code: 'BACKUP_PASSPHRASE_UNREADABLE', message: "The file of the passphrase can't be read (ENOENT)." },
    });
    writeFileSync(path.join(sealed.dataFolder, 'pass'), 'short\n');
    expect(await make(sealed)).toMatchObject({ error: { message: expect.stringContaining('fewer than 8') as string } });
    writeFileSync(path.join(sealed.dataFolder, 'pass'), 'long enough\nsecond line');
    const run = await make(sealed);
    expect(run).toMatchObject({ status: 'succeeded', result: { secrets: 'encrypted' } });
    const { folder: made } = run.result as { folder: string };
    expect(readFileSync(path.join(made, 'files', 'pass.sealed')).includes('long enough')).toBe(false);
    await sealed.stop();
  });

  it('need a folder elsewhere, and word of what becomes of secrets', async () => {
    const inside = await startTestHost({
      plugins: ['storage-lmdb', 'jobs', 'backup'],
      config: { backup: { folder: 'backups', withoutSecrets: true } },
    });
    expect(await make(inside)).toMatchObject({ status: 'failed', error: { code: 'BACKUP_FOLDER_INSIDE' } });
    await inside.stop();
    for (const rest of [{}, { withoutSecrets: true, passphraseFile: 'x' }]) {
      expect(BackupConfig.safeParse({ folder: '/b', ...rest }).error?.issues[0]?.message).toContain('exactly one of');
    }
    expect(BackupConfig.parse({}).keep).toBe(7);
  });
});

describeJob('the backup', async () => {
  const target = mkdtempSync(path.join(root, 'suite-'));
  const config = BackupConfig.parse({ folder: target, withoutSecrets: true });
  const { dataFolder } = host;
  return {
    job: backupJob({ config, folder: target, dataFolder, version: '0', upkeep: host.resolve(StorageUpkeep) }),
    effect: async () => readdirSync(target),
  };
});
