/**
 * Which rows of a source meet a filter. What a filter's rows are in a segment never changes while none of them goes, so
 * they are kept: turning a page, adding a facet or coming back a minute later walks no column again.
 */
import { createHash } from 'node:crypto';
import type { CheckedFilter } from '@faultline/sdk/search';
import type { Codes } from '../columns/column.js';
import type { KeptRows, RowSource } from '../segments/row-source.js';
import { maskOf, type Mask, type MaskContext } from './row-mask.js';

/** A filter with the name that its rows are kept under. */
export interface NamedFilter {
  /** All must be met. */
  conditions: readonly CheckedFilter[];
  name: string;
}

/** @param hashes of the definitions of the filter's fields: their values change with them */
export function namedFilter(filter: CheckedFilter | null, hashes: ReadonlyMap<string, string>): NamedFilter {
  if (filter === null) return { conditions: [], name: '' };
  const text = JSON.stringify(filter, (key, value: unknown) => {
    if (key !== 'field') return value;
    const { id } = value as { id: string };
    return `${id} ${hashes.get(id) ?? ''}`;
  });
  const name = createHash('sha256').update(text).digest('base64url');
  return { conditions: conditionsOf(filter), name };
}

function conditionsOf(filter: CheckedFilter): readonly CheckedFilter[] {
  return filter.kind === 'all' ? filter.filters.flatMap(conditionsOf) : [filter];
}

/** What the search for rows needs beside the source. */
export interface MatchContext extends MaskContext {
  scratch: ScratchRows;
}

/** The rows that are not gone and meet the dates and the filter. */
export async function matchingRows(
  source: RowSource,
  { dates, filter }: { dates: readonly CheckedFilter[]; filter: NamedFilter },
  context: () => Promise<MatchContext>,
): Promise<KeptRows> {
  const isWhole = dates.every((condition) => isMetByAll(condition, source));
  if (!isWhole) return await walk(source, [...dates, ...filter.conditions], await context());
  if (filter.conditions.length === 0 && source.deleted === null) return 'all';
  const kept = source.rowsMeeting(filter.name);
  if (kept !== undefined) return kept;
  const rows = await walk(source, filter.conditions, await context());
  source.keepRows(filter.name, rows);
  return rows;
}

function isMetByAll(condition: CheckedFilter, source: RowSource): boolean {
  if (condition.kind !== 'number') return false;
  const extent = source.extentOf(condition.field.id);
  if (extent === null || extent.missing > 0) return false;
  return condition.operator === 'gte' ? extent.low >= condition.value : extent.high < condition.value;
}

async function walk(source: RowSource, conditions: readonly CheckedFilter[], context: MatchContext): Promise<KeptRows> {
  const rows = new NarrowedRows(source, context.scratch);
  for (const condition of conditions) {
    const codes = condition.kind === 'text' ? context.column(source, condition.field.id) : undefined;
    const found = context.codes.get(condition);
    if (codes?.kind === 'codes' && found !== undefined) rows.narrowByCodes(codes.codes, found.set);
    else rows.narrow(await maskOf(condition, source, context));
    if (rows.isEmpty) return 'none';
    if (context.turns.isDue) await context.turns.next();
  }
  return rows.kept();
}

/** Room for the rows of one source, used again for the next one of the same query. */
export class ScratchRows {
  private rows = new Uint32Array(0);

  of(length: number): Uint32Array {
    if (this.rows.length < length) this.rows = new Uint32Array(length);
    return this.rows;
  }
}

/** Rows of a source that have met all conditions so far. */
class NarrowedRows {
  /** Null: all. */
  private rows: Uint32Array | null = null;
  private count: number;

  constructor(
    source: RowSource,
    private readonly scratch: ScratchRows,
  ) {
    this.count = source.rows;
    const { deleted } = source;
    if (deleted === null) return;
    const rows = scratch.of(source.rows);
    let count = 0;
    for (let row = 0; row < source.rows; row++) {
      rows[count] = row;
      count += 1 - (deleted[row] ?? 0);
    }
    this.rows = rows;
    this.count = count;
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  narrow(mask: Mask): void {
    if (mask === 'none') this.count = 0;
    else if (mask !== 'all') this.keepWhere(mask);
  }

  narrowByCodes(codes: Codes, set: Uint8Array): void {
    let kept = 0;
    if (this.rows === null) {
      const rows = this.scratch.of(this.count);
      for (let row = 0; row < this.count; row++) {
        rows[kept] = row;
        kept += set[codes[row] ?? 0] ?? 0;
      }
      this.rows = rows;
    } else {
      const { rows, count } = this;
      for (let index = 0; index < count; index++) {
        const row = rows[index] ?? 0;
        rows[kept] = row;
        kept += set[codes[row] ?? 0] ?? 0;
      }
    }
    this.count = kept;
  }

  /** In an array of its own. */
  kept(): KeptRows {
    if (this.count === 0) return 'none';
    return this.rows === null ? 'all' : this.rows.slice(0, this.count);
  }

  private keepWhere(mask: Uint8Array): void {
    let kept = 0;
    if (this.rows === null) {
      const rows = this.scratch.of(this.count);
      for (let row = 0; row < this.count; row++) {
        rows[kept] = row;
        kept += mask[row] ?? 0;
      }
      this.rows = rows;
    } else {
      const { rows, count } = this;
      for (let index = 0; index < count; index++) {
        const row = rows[index] ?? 0;
        rows[kept] = row;
        kept += mask[row] ?? 0;
      }
    }
    this.count = kept;
  }
}
