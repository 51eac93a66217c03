import { describeCrashStorage, describeOutbox, describeStateStore } from '@faultline/testing/suites';
import { openEmbeddedStore } from '../../../plugins/storage-lmdb/src/embedded-store.ts';
import { bothOf, openStore } from './open-store.ts';

const openStorage = async () => {
  const { store, reopen, dispose } = await openStore({ config: { largePart: 1_000_000, openEnvironments: 2 } });
  return { storage: bothOf(store), reopen: async () => bothOf(await reopen()), dispose };
};
describeCrashStorage('LmdbCrashStorage', openStorage, { isDurable: true });
describeOutbox('LmdbOutbox', openStorage, { isDurable: true });

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
