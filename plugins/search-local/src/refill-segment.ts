import type { CrashId } from '@faultline/sdk';
import { compacted, type Column } from './columns/column.js';
import { idFromBytes } from './columns/ids.js';
import { Turns } from './query/turns.js';
import type { LoggedRow } from './row-log.js';
import { HeadDay } from './segments/head-day.js';
import { ownColumns } from './segments/row-source.js';
import type { NewSegment } from './segments/segment-file.js';
import type { Segment } from './segments/segment.js';
import type { StringTables } from './strings/string-tables.js';

/**
 * The segment with some fields indexed again; rows and all other columns stay as they are.
 * @param hashes of the fields to be indexed again
 * @param rows crashes with the values of just these fields
 */
export async function refilledSegment(
  segment: Segment,
  hashes: ReadonlyMap<string, string>,
  rows: ReadonlyMap<CrashId, LoggedRow>,
  tables: StringTables,
): Promise<NewSegment> {
  await tables.openFor(rows.values());
  const columns = new Map<string, Column>();
  for (const name of segment.names) {
    const column = segment.read(name);
    if (column !== undefined) columns.set(name, column);
  }
  const ids = columns.get(ownColumns.id);
  const fresh = new HeadDay(segment.day, hashes);
  const turns = new Turns();
  for (let row = 0; row < segment.rows; row++) {
    const id = ids?.kind === 'ids' ? idFromBytes(ids.bytes, row) : '';
    const values = Object.entries(rows.get(id)?.values ?? {}).filter(([name]) => hashes.has(name));
    fresh.add({ id, run: 0, completed: NaN, cells: tables.cellsOf(Object.fromEntries(values)) });
    // Who asks meanwhile must not wait for all of a day.
    if (turns.isDue) await turns.next();
  }
  const all = new Map(segment.fields.map((name): [string, string] => [name, segment.hashOf(name) ?? '']));
  const filled = fresh.snapshot();
  for (const [name, hash] of hashes) {
    all.set(name, hash);
    columns.delete(name);
    const column = filled.column(name);
    if (column !== undefined) columns.set(name, compacted(column));
  }
  return { day: segment.day, rows: segment.rows, hashes: all, columns };
}
