/** Makes the tables of one environment hold what another's hold, without the rows of some crashes. */
import type { Key } from 'lmdb';
import type { Bytes, CrashId } from '@faultline/sdk';
import { crashOfKey, noValue } from './day-tables.js';
import type { Rows } from './day-tables.js';
import type { Environment } from './environment.js';

/** Rows and bytes that are read in one turn and written in one transaction. */
const batchRows = 500;
const batchBytes: Bytes = 4 * 1024 * 1024;

/** What reading needs of a table, whatever it holds. */
export interface ReadableRows {
  getKeys(range: { start?: Key; exclusiveStart?: boolean; limit: number }): Iterable<Key>;
  getBinary(key: Key): Uint8Array | undefined;
}

export interface DayCopy<Table extends string> {
  tables: readonly Table[];
  /** Null when there is no such day. */
  source<T>(read: (tables: Record<Table, ReadableRows>) => T): Promise<T | null>;
  target: Environment<Record<Table, Rows>>;
  without: ReadonlySet<CrashId>;
  signal: AbortSignal;
}

/** Writes only what differs, so that a second call after a long first one is quick. */
export async function copyDay<Table extends string>(copy: DayCopy<Table>): Promise<void> {
  for (const table of copy.tables) {
    await addRows(copy, table);
    await removeSurplus(copy, table);
  }
}

async function addRows<Table extends string>(copy: DayCopy<Table>, table: Table): Promise<void> {
  let after: Key | undefined;
  for (;;) {
    copy.signal.throwIfAborted();
    const start = after;
    const batch = await copy.source((tables) => rowsAfter(tables[table], start));
    const last = batch?.at(-1);
    if (batch === null || last === undefined) return;
    const kept = batch.filter(({ key }) => !copy.without.has(crashOfKey(key)));
    await copy.target.write(async (tables) => {
      const rows = tables[table];
      await Promise.all(kept.filter((row) => !isSame(rows, row)).map(({ key, value }) => rows.put(key, value)));
    });
    after = last.key;
  }
}

/** Rows that the source has no longer. */
async function removeSurplus<Table extends string>(copy: DayCopy<Table>, table: Table): Promise<void> {
  let after: Key | undefined;
  for (;;) {
    copy.signal.throwIfAborted();
    const start = after;
    const keys = await copy.target.read((tables) => keysAfter(tables[table], start));
    const last = keys.at(-1);
    if (last === undefined) return;
    const surplus = await copy.source((tables) => keys.filter((key) => tables[table].getBinary(key) === undefined));
    if (surplus !== null && surplus.length > 0) {
      await copy.target.write((tables) => Promise.all(surplus.map((key) => tables[table].remove(key))));
    }
    after = last;
  }
}

interface Row {
  key: Key;
  value: Uint8Array;
}

function rowsAfter(table: ReadableRows, after: Key | undefined): Row[] {
  const rows: Row[] = [];
  let bytes = 0;
  for (const key of keysAfter(table, after)) {
    const value = table.getBinary(key) ?? noValue;
    rows.push({ key, value });
    bytes += value.byteLength;
    if (bytes >= batchBytes) break;
  }
  return rows;
}

function keysAfter(table: ReadableRows, after: Key | undefined): Key[] {
  const start = after === undefined ? {} : { start: after, exclusiveStart: true };
  return [...table.getKeys({ ...start, limit: batchRows })];
}

function isSame(table: Rows, { key, value }: Row): boolean {
  const stored = table.getBinary(key);
  return stored !== undefined && Buffer.compare(stored, value) === 0;
}
