import { rm } from 'node:fs/promises';
import {
  describeCrashStorage,
  describeOutbox,
  describeStateStore,
  describeStorageUpkeep,
} from '@faultline/testing/suites';
import { openEmbeddedStore } from '../../../plugins/storage-lmdb/src/embedded-store.ts';
import { bothOf, openStore, temporaryFolder } from './open-store.ts';

const openStorage = async () => {
  const { store, reopen, dispose } = await openStore({ config: { largePart: 1_000_000, openEnvironments: 2 } });
  return { storage: bothOf(store), reopen: async () => bothOf(await reopen()), dispose };
};
describeCrashStorage('LmdbCrashStorage', openStorage, { isDurable: true });
describeOutbox('LmdbOutbox', openStorage, { isDurable: true });

describeStorageUpkeep('LmdbStorageUpkeep', async () => {
  const { store, options, dispose } = await openStore();
  const copies: { folder: string; close?(): Promise<void> }[] = [];
  return {
    crashes: store.crashes,
    upkeep: store.upkeep,
    copyFolder: async () => {
      const folder = await temporaryFolder();
      copies.push({ folder });
      return folder;
    },
    openCopy: async (folder) => {
      const copy = await openEmbeddedStore({ ...options, folder });
      copies.push({ folder, close: () => copy.close() });
      return copy.crashes;
    },
    dispose: async () => {
      for (const { close } of copies) await close?.();
      for (const { folder } of copies) await rm(folder, { recursive: true, force: true });
      await dispose();
    },
  };
});

describeStateStore(
  'LmdbStateStore',
  async () => {
    const { store, clock, options, dispose } = await openStore();
    const others: { close(): Promise<void> }[] = [];
    return {
      store: store.state,
      clock,
      another: async () => {
        const other = await openEmbeddedStore({ ...options, holds: false });
        others.push(other);
        return other.state;
      },
      dispose: async () => {
        for (const other of others) await other.close();
        await dispose();
      },
    };
  },
  { isShared: true },
);
