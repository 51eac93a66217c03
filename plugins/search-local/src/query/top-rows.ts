/** The first rows of a selection by the query's order, behind the cursor. */
import type { FieldDefinition } from '@faultline/sdk';
import { valueKind } from '@faultline/sdk/search';
import { codeAt, numberAt, type Column } from '../columns/column.js';
import { compareIds, idFromBytes, idToBytes } from '../columns/ids.js';
import { ownColumns, type RowSource } from '../segments/row-source.js';
import type { StringTable } from '../strings/string-table.js';
import { BestOf } from './best-of.js';
import type { PagePosition } from './cursor.js';
import type { FacetContext } from './facet-context.js';
import type { Selected } from './selection.js';

/** A row of a source, with the columns that sorting needs. */
export interface RankedRow {
  part: SortPart;
  row: number;
}

interface SortPart {
  selected: Selected;
  ids: Uint8Array;
  /** By sort key; undefined where the field is missing in all rows. */
  columns: (Column | undefined)[];
}

interface SortKey {
  field: FieldDefinition;
  sign: 1 | -1;
  kind: 'text' | 'number' | 'id';
  table: StringTable | null;
}

export interface TopRows {
  rows: RankedRow[];
  /** Of the last row; null when it is the last of all. */
  next: PagePosition | null;
}

export async function topRows(
  selection: readonly Selected[],
  request: {
    sort: readonly { field: FieldDefinition; direction: 'asc' | 'desc' }[];
    limit: number;
    after: PagePosition | null;
  },
  context: FacetContext,
): Promise<TopRows> {
  if (request.limit === 0) return { rows: [], next: null };
  const keys = await sortKeys(request.sort, context);
  const compare = comparator(keys);
  const isBehind = request.after === null ? null : behind(keys, request.after);
  const best = new BestOf<RankedRow>(request.limit, compare);
  let candidates = 0;
  const filter = firstKeyFilter(keys);
  for (const selected of newestFirst(selection)) {
    const { source, rows, count } = selected;
    const isTimeFalling = keys[0]?.field.id === 'submitted_timestamp' && keys[0].sign === -1;
    if (isTimeFalling && isBehind === null && isAllOlder(source, best.last)) {
      candidates += count;
      continue;
    }
    const part = sortPart(selected, keys, context);
    const isPast = filter?.(part) ?? null;
    for (let index = count - 1; index >= 0; index--) {
      const row = rows === null ? index : (rows[index] ?? 0);
      if (isBehind !== null && !isBehind(part, row)) continue;
      candidates++;
      const { last } = best;
      if (last !== undefined && isPast !== null && isPast(row, last)) {
        if (!isTimeFalling || !source.isByTime || isBehind !== null) continue;
        // All rows before it are older still.
        candidates += index;
        break;
      }
      best.offer({ part, row });
    }
    if (context.turns.isDue) await context.turns.next();
  }
  const rows = best.inOrder();
  const end = rows.at(-1);
  return { rows, next: end === undefined || candidates <= rows.length ? null : positionOf(keys, end) };
}

/** Whether every row of a source was submitted before `last`. */
function isAllOlder(source: RowSource, last: RankedRow | undefined): boolean {
  const extent = source.extentOf('submitted_timestamp');
  return last !== undefined && extent?.missing === 0 && extent.high < number(last.part.columns[0], last.row);
}

/** The id of a ranked row. */
export function idOf({ part, row }: RankedRow): string {
  return idFromBytes(part.ids, row);
}

async function sortKeys(
  sort: readonly { field: FieldDefinition; direction: 'asc' | 'desc' }[],
  context: FacetContext,
): Promise<SortKey[]> {
  const keys: SortKey[] = [];
  for (const { field, direction } of sort) {
    const sign = direction === 'asc' ? 1 : -1;
    if (field.id === 'crash_id') keys.push({ field, sign, kind: 'id', table: null });
    else if (valueKind(field.type) === 'number') keys.push({ field, sign, kind: 'number', table: null });
    else keys.push({ field, sign, kind: 'text', table: await context.table(field.id) });
  }
  return keys;
}

function sortPart(selected: Selected, keys: readonly SortKey[], context: FacetContext): SortPart {
  const ids = selected.source.column(ownColumns.id);
  const columns = keys.map(({ field, kind }) => (kind === 'id' ? ids : context.column(selected.source, field.id)));
  return { selected, ids: ids?.kind === 'ids' ? ids.bytes : new Uint8Array(0), columns };
}

function comparator(keys: readonly SortKey[]): (a: RankedRow, b: RankedRow) => number {
  return (a, b) => {
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index];
      if (key === undefined) break;
      const order = compareBy(key, a.part.columns[index], a.row, b.part.columns[index], b.row);
      if (order !== 0) return order;
    }
    return compareIds(a.part.ids, a.row, b.part.ids, b.row);
  };
}

function compareBy(key: SortKey, a: Column | undefined, rowA: number, b: Column | undefined, rowB: number): number {
  switch (key.kind) {
    case 'id':
      return a?.kind === 'ids' && b?.kind === 'ids' ? key.sign * compareIds(a.bytes, rowA, b.bytes, rowB) : 0;
    case 'number':
      return compareNumbers(key.sign, number(a, rowA), number(b, rowB));
    case 'text': {
      const codeA = a === undefined ? 0 : codeAt(a, rowA);
      const codeB = b === undefined ? 0 : codeAt(b, rowB);
      if (codeA === codeB) return 0;
      if (codeA === 0 || codeB === 0) return codeA === 0 ? 1 : -1;
      return key.sign * (key.table?.compare(codeA, codeB) ?? 0);
    }
  }
}

function compareNumbers(sign: 1 | -1, a: number, b: number): number {
  if (a === b) return 0;
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  return Number.isNaN(b) ? -1 : sign * (a - b);
}

function number(column: Column | undefined, row: number): number {
  return column === undefined ? NaN : numberAt(column, row);
}

type PastLast = (row: number, last: RankedRow) => boolean;

/** For the rows of a part: true for one that the first sort key alone puts behind `last`. Null when there is no such test. */
function firstKeyFilter(keys: readonly SortKey[]): ((part: SortPart) => PastLast | null) | null {
  const [key] = keys;
  if (key?.kind === 'number') return (part) => pastNumber(key, part);
  if (key?.kind !== 'text' || key.table === null) return null;
  const { table } = key;
  // What a string's order against `last` is, is asked once until `last` changes: `answers[code] >> 1` says when.
  const answers = new Uint32Array(table.size + 1);
  let seen: RankedRow | null = null;
  let turn = 0;
  let bound = 0;
  return ({ columns: [column] }) =>
    column?.kind !== 'codes'
      ? null
      : (row, last) => {
          if (last !== seen) {
            seen = last;
            turn++;
            const lastColumn = last.part.columns[0];
            bound = lastColumn === undefined ? 0 : codeAt(lastColumn, last.row);
          }
          const code = column.codes[row] ?? 0;
          if (code === bound) return false;
          if (code === 0 || bound === 0) return code === 0;
          const answer = answers[code] ?? 0;
          if (answer >> 1 === turn) return (answer & 1) === 1;
          const isPast = key.sign * table.compare(code, bound) > 0;
          answers[code] = (turn << 1) | (isPast ? 1 : 0);
          return isPast;
        };
}

function pastNumber({ sign }: SortKey, { columns: [column] }: SortPart): PastLast | null {
  if (column === undefined) return null;
  let seen: RankedRow | null = null;
  let bound = NaN;
  return (row, last) => {
    if (last !== seen) {
      seen = last;
      bound = number(last.part.columns[0], last.row) * sign;
    }
    return numberAt(column, row) * sign > bound;
  };
}

function behind(keys: readonly SortKey[], after: PagePosition): (part: SortPart, row: number) => boolean {
  const id = idToBytes(after.id);
  const texts = after.values.map((value) => (typeof value === 'string' ? Buffer.from(value) : null));
  return (part, row) => {
    for (const [index, key] of keys.entries()) {
      const column = part.columns[index];
      const value = after.values[index] ?? null;
      let order = 0;
      if (key.kind === 'number') order = compareNumbers(key.sign, number(column, row), Number(value ?? NaN));
      else if (key.kind === 'id') order = key.sign * compareIds(part.ids, row, idToBytes(String(value)), 0);
      else order = compareText(key, column === undefined ? 0 : codeAt(column, row), texts[index] ?? null);
      if (order !== 0) return order > 0;
    }
    return compareIds(part.ids, row, id, 0) > 0;
  };
}

function compareText(key: SortKey, code: number, value: Uint8Array | null): number {
  if (code === 0) return value === null ? 0 : 1;
  return value === null ? -1 : key.sign * (key.table?.compareTo(code, value) ?? 0);
}

function positionOf(keys: readonly SortKey[], { part, row }: RankedRow): PagePosition {
  const values = keys.map((key, index) => {
    const column = part.columns[index];
    if (key.kind === 'id') return idFromBytes(part.ids, row);
    if (key.kind === 'number') {
      const value = number(column, row);
      return Number.isNaN(value) ? null : value;
    }
    const code = column === undefined ? 0 : codeAt(column, row);
    return code === 0 ? null : (key.table?.textOf(code) ?? null);
  });
  return { values, id: idFromBytes(part.ids, row) };
}

/** Sources with the newest rows first: for the usual order they fill the page, and the rest is passed over quickly. */
function newestFirst(selection: readonly Selected[]): Selected[] {
  return [...selection].sort((a, b) => (a.source.day < b.source.day ? 1 : a.source.day > b.source.day ? -1 : 0));
}
