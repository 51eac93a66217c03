import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FakeClock, MemoryLogger } from '@faultline/testing';
import { StorageConfig } from '../../../plugins/storage-lmdb/src/config.ts';
import { openEmbeddedStore } from '../../../plugins/storage-lmdb/src/embedded-store.ts';
import type { EmbeddedStore, StoreOptions } from '../../../plugins/storage-lmdb/src/embedded-store.ts';

export function temporaryFolder(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), 'faultline-store-'));
}

/** A real store in a folder of its own. */
export async function openStore(
  overrides: Partial<Omit<StoreOptions, 'config'>> & { config?: Partial<StorageConfig> } = {},
) {
  const clock = new FakeClock();
  const logger = new MemoryLogger();
  const folder = overrides.folder ?? (await temporaryFolder());
  const options: StoreOptions = {
    clock,
    logger,
    version: '0.0.0-test',
    holds: true,
    ...overrides,
    folder,
    config: StorageConfig.parse(overrides.config ?? {}),
  };
  let store = await openEmbeddedStore(options);
  const reopen = async (): Promise<EmbeddedStore> => {
    await store.close();
    store = await openEmbeddedStore(options);
    return store;
  };
  const dispose = async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { store, clock, logger, folder, options, reopen, dispose };
}

/** Crash storage and outbox as one object, as the suites take them. */
export function bothOf({ crashes, outbox }: EmbeddedStore) {
  return new Proxy(crashes, {
    get: (target, key) => {
      const owner = key in outbox ? outbox : target;
      const member: unknown = Reflect.get(owner, key);
      return typeof member === 'function' ? (member.bind(owner) as unknown) : member;
    },
  }) as typeof crashes & typeof outbox;
}
