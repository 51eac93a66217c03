import type { CrashId } from '@faultline/sdk';
import { crashIdDay } from '@faultline/sdk/crash-id';
import type { LoggedRow } from './row-log.js';
import { HeadDay } from './segments/head-day.js';
import type { RowSource } from './segments/row-source.js';
import type { StringTables } from './strings/string-tables.js';

/** The newest rows, in memory, by day. All of one head were indexed by the same definitions. */
export class Head {
  /** Rows that came, gone ones included. */
  rows = 0;
  /** Largest `completed_datetime` of the rows that came; -Infinity when there is none. */
  newestCompleted = -Infinity;
  private readonly days = new Map<string, HeadDay>();

  constructor(readonly hashes: ReadonlyMap<string, string>) {}

  /** Days that have rows. */
  get dayNames(): string[] {
    return [...this.days.keys()];
  }

  get liveRows(): number {
    let rows = 0;
    for (const day of this.days.values()) rows += day.liveRows;
    return rows;
  }

  rowsOfDay(day: string): number {
    return this.days.get(day)?.liveRows ?? 0;
  }

  /** @param tables with those of all text fields of the rows open */
  add(rows: readonly LoggedRow[], tables: StringTables): void {
    for (const { id, run, completed, values } of rows) {
      const day = crashIdDay(id);
      const headDay = this.days.get(day) ?? new HeadDay(day, this.hashes);
      this.days.set(day, headDay);
      headDay.add({ id, run, completed: completed ?? NaN, cells: tables.cellsOf(values) });
      this.newestCompleted = Math.max(this.newestCompleted, completed ?? -Infinity);
    }
    this.rows += rows.length;
  }

  delete(ids: readonly CrashId[]): void {
    for (const [day, headDay] of this.days) headDay.delete(ids.filter((id) => crashIdDay(id) === day));
  }

  /** Where a crash is; null when it is not here. */
  find(id: CrashId): { source: RowSource; row: number } | null {
    const headDay = this.days.get(crashIdDay(id));
    const row = headDay?.rowOf(id);
    return headDay === undefined || row === undefined ? null : { source: headDay.snapshot(), row };
  }

  /** Days with rows that are not gone, as they are now. */
  snapshots(): RowSource[] {
    return [...this.days.values()].filter(({ liveRows }) => liveRows > 0).map((day) => day.snapshot());
  }
}
