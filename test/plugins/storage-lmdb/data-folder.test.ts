import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileSystemType } from '../../../plugins/storage-lmdb/src/network-file-system.ts';
import { describeThisProcess, isAlive } from '../../../plugins/storage-lmdb/src/holder.ts';
import { openStore, temporaryFolder } from './open-store.ts';

describe('A data folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is made with the name of its format, and opened again', async () => {
    const deep = path.join(folder, 'a', 'b');
    const { store } = await openStore({ folder: deep });
    await store.close();
    expect(JSON.parse(await readFile(path.join(deep, 'format.json'), 'utf8'))).toEqual({
      format: 2,
      oldestReader: 2,
      writtenBy: '0.0.0-test',
    });
    const again = await openStore({ folder: deep });
    await again.store.close();
  });

  it('of a newer version is refused by that version’s name, and untouched', async () => {
    await writeFile(path.join(folder, 'format.json'), '{"format": 9, "oldestReader": 8, "writtenBy": "7.3.0"}');
    await expect(openStore({ folder })).rejects.toMatchObject({
      code: 'STORAGE_FORMAT_NEWER',
      message: expect.stringContaining('Faultline 7.3.0') as string,
    });
  });

  it('of a newer version that says it can be read is opened', async () => {
    await writeFile(path.join(folder, 'format.json'), '{"format": 3, "oldestReader": 2, "writtenBy": "0.9.0"}');
    const { store } = await openStore({ folder });
    await store.close();
  });

  it.each(['', '{', '{"format": "x"}', 'null'])('with an unreadable format file (%j) is refused', async (text) => {
    await writeFile(path.join(folder, 'format.json'), text);
    await expect(openStore({ folder })).rejects.toMatchObject({ code: 'STORAGE_FORMAT_UNREADABLE' });
  });

  it('that can’t be made is refused in words', async () => {
    await writeFile(path.join(folder, 'file'), '');
    await expect(openStore({ folder: path.join(folder, 'file', 'data') })).rejects.toMatchObject({
      code: 'STORAGE_NOT_WRITABLE',
    });
  });

  it('taken over from a dead process ends that one’s leases, and their fences go on growing', async () => {
    const { store, reopen, dispose } = await openStore({ folder });
    const lease = await store.state.acquireLease('job:x', 'dead', 60_000);
    expect(await store.state.acquireLease('job:x', 'other', 60_000)).toBeNull();
    const next = await reopen();
    const taken = await next.state.acquireLease('job:x', 'other', 60_000);
    expect(taken?.fence).toBeGreaterThan(lease?.fence ?? Infinity);
    await dispose();
  });

  it('with foreign things in it is left alone', async () => {
    await mkdir(path.join(folder, 'crashes', 'notes'), { recursive: true });
    await writeFile(path.join(folder, 'crashes', 'readme.txt'), 'mine');
    const { store } = await openStore({ folder });
    expect(await store.crashes.days()).toEqual([]);
    await store.close();
    expect(await readFile(path.join(folder, 'crashes', 'readme.txt'), 'utf8')).toBe('mine');
  });
});

describe('The type of a file system', () => {
  const mountinfo = [
    '22 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
    '40 22 0:35 / /srv rw - nfs4 host:/export rw,vers=4.2',
    '41 40 254:1 / /srv/local rw - xfs /dev/vdb rw',
    '42 22 0:36 / /mnt/my\\040share rw shared:1 - cifs //nas/x rw',
    '43 22 0:37 / /over rw - ext4 /dev/vdc rw',
    '44 43 0:38 / /over rw - nfs host:/ rw',
    '',
  ].join('\n');
  it.each([
    ['/home/x', 'ext4'],
    ['/srv', 'nfs4'],
    ['/srv/data', 'nfs4'],
    ['/srv/local/data', 'xfs'],
    ['/srvother', 'ext4'],
    ['/mnt/my share/data', 'cifs'],
    ['/over/data', 'nfs'],
  ])('of %s is %s', (folder, type) => {
    expect(fileSystemType(mountinfo, folder)).toBe(type);
  });

  it('is unknown without a list', () => {
    expect(fileSystemType('', '/x')).toBeNull();
  });
});

describe('The holder of a folder', () => {
  const me = describeThisProcess(new Date(0));
  const noHeartbeat = '/nonexistent/heartbeat';

  it('lives while its process does', () => {
    expect(me.startTime).not.toBe('');
    expect(isAlive(me, me, noHeartbeat)).toBe(true);
  });

  it('is dead when its pid is another process by now, when there is none, or when the machine was started anew', () => {
    expect(isAlive({ ...me, startTime: '1' }, me, noHeartbeat)).toBe(false);
    expect(isAlive({ ...me, pid: 2 ** 22 + 1 }, me, noHeartbeat)).toBe(false);
    expect(isAlive({ ...me, bootId: 'earlier' }, me, noHeartbeat)).toBe(false);
  });

  it('of another container counts as alive while its heartbeat is fresh', async () => {
    const folder = await temporaryFolder();
    const heartbeat = path.join(folder, 'state.holder');
    const other = { ...me, namespace: 'pid:[1]', host: 'other' };
    expect(isAlive(other, me, heartbeat)).toBe(false);
    await writeFile(heartbeat, '');
    expect(isAlive(other, me, heartbeat)).toBe(true);
    await rm(folder, { recursive: true });
  });
});
