import type { Clock, CrashId, Milliseconds, Outbox, OutboxRow, UnixMillis } from '@faultline/sdk';
import { crashIdDay } from '@faultline/sdk/crash-id';
import type { DayEnvironments } from './day-environments.js';
import { idRange, lastNumber } from './day-tables.js';
import type { ReportTables } from './day-tables.js';
import type { OpenDays } from './open-days.js';
import { putRow, removeRow } from './outbox-rows.js';

/** Rows looked at per sink and day for the age of the oldest: those due first, which are mostly the oldest. */
const ageSample = 1000;

/**
 * A day without rows of a sink, to which this process has not written since, is left closed for so long: a sink that is
 * busy asks many times a second, and opening a day takes a millisecond. Another process may have written to it.
 */
const lookAgain: Milliseconds = 1000;

/** The outbox, in the days' report environments beside the crashes that it is about. */
export class LmdbOutbox implements Outbox {
  /** By sink and day: when it was found without rows, and after how many writes. */
  private readonly empty = new Map<string, { at: Milliseconds; writes: number }>();

  constructor(
    private readonly environments: DayEnvironments,
    private readonly openDays: OpenDays,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {}

  async due(sink: string, now: UnixMillis, limit: number): Promise<OutboxRow[]> {
    const rows: OutboxRow[] = [];
    for (const day of await this.openDays.days('outbox')) {
      const place = `${sink}/${day}`;
      const writes = this.openDays.writes('outbox', day);
      if (this.isKnownEmpty(place, writes)) continue;
      const at = this.clock.monotonic();
      const ofDay = await this.environments.reports(day, (reports) =>
        reports.read((tables) => ({ due: dueRows(tables, sink, now, limit), hasAny: hasRows(tables, sink) })),
      );
      rows.push(...(ofDay?.due ?? []));
      if (ofDay?.hasAny === true) this.empty.delete(place);
      else await this.foundEmpty(place, day, { at, writes });
    }
    return rows.sort((a, b) => a.due - b.due).slice(0, limit);
  }

  async done(rows: OutboxRow[]): Promise<void> {
    await this.change(rows, (tables, row, stored) => {
      if (stored.run <= row.run) removeRow(tables, row);
    });
  }

  async retry(rows: OutboxRow[], due: UnixMillis): Promise<void> {
    await this.change(rows, (tables, row, stored) => {
      if (stored.run === row.run) putRow(tables, { ...stored, attempts: stored.attempts + 1, due });
    });
  }

  async backlog(): Promise<Record<string, { rows: number; oldest: UnixMillis | null }>> {
    const backlog: Record<string, { rows: number; oldest: UnixMillis | null }> = {};
    for (const day of await this.openDays.days('outbox')) {
      const ofDay = (await this.environments.reports(day, (reports) => reports.read(countRows))) ?? [];
      for (const { sink, rows, oldest } of ofDay) {
        const entry = (backlog[sink] ??= { rows: 0, oldest: null });
        entry.rows += rows;
        entry.oldest = Math.min(entry.oldest ?? oldest, oldest);
      }
      if (ofDay.length === 0) await this.openDays.strikeOff('outbox', day, () => this.isEmpty(day));
    }
    return backlog;
  }

  private isKnownEmpty(place: string, writes: number): boolean {
    const known = this.empty.get(place);
    return known !== undefined && known.writes === writes && this.clock.monotonic() - known.at < lookAgain;
  }

  /** A day that stayed without rows from one look to the next is struck off when no other sink has any there. */
  private async foundEmpty(place: string, day: string, found: { at: Milliseconds; writes: number }): Promise<void> {
    const before = this.empty.get(place);
    this.empty.set(place, found);
    if (before?.writes !== found.writes || !(await this.isEmpty(day))) return;
    await this.openDays.strikeOff('outbox', day, () => this.isEmpty(day));
    this.empty.delete(place);
  }

  private async isEmpty(day: string): Promise<boolean> {
    const first = await this.environments.reports(day, (reports) =>
      reports.read(({ outbox }) => [...outbox.getKeys({ limit: 1 })].length),
    );
    return (first ?? 0) === 0;
  }

  private async change(
    rows: OutboxRow[],
    change: (tables: ReportTables, row: OutboxRow, stored: OutboxRow) => void,
  ): Promise<void> {
    const byDay = groupByDay(rows);
    for (const [day, ofDay] of byDay) {
      await this.environments.reports(day, (reports) =>
        reports.transaction((tables) => {
          for (const row of ofDay) {
            const stored = tables.outbox.get([row.sink, row.crashId]);
            if (stored !== undefined) change(tables, row, stored);
          }
        }),
      );
    }
  }
}

function dueRows(tables: ReportTables, sink: string, now: UnixMillis, limit: number): OutboxRow[] {
  const keys = tables.outboxByDue.getKeys({ start: [sink, 0, idRange.first], end: [sink, now, idRange.last], limit });
  return [...keys].flatMap(([, , id]) => tables.outbox.get([sink, id]) ?? []);
}

function hasRows(tables: ReportTables, sink: string): boolean {
  return [...tables.outbox.getKeys({ start: [sink, idRange.first], end: [sink, idRange.last], limit: 1 })].length > 0;
}

function countRows(tables: ReportTables): { sink: string; rows: number; oldest: UnixMillis }[] {
  const counts: { sink: string; rows: number; oldest: UnixMillis }[] = [];
  let after: [string, UnixMillis, CrashId] | undefined;
  for (;;) {
    const [next] = tables.outboxByDue.getKeys(after === undefined ? { limit: 1 } : { start: after, limit: 1 });
    if (next === undefined) return counts;
    const [sink] = next;
    const start: [string, CrashId] = [sink, idRange.first];
    const rows = tables.outbox.getKeysCount({ start, end: [sink, idRange.last] });
    const sample = dueRows(tables, sink, lastNumber, ageSample);
    counts.push({ sink, rows, oldest: Math.min(...sample.map(({ since }) => since)) });
    after = [sink, lastNumber, idRange.last];
  }
}

function groupByDay(rows: OutboxRow[]): Map<string, OutboxRow[]> {
  const byDay = new Map<string, OutboxRow[]>();
  for (const row of rows) {
    const day = crashIdDay(row.crashId);
    byDay.set(day, [...(byDay.get(day) ?? []), row]);
  }
  return byDay;
}
