/** A sink's row and its place in the order of due times, always written together, inside a transaction. */
import type { OutboxRow } from '@faultline/sdk';
import { noValue } from './day-tables.js';
import type { ReportTables } from './day-tables.js';

export function putRow(tables: ReportTables, row: OutboxRow): void {
  removeRow(tables, row);
  void tables.outbox.put([row.sink, row.crashId], row);
  void tables.outboxByDue.put([row.sink, row.due, row.crashId], noValue);
}

export function removeRow(tables: ReportTables, { sink, crashId }: Pick<OutboxRow, 'sink' | 'crashId'>): void {
  const old = tables.outbox.get([sink, crashId]);
  if (old === undefined) return;
  void tables.outbox.remove([sink, crashId]);
  void tables.outboxByDue.remove([sink, old.due, crashId]);
}
