/** One segment's columns from the rows of several sources: what a flush of the head and a merge write. */
import { narrowed, numberAt, packedNumbers, type Column } from '../columns/column.js';
import { idBytes } from '../columns/ids.js';
import type { Turns } from '../query/turns.js';
import type { RowSource } from './row-source.js';

export interface GatheredRows {
  rows: number;
  hashes: Map<string, string>;
  columns: Map<string, Column>;
  /** For each source, its rows' new places; -1 for those that are gone. */
  places: Int32Array[];
}

/** Stands for a field whose values some source had indexed by another definition: it is to be filled in again. */
const outdated = 'outdated';

/** Live rows of all sources, by time of submission. */
export async function gatherRows(
  sources: readonly RowSource[],
  hashes: ReadonlyMap<string, string>,
  turns: Turns,
): Promise<GatheredRows> {
  const order = orderByTime(sources);
  const columns = new Map<string, Column>();
  const gathered = new Map<string, string>();
  for (const [name, hash] of hashes) {
    const isCurrent = sources.every((source) => source.hashOf(name) === hash);
    gathered.set(name, isCurrent ? hash : outdated);
    if (!isCurrent) continue;
    const column = gatherColumn(
      sources.map((source) => source.column(name)),
      order,
    );
    if (column !== null) columns.set(name, column);
    await turns.next();
  }
  return { rows: order.rows.length, hashes: gathered, columns, places: placesOf(sources, order) };
}

/** Row `rows[i]` of source `from[i]` becomes row i. */
interface Order {
  from: Uint16Array;
  rows: Uint32Array;
}

function orderByTime(sources: readonly RowSource[]): Order {
  const live = sources.map(({ rows, deleted }) => {
    const kept: number[] = [];
    for (let row = 0; row < rows; row++) if (deleted?.[row] !== 1) kept.push(row);
    return kept;
  });
  const total = live.reduce((sum, { length }) => sum + length, 0);
  const from = new Uint16Array(total);
  const rows = new Uint32Array(total);
  const times = new Float64Array(total);
  let at = 0;
  for (const [index, source] of sources.entries()) {
    const column = source.column('submitted_timestamp');
    for (const row of live[index] ?? []) {
      from[at] = index;
      rows[at] = row;
      times[at++] = column === undefined ? 0 : numberAt(column, row) || 0;
    }
  }
  const order = Uint32Array.from({ length: total }, (_, index) => index);
  order.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0));
  return {
    from: from.map((_, index) => from[order[index] ?? 0] ?? 0),
    rows: rows.map((_, i) => rows[order[i] ?? 0] ?? 0),
  };
}

function placesOf(sources: readonly RowSource[], { from, rows }: Order): Int32Array[] {
  const places = sources.map((source) => new Int32Array(source.rows).fill(-1));
  for (let index = 0; index < rows.length; index++) {
    const place = places[from[index] ?? 0];
    if (place !== undefined) place[rows[index] ?? 0] = index;
  }
  return places;
}

function gatherColumn(parts: readonly (Column | undefined)[], order: Order): Column | null {
  const kind = parts.find((part) => part !== undefined)?.kind;
  switch (kind) {
    case undefined:
      return null;
    case 'codes':
      return gatherCodes(parts, order);
    case 'packed':
    case 'doubles':
      return gatherNumbers(parts, order);
    case 'lists':
      return gatherLists(parts, order);
    case 'ids':
      return gatherIds(parts, order);
  }
}

function gatherCodes(parts: readonly (Column | undefined)[], { from, rows }: Order): Column | null {
  const codes = new Uint32Array(rows.length);
  let isEmpty = true;
  for (let index = 0; index < rows.length; index++) {
    const part = parts[from[index] ?? 0];
    const code = part?.kind === 'codes' ? (part.codes[rows[index] ?? 0] ?? 0) : 0;
    codes[index] = code;
    if (code !== 0) isEmpty = false;
  }
  return isEmpty ? null : { kind: 'codes', codes: narrowed(codes) };
}

function gatherNumbers(parts: readonly (Column | undefined)[], { from, rows }: Order): Column | null {
  const values = new Float64Array(rows.length);
  let isEmpty = true;
  for (let index = 0; index < rows.length; index++) {
    const part = parts[from[index] ?? 0];
    const value = part === undefined ? NaN : numberAt(part, rows[index] ?? 0);
    values[index] = value;
    if (!Number.isNaN(value)) isEmpty = false;
  }
  return isEmpty ? null : packedNumbers(values);
}

function gatherLists(parts: readonly (Column | undefined)[], { from, rows }: Order): Column | null {
  const starts = new Uint32Array(rows.length + 1);
  for (let index = 0; index < rows.length; index++) {
    const part = parts[from[index] ?? 0];
    const row = rows[index] ?? 0;
    const length = part?.kind === 'lists' ? (part.starts[row + 1] ?? 0) - (part.starts[row] ?? 0) : 0;
    starts[index + 1] = (starts[index] ?? 0) + length;
  }
  const codes = new Uint32Array(starts[rows.length] ?? 0);
  if (codes.length === 0) return null;
  for (let index = 0; index < rows.length; index++) {
    const part = parts[from[index] ?? 0];
    const row = rows[index] ?? 0;
    if (part?.kind === 'lists') codes.set(part.codes.subarray(part.starts[row], part.starts[row + 1]), starts[index]);
  }
  return { kind: 'lists', starts, codes: narrowed(codes) };
}

function gatherIds(parts: readonly (Column | undefined)[], { from, rows }: Order): Column {
  const bytes = new Uint8Array(rows.length * idBytes);
  for (let index = 0; index < rows.length; index++) {
    const part = parts[from[index] ?? 0];
    const start = (rows[index] ?? 0) * idBytes;
    if (part?.kind === 'ids') bytes.set(part.bytes.subarray(start, start + idBytes), index * idBytes);
  }
  return { kind: 'ids', bytes };
}
