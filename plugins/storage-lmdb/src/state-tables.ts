/** Tables of state.mdb. */
import type { Database, RootDatabase } from 'lmdb';
import type { JsonValue, Milliseconds } from '@faultline/sdk';

export interface LeaseRow {
  holder: string;
  fence: number;
  /** On the machine's monotonic clock of this boot; 0 when released. */
  until: Milliseconds;
  bootId: string;
}

export interface Holder {
  pid: number;
  /** As the system tells it; only compared. "" when it can't be told. */
  startTime: string;
  bootId: string;
  /** Of the pid; "" where there are none. */
  namespace: string;
  host: string;
  since: string;
}

export interface StateTables {
  /** By `encodeStateKey`; LMDB's version is the entry's. */
  entries: Database<JsonValue | object, Uint8Array>;
  leases: Database<LeaseRow, string>;
  /** One row, `folder`: the server that holds it. */
  holder: Database<Holder, string>;
  /** `[what, day]`: days to look into for pending marks and outbox rows. */
  openDays: Database<true, [string, string]>;
  /** `[day, kind]`: generation that counts, when it is not the first. */
  generations: Database<number, [string, string]>;
}

export function openStateTables(root: RootDatabase): StateTables {
  return {
    entries: root.openDB('entries', { encoding: 'json', keyEncoding: 'binary', useVersions: true }),
    leases: root.openDB('leases', { encoding: 'json' }),
    holder: root.openDB('holder', { encoding: 'json' }),
    openDays: root.openDB('open-days', { encoding: 'json' }),
    generations: root.openDB('generations', { encoding: 'json' }),
  };
}
