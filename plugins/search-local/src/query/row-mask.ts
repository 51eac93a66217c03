/**
 * Which rows of a source meet a filter: a byte a row, 1 or 0. Conditions that the source's extents already decide
 * become `all` or `none` without reading a column.
 */
import type { CheckedFilter } from '@faultline/sdk/search';
import type { Codes, Column } from '../columns/column.js';
import { idFromBytes, idToBytes, compareIds } from '../columns/ids.js';
import { ownColumns, type RowSource } from '../segments/row-source.js';
import { compile, type CodeSet, type TextCondition } from '../strings/text-matches.js';
import type { Turns } from './turns.js';

export type Mask = 'all' | 'none' | Uint8Array;

/** What masks need beside the source. */
export interface MaskContext {
  /** Codes that meet a text condition, or one of an `any` whose parts all look at one text field. */
  codes: ReadonlyMap<CheckedFilter, CodeSet>;
  turns: Turns;
  /** The column of a field in a source; undefined when the field is missing in all its rows. */
  column(source: RowSource, field: string): Column | undefined;
}

export async function maskOf(filter: CheckedFilter, source: RowSource, context: MaskContext): Promise<Mask> {
  await context.turns.next();
  switch (filter.kind) {
    case 'all':
      return combine(filter.filters, source, context, 'none', 'all', (mask, other) => {
        for (let row = 0; row < mask.length; row++) mask[row] = (mask[row] ?? 0) & (other[row] ?? 0);
      });
    case 'any': {
      const joined = context.codes.get(filter);
      const [first] = filter.filters;
      if (joined !== undefined && first?.kind === 'text') {
        return textMask(joined, first.field.id, source, context);
      }
      return combine(filter.filters, source, context, 'all', 'none', (mask, other) => {
        for (let row = 0; row < mask.length; row++) mask[row] = (mask[row] ?? 0) | (other[row] ?? 0);
      });
    }
    case 'not':
      return inverted(await maskOf(filter.filter, source, context));
    case 'exists':
      return existsMask(filter.field.id, source, context);
    case 'number':
      return numberMask(filter, source, context);
    case 'text':
      if (filter.field.id === 'crash_id') return idMask(filter, source);
      return textMask(context.codes.get(filter), filter.field.id, source, context);
  }
}

/** @param decides the answer of one part that settles the whole; `neutral` the one that changes nothing */
async function combine(
  filters: readonly CheckedFilter[],
  source: RowSource,
  context: MaskContext,
  decides: 'all' | 'none',
  neutral: 'all' | 'none',
  apply: (mask: Uint8Array, other: Uint8Array) => void,
): Promise<Mask> {
  let result: Mask = neutral;
  for (const filter of filters) {
    const mask = await maskOf(filter, source, context);
    if (mask === decides) return decides;
    if (mask === neutral) continue;
    if (typeof mask === 'string') continue;
    if (typeof result === 'string') result = mask;
    else apply(result, mask);
  }
  return result;
}

function inverted(mask: Mask): Mask {
  if (mask === 'all') return 'none';
  if (mask === 'none') return 'all';
  for (let row = 0; row < mask.length; row++) mask[row] = 1 - (mask[row] ?? 0);
  return mask;
}

function existsMask(field: string, source: RowSource, context: MaskContext): Mask {
  if (field === 'crash_id') return 'all';
  if (source.extentOf(field)?.missing === 0) return 'all';
  const column = context.column(source, field);
  if (column === undefined) return 'none';
  const mask = new Uint8Array(source.rows);
  switch (column.kind) {
    case 'codes':
    case 'packed':
      for (let row = 0; row < mask.length; row++) mask[row] = column.codes[row] === 0 ? 0 : 1;
      break;
    case 'doubles':
      for (let row = 0; row < mask.length; row++) mask[row] = Number.isNaN(column.values[row]) ? 0 : 1;
      break;
    case 'lists':
      for (let row = 0; row < mask.length; row++) mask[row] = column.starts[row] === column.starts[row + 1] ? 0 : 1;
      break;
    case 'ids':
      return 'all';
  }
  return mask;
}

function numberMask(filter: Extract<CheckedFilter, { kind: 'number' }>, source: RowSource, context: MaskContext): Mask {
  const range = rangeOf(filter);
  const extent = source.extentOf(filter.field.id);
  if (extent !== null) {
    if (isAbove(extent.low, range) || isBelow(extent.high, range)) return 'none';
    if (extent.missing === 0 && isWithin(extent.low, range) && isWithin(extent.high, range)) return 'all';
  }
  const column = context.column(source, filter.field.id);
  if (column?.kind === 'packed') return packedMask(column, range);
  if (column?.kind !== 'doubles') return 'none';
  const mask = new Uint8Array(source.rows);
  for (let row = 0; row < mask.length; row++) if (isWithin(column.values[row] ?? NaN, range)) mask[row] = 1;
  return mask;
}

/** Both ends included; an open end is excluded by `isLowOpen`, `isHighOpen`. */
interface Range {
  low: number;
  high: number;
  isLowOpen: boolean;
  isHighOpen: boolean;
}

function rangeOf({ operator, value }: { operator: string; value: number }): Range {
  const range: Range = { low: -Infinity, high: Infinity, isLowOpen: operator === 'gt', isHighOpen: operator === 'lt' };
  if (operator === 'is' || operator === 'gt' || operator === 'gte') range.low = value;
  if (operator === 'is' || operator === 'lt' || operator === 'lte') range.high = value;
  return range;
}

function isWithin(value: number, range: Range): boolean {
  return value >= range.low && value <= range.high && !isAbove(value, range) && !isBelow(value, range);
}

function isAbove(value: number, { high, isHighOpen }: Range): boolean {
  return value > high || (isHighOpen && value === high);
}

function isBelow(value: number, { low, isLowOpen }: Range): boolean {
  return value < low || (isLowOpen && value === low);
}

function packedMask({ codes, base }: { codes: Codes; base: number }, range: Range): Mask {
  const lowest = range.isLowOpen ? Math.floor(range.low) + 1 : Math.ceil(range.low);
  const highest = range.isHighOpen ? Math.ceil(range.high) - 1 : Math.floor(range.high);
  const low = Math.max(1, lowest - base + 1);
  const high = highest - base + 1;
  if (high < low) return 'none';
  const mask = new Uint8Array(codes.length);
  for (let row = 0; row < mask.length; row++) {
    const code = codes[row] ?? 0;
    if (code >= low && code <= high) mask[row] = 1;
  }
  return mask;
}

function textMask(found: CodeSet | undefined, field: string, source: RowSource, context: MaskContext): Mask {
  if (found === undefined || found.count === 0) return 'none';
  const column = context.column(source, field);
  const { set } = found;
  const mask = new Uint8Array(source.rows);
  if (column?.kind === 'codes') {
    const { codes } = column;
    for (let row = 0; row < mask.length; row++) mask[row] = set[codes[row] ?? 0] ?? 0;
    return mask;
  }
  if (column?.kind !== 'lists') return 'none';
  const { starts, codes } = column;
  for (let row = 0; row < mask.length; row++) {
    const end = starts[row + 1] ?? 0;
    for (let at = starts[row] ?? 0; at < end; at++) {
      if (set[codes[at] ?? 0] === 1) {
        mask[row] = 1;
        break;
      }
    }
  }
  return mask;
}

function idMask(filter: TextCondition, source: RowSource): Mask {
  const column = source.column(ownColumns.id);
  if (column?.kind !== 'ids') return 'none';
  const { bytes } = column;
  const mask = new Uint8Array(source.rows);
  if (filter.operator === 'is') {
    const wanted = idToBytes(filter.value);
    if (wanted.length !== 16 || idFromBytes(wanted, 0) !== filter.value) return 'none';
    for (let row = 0; row < mask.length; row++) if (compareIds(bytes, row, wanted, 0) === 0) mask[row] = 1;
    return mask;
  }
  const test = idTest(filter);
  for (let row = 0; row < mask.length; row++) if (test(idFromBytes(bytes, row))) mask[row] = 1;
  return mask;
}

function idTest(filter: TextCondition): (id: string) => boolean {
  switch (filter.operator) {
    case 'contains':
      return (id) => id.includes(filter.value);
    case 'starts':
      return (id) => id.startsWith(filter.value);
    case 'ends':
      return (id) => id.endsWith(filter.value);
    case 'regex': {
      const expression = compile(filter);
      return (id) => expression.matches(id);
    }
    case 'is':
    case 'words':
      return (id) => id === filter.value;
  }
}
