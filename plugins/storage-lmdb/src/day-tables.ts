/** Tables of a day's two environments. JSON values: it keeps every key as it came, `__proto__` too. */
import type { Database, Key, RootDatabase } from 'lmdb';
import { parseCrashId } from '@faultline/sdk/crash-id';
import type { CrashId, OutboxRow, PendingMark, ProcessedCrash, RawCrash, RunRecord, UnixMillis } from '@faultline/sdk';

export interface ReportTables {
  raw: Database<RawCrash, CrashId>;
  /** The newest run's. */
  processed: Database<ProcessedCrash, CrashId>;
  runs: Database<RunRecord, [CrashId, number]>;
  pending: Database<PendingMark, CrashId>;
  /** By state and age: `[state, since, id]`, no value. */
  pendingByAge: Database<Uint8Array, [PendingMark['state'], UnixMillis, CrashId]>;
  outbox: Database<OutboxRow, [string, CrashId]>;
  /** `[sink, due, id]`, no value. */
  outboxByDue: Database<Uint8Array, [string, UnixMillis, CrashId]>;
}

export interface DumpTables {
  /** `<crash id>/<part>` to the bytes as they came. */
  parts: Database<Uint8Array, string>;
}

/** A table seen as keys and bytes, whatever it holds: for copying. */
export type Rows = Database<Uint8Array, Key>;

/** Value of the rows that are only a key. */
export const noValue = new Uint8Array(0);

export function openReportTables(root: RootDatabase): ReportTables {
  return {
    raw: root.openDB('raw', { encoding: 'json' }),
    processed: root.openDB('processed', { encoding: 'json' }),
    runs: root.openDB('runs', { encoding: 'json' }),
    pending: root.openDB('pending', { encoding: 'json' }),
    pendingByAge: root.openDB('pending-by-age', { encoding: 'binary' }),
    outbox: root.openDB('outbox', { encoding: 'json' }),
    outboxByDue: root.openDB('outbox-by-due', { encoding: 'binary' }),
  };
}

export function openDumpTables(root: RootDatabase): DumpTables {
  return { parts: root.openDB('parts', { encoding: 'binary' }) };
}

/** The same tables as bytes; in an environment that is open for nothing else. */
export function openReportRows(root: RootDatabase): Record<keyof ReportTables, Rows> {
  return {
    raw: openRows(root, 'raw'),
    processed: openRows(root, 'processed'),
    runs: openRows(root, 'runs'),
    pending: openRows(root, 'pending'),
    pendingByAge: openRows(root, 'pending-by-age'),
    outbox: openRows(root, 'outbox'),
    outboxByDue: openRows(root, 'outbox-by-due'),
  };
}

export function openDumpRows(root: RootDatabase): Record<keyof DumpTables, Rows> {
  return { parts: openRows(root, 'parts') };
}

function openRows(root: RootDatabase, name: string): Rows {
  return root.openDB(name, { encoding: 'binary' });
}

/**
 * Rows of a whole table, from its own record. A count by its keys walks them: with a million that is a second of the
 * thread that answers posts.
 */
export function rowsOf(table: Pick<Rows, 'getStats' | 'getKeysCount'>): number {
  const stats: { entryCount?: number } = table.getStats();
  return stats.entryCount ?? table.getKeysCount();
}

/** The crash that a key is about: ids stand alone, at the front of a part's key, or in a list. */
export function crashOfKey(key: Key): CrashId {
  if (Array.isArray(key)) return key.find((part) => typeof part === 'string' && parseCrashId(part) !== null) as CrashId;
  return String(key).slice(0, 36);
}

/** Ids sort between these two. */
export const idRange = { first: '0', last: '~' } as const;
/** Whole numbers sort between zero and this. */
export const lastNumber = Number.MAX_SAFE_INTEGER;
