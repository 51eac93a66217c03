import { rm } from 'node:fs/promises';
import { FakeRandom } from '@faultline/testing';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, temporaryFolder } from './open-store.ts';
import { removeBundle, startStoreProcess } from './start-store-process.ts';
import type { StoreEvent } from './start-store-process.ts';

describe('A store whose process is ended', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  afterAll(removeBundle);

  /** Every answered report is there, byte for byte; every refused one is unknown. */
  async function expectPromisesKept(events: StoreEvent[], size: number) {
    const { store, dispose } = await openStore({ folder });
    const answered = events.filter(({ stored }) => stored !== undefined);
    for (const { stored = '', seed = 0 } of answered) {
      for (const [part, length] of Object.entries({ upload_file_minidump: size, attachment: 5000 })) {
        const source = await store.crashes.openPart(stored, part);
        const bytes = await source?.read(0, length + 1);
        expect(Buffer.from(bytes ?? []).equals(new FakeRandom(seed).bytes(length))).toBe(true);
        await source?.close?.();
      }
    }
    const pending = new Set<string>();
    for await (const { crashId } of store.crashes.pending()) pending.add(crashId);
    expect(answered.filter(({ stored = '' }) => !pending.has(stored))).toEqual([]);
    for (const { refused } of events) if (refused !== undefined) expect(await store.crashes.load(refused)).toBeNull();
    for (const id of pending) {
      const crash = await store.crashes.load(id);
      for (const part of crash?.raw.parts ?? []) {
        const source = await store.crashes.openPart(id, part.name);
        expect(source?.size).toBe(part.size);
        await source?.close?.();
      }
    }
    await dispose();
    return answered.length;
  }

  it.each([20_000, 150_000])('by kill -9 under load has lost and torn nothing (dumps of %i bytes)', async (size) => {
    const child = await startStoreProcess(['flood', folder, String(size)]);
    await child.until(() => child.events.length > 120);
    await child.kill('SIGKILL');
    expect(await expectPromisesKept(child.events, size)).toBeGreaterThan(100);
  });

  it('refuses reports when the disk refuses writes, lives on, and has kept its word', async () => {
    // A limit on the size of files stands in for a full disk; blocks of 512 bytes.
    const limited = (node: string[]) => ['sh', '-c', 'ulimit -f 4000; exec "$@"', 'sh', ...node];
    const child = await startStoreProcess(['store', folder, '60000', '60'], limited);
    expect(await child.ended).toBe(0);
    const refused = child.events.filter((event) => event.refused !== undefined);
    expect(refused.length).toBeGreaterThan(3);
    expect(new Set(refused.map(({ kind }) => kind))).toEqual(new Set(['Unavailable']));
    expect(child.events.at(-1)).toEqual({ closed: true });
    expect(await expectPromisesKept(child.events, 60_000)).toBeGreaterThan(10);
  });

  it('is held by one server; its death frees the folder at once, and commands may look in meanwhile', async () => {
    const child = await startStoreProcess(['hold', folder]);
    await child.until(() => child.events.length > 0);
    await expect(openStore({ folder })).rejects.toMatchObject({
      kind: 'Conflict',
      code: 'STORAGE_HELD',
      message: expect.stringContaining(`process ${child.pid}`) as string,
    });
    const command = await openStore({ folder, holds: false });
    expect(await command.store.crashes.days()).toEqual([]);
    await command.store.close();
    await child.kill('SIGKILL');
    const { store } = await openStore({ folder });
    await store.close();
  });
});
