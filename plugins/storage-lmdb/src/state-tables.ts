/** Tables of state.mdb. */
import type { Database, RootDatabase } from 'lmdb';
import type { CrashId, JsonValue, Milliseconds, UnixMillis } from '@faultline/sdk';
import type { Rows } from './day-tables.js';

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

/** A kind of a day that one process has to itself; see `generations.ts`. */
export interface ClosedDay {
  /** Name of the member that closed it. */
  member: string;
}

export interface PurgedDay {
  at: UnixMillis;
  /** False when only some of its crashes were purged. */
  isWhole: boolean;
}

export interface StateTables {
  /** By `encodeStateKey`; LMDB's version is the entry's. */
  entries: Database<JsonValue | object, Uint8Array>;
  leases: Database<LeaseRow, string>;
  /** The server that holds it (`folder`), or those that share it. */
  holder: Database<Holder, string>;
  /** `[what, day]`: days to look into for pending marks and outbox rows. */
  openDays: Database<true, [string, string]>;
  /** `[day, kind]`: generation that counts, when it is not the first. */
  generations: Database<number, [string, string]>;
  /** `[day, kind]`. */
  closedDays: Database<ClosedDay, [string, string]>;
  /** One row, `generations`: grows with each change of the two tables above. */
  epochs: Database<number, string>;
  /** `[day, kind]`: what retention took away. */
  purgedDays: Database<PurgedDay, [string, string]>;
  /** Ids that were erased: they never come back. */
  tombstones: Database<{ at: UnixMillis }, CrashId>;
}

export function openStateTables(root: RootDatabase): StateTables {
  return {
    entries: root.openDB('entries', { encoding: 'json', keyEncoding: 'binary', useVersions: true }),
    leases: root.openDB('leases', { encoding: 'json' }),
    holder: root.openDB('holder', { encoding: 'json' }),
    openDays: root.openDB('open-days', { encoding: 'json' }),
    generations: root.openDB('generations', { encoding: 'json' }),
    closedDays: root.openDB('closed-days', { encoding: 'json' }),
    epochs: root.openDB('epochs', { encoding: 'json' }),
    purgedDays: root.openDB('purged-days', { encoding: 'json' }),
    tombstones: root.openDB('tombstones', { encoding: 'json' }),
  };
}

/** All of them: a name that is missing here does not compile. */
export const stateTableNames = Object.keys({
  entries: true,
  leases: true,
  holder: true,
  openDays: true,
  generations: true,
  closedDays: true,
  epochs: true,
  purgedDays: true,
  tombstones: true,
} satisfies Record<keyof StateTables, true>) as (keyof StateTables)[];

/** The same tables as bytes; in an environment that is open for nothing else. */
export function openStateRows(root: RootDatabase): Record<keyof StateTables, Rows> {
  const rows = (name: string): Rows => root.openDB(name, { encoding: 'binary' });
  return {
    // An entry's version stands in front of its bytes.
    entries: root.openDB('entries', { encoding: 'binary', keyEncoding: 'binary' }),
    leases: rows('leases'),
    holder: rows('holder'),
    openDays: rows('open-days'),
    generations: rows('generations'),
    closedDays: rows('closed-days'),
    epochs: rows('epochs'),
    purgedDays: rows('purged-days'),
    tombstones: rows('tombstones'),
  };
}
