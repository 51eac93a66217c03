import type { Clock, CrashId, Milliseconds, Outbox, OutboxRow, UnixMillis } from '@faultline/sdk';
import { crashIdDay } from '@faultline/sdk/crash-id';
import type { DayEnvironments } from './day-environments.js';
import { idRange, lastNumber, rowsOf } from './day-tables.js';
import type { ReportTables } from './day-tables.js';
import type { OpenDays } from './open-days.js';
import { putRow, removeRow } from './outbox-rows.js';

/**
 * Rows looked at per sink and day, those due first: for the age of the oldest, which is mostly among them, and to count
 * what is short.
 */
const ageSample = 1000;

/**
 * What was seen of a day to which this process has not written since counts for so long: opening a day takes a
 * millisecond, and a busy sink asks many times a second. Another process may have written to it.
 */
const lookAgain: Milliseconds = 5000;

const dayLength: Milliseconds = 86_400_000;

/**
 * Rows are put off by a minute at most. Folklore: a machine's date was days ahead for a while and was set right: rows
 * written meanwhile were due in days, and search lacked their crashes (`test/system/clock-jumps.test.ts`). What is due
 * later than this is due now.
 */
const furthestDue: Milliseconds = 600_000;

/** What is known of a sink's rows in a day. */
interface Look {
  at: Milliseconds;
  /** Of this process to the day, until then. */
  writes: number;
  /** When the first of them is due, or earlier; null without rows. */
  earliest: UnixMillis | null;
}

/** The outbox, in the days' report environments beside the crashes that it is about. */
export class LmdbOutbox implements Outbox {
  /** By sink and day. */
  private readonly looks = new Map<string, Look>();

  constructor(
    private readonly environments: DayEnvironments,
    private readonly openDays: OpenDays,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {}

  async due(sink: string, now: UnixMillis, limit: number): Promise<OutboxRow[]> {
    // New reports come into these, from other processes too: they are open anyway.
    const recent = new Date(now - dayLength).toISOString().slice(0, 10);
    const days = (await this.openDays.days('outbox')).map((day) => ({
      day,
      from: day >= recent ? 0 : this.earliest(sink, day),
    }));
    days.sort((a, b) => a.from - b.from);
    let rows: OutboxRow[] = [];
    for (const { day, from } of days) {
      // Days are opened as far as they may hold rows that come before those that were found.
      if (from > now && from < now + furthestDue) continue;
      if (from === Infinity || (rows.length >= limit && from > (rows[limit - 1]?.due ?? 0))) break;
      rows = [...rows, ...(await this.look(sink, day, now, limit))].sort((a, b) => a.due - b.due);
    }
    return rows.slice(0, limit);
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

  /** Infinity for a day that has none; 0 while nothing is known of it. */
  private earliest(sink: string, day: string): UnixMillis {
    const known = this.looks.get(`${sink}/${day}`);
    if (known === undefined || known.writes !== this.openDays.writes('outbox', day)) return 0;
    return this.clock.monotonic() - known.at < lookAgain ? (known.earliest ?? Infinity) : 0;
  }

  private async look(sink: string, day: string, now: UnixMillis, limit: number): Promise<OutboxRow[]> {
    const place = `${sink}/${day}`;
    const [at, writes] = [this.clock.monotonic(), this.openDays.writes('outbox', day)];
    const found = await this.environments.reports(day, (reports) =>
      reports.read((tables) => ({ rows: dueRows(tables, sink, now, limit), earliest: earliestRow(tables, sink) })),
    );
    const before = this.looks.get(place);
    const earliest = found?.earliest ?? null;
    this.looks.set(place, { at, writes, earliest });
    // One that stayed without rows from one look to the next is struck off when no other sink has any there.
    if (earliest === null && before?.earliest === null && before.writes === writes && (await this.isEmpty(day))) {
      await this.openDays.strikeOff('outbox', day, () => this.isEmpty(day));
      this.looks.delete(place);
    }
    return found?.rows ?? [];
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
  const rows = rowsBetween(tables, sink, { from: 0, to: now, limit });
  if (rows.length === limit) return rows;
  const ahead = { from: now + furthestDue, to: lastNumber, limit: limit - rows.length };
  return [...rows, ...rowsBetween(tables, sink, ahead)];
}

function rowsBetween(
  tables: ReportTables,
  sink: string,
  { from, to, limit }: { from: UnixMillis; to: UnixMillis; limit: number },
): OutboxRow[] {
  const keys = tables.outboxByDue.getKeys({ start: [sink, from, idRange.first], end: [sink, to, idRange.last], limit });
  return [...keys].flatMap(([, , id]) => tables.outbox.get([sink, id]) ?? []);
}

function earliestRow(tables: ReportTables, sink: string): UnixMillis | null {
  const [first] = tables.outboxByDue.getKeys({
    start: [sink, 0, idRange.first],
    end: [sink, lastNumber, idRange.last],
    limit: 1,
  });
  return first?.[1] ?? null;
}

function countRows(tables: ReportTables): { sink: string; rows: number; oldest: UnixMillis }[] {
  const all = rowsOf(tables.outbox);
  const counts = sinksOf(tables).map((sink) => {
    const sample = rowsBetween(tables, sink, { from: 0, to: lastNumber, limit: ageSample });
    return { sink, rows: sample.length, oldest: Math.min(...sample.map(({ since }) => since)) };
  });
  const long = counts.filter(({ rows }) => rows === ageSample);
  // A count walks the rows, and a sink that is away leaves many: mostly there is one such, which has all that is left.
  for (const count of long.slice(1)) count.rows = countOf(tables, count.sink);
  const [first] = long;
  if (first !== undefined) first.rows = all - sum(counts.filter((count) => count !== first).map(({ rows }) => rows));
  return counts;
}

function sinksOf({ outboxByDue }: ReportTables): string[] {
  const sinks: string[] = [];
  let after: [string, UnixMillis, CrashId] | undefined;
  for (;;) {
    const [next] = outboxByDue.getKeys(after === undefined ? { limit: 1 } : { start: after, limit: 1 });
    if (next === undefined) return sinks;
    sinks.push(next[0]);
    after = [next[0], lastNumber, idRange.last];
  }
}

function countOf({ outbox }: ReportTables, sink: string): number {
  return outbox.getKeysCount({ start: [sink, idRange.first], end: [sink, idRange.last] });
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function groupByDay(rows: OutboxRow[]): Map<string, OutboxRow[]> {
  const byDay = new Map<string, OutboxRow[]>();
  for (const row of rows) {
    const day = crashIdDay(row.crashId);
    byDay.set(day, [...(byDay.get(day) ?? []), row]);
  }
  return byDay;
}
