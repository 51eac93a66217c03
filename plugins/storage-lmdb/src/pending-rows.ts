/** A crash's mark and its place in the order of age, always written together. */
import type { CrashId, PendingMark } from '@faultline/sdk';
import { noValue } from './day-tables.js';
import type { ReportTables } from './day-tables.js';

/** Inside a transaction. */
export function putMark(tables: ReportTables, mark: PendingMark): void {
  removeMark(tables, mark.crashId);
  void tables.pending.put(mark.crashId, mark);
  void tables.pendingByAge.put([mark.since, mark.crashId], noValue);
}

/** Inside a transaction. */
export function removeMark(tables: ReportTables, id: CrashId): void {
  const old = tables.pending.get(id);
  if (old === undefined) return;
  void tables.pending.remove(id);
  void tables.pendingByAge.remove([old.since, id]);
}
