/** Backup, restore, verify, import and export as an admin does them, on a server that takes posts meanwhile. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Reader, submitAccepted } from './crash-client.js';
import { cleanUp, faultline, startServer, temporaryFolder, type RunningServer } from './server-process.js';

const secret = 'kept-very-secret-5521';
const passphrase = 'correct horse battery';

let server: RunningServer;
let reader: Reader;
let sealing: string[];
const ids: string[] = [];

beforeAll(async () => {
  server = await startServer();
  reader = await Reader.of(server);
  appendFileSync(
    path.join(server.data, 'faultline.yaml'),
    `\ncollector:\n  submitKeys:\n    Teapot:\n      - ${secret}\n  # stays\n  minFreeSpace: 0\n`,
  );
  const file = path.join(temporaryFolder(), 'passphrase');
  writeFileSync(file, `${passphrase}\n`);
  sealing = ['--passphrase-file', file];
  for (const size of [2000, 400_000, 2000]) {
    const dumps = { upload_file_minidump: Buffer.alloc(size, size % 251) };
    ids.push(await submitAccepted(server.url, { ProductName: 'Teapot', Version: '1.0' }, dumps));
  }
  for (const id of ids) await reader.processed(id);
});
afterAll(async () => {
  await server.stop();
  cleanUp();
});

function holds(folder: string, text: string): boolean {
  try {
    execFileSync('grep', ['-rqaF', text, folder]);
    return true;
  } catch {
    // grep ends with 1 when it finds nothing.
    return false;
  }
}

describe('faultline backup and restore', () => {
  it('make a server that answers the same, of one that takes posts meanwhile', async () => {
    const backup = path.join(temporaryFolder(), 'backup');
    const posting = { isDone: false };
    const posts = (async () => {
      while (!posting.isDone) await submitAccepted(server.url, { ProductName: 'Late', Version: '1' });
    })();
    const made = await faultline(['backup', backup, ...sealing, '--data', server.data]);
    posting.isDone = true;
    await posts;
    expect(made.code).toBe(0);
    expect(made.stdout).toMatch(/^\d+ crashes of 1 day,/);
    expect(holds(backup, secret)).toBe(false);
    expect(await faultline(['verify', '--backup', backup])).toMatchObject({ code: 0 });

    const data = path.join(temporaryFolder(), 'restored');
    const wrong = path.join(temporaryFolder(), 'wrong');
    writeFileSync(wrong, 'not the right one');
    const refused = await faultline(['restore', backup, '--passphrase-file', wrong, '--data', data]);
    expect(refused.stderr).toContain('does not open the backup');
    const restored = await faultline(['restore', backup, ...sealing, '--data', data]);
    expect(restored.code).toBe(0);
    expect(restored.stdout.split(' ')[0]).toBe(made.stdout.split(' ')[0]);
    expect((await faultline(['restore', backup, ...sealing, '--data', data])).stderr).toContain('holds something');
    expect(readFileSync(path.join(data, 'faultline.yaml'), 'utf8')).toContain(secret);
    expect(await faultline(['verify', '--data', data])).toMatchObject({ code: 0 });

    const again = await startServer({ data });
    try {
      const [first = ''] = ids;
      const headers = { 'auth-token': reader.token };
      // Tokens came along.
      expect((await fetch(`${again.url}/api/v1/crashes/${first}/raw/upload_file_minidump`, { headers })).status).toBe(
        200,
      );
      const there = await Reader.of(again);
      for (const id of ids) expect(await there.report(id)).toEqual(await reader.report(id));
      await there.searchable(first);
    } finally {
      await again.stop();
    }
  });

  it('leave secrets out on demand, and never hide what is damaged', async () => {
    const backup = path.join(temporaryFolder(), 'backup');
    expect((await faultline(['backup', backup, '--data', server.data])).code).toBe(2);
    const made = await faultline(['backup', backup, '--without-secrets', '--data', server.data]);
    expect(made.code).toBe(0);
    expect(holds(backup, secret)).toBe(false);
    expect(readFileSync(path.join(backup, 'files', 'faultline.yaml'), 'utf8')).toContain('minFreeSpace: 0');

    const data = path.join(temporaryFolder(), 'restored');
    const [day = ''] = readdirSync(path.join(backup, 'files', 'crashes'));
    const large = path.join('crashes', day, 'large');
    const [dump = ''] = readdirSync(path.join(backup, 'files', large));
    expect((await faultline(['restore', backup, '--data', data])).code).toBe(0);
    appendFileSync(path.join(data, large, dump), 'x');
    const verified = await faultline(['verify', '--repair', '--data', data]);
    expect(verified.code).toBe(1);
    expect(verified.stdout).toContain('PART_DAMAGED');
    appendFileSync(path.join(backup, 'files', large, dump), 'x');
    expect((await faultline(['verify', '--backup', backup])).stdout).toContain(`${dump} is not as it was written`);
    const other = path.join(temporaryFolder(), 'other');
    expect((await faultline(['restore', backup, '--data', other])).stderr).toContain('The backup is damaged');
    expect(readdirSync(path.dirname(other))).toEqual([]);
  });
});

describe('faultline export and import', () => {
  it('move crashes from a server that runs to a new one', async () => {
    const layout = 'antenna';
    const folder = path.join(temporaryFolder(), 'export');
    const query = ['--query', 'product:Teapot', '--url', server.url, '--token', reader.token];
    const exported = await faultline(['export', layout, folder, ...query, '--data', server.data]);
    expect(exported.stdout).toBe('3 exported, 0 there already, 0 not stored, 0 bad\n');
    const data = path.join(temporaryFolder(), 'new');
    const imported = await faultline(['import', layout, folder, '--data', data]);
    expect(imported.stdout).toBe('3 imported, 0 stored already, 0 erased earlier, 0 bad\n');
    expect((await faultline(['import', layout, folder, '--data', data])).stdout).toMatch(/^0 imported, 3 stored/);
    const other = await startServer({ data });
    try {
      const there = await Reader.of(other);
      for (const id of ids) expect((await there.processed(id)).parts).toEqual((await reader.report(id)).parts);
    } finally {
      await other.stop();
    }
  });
});
