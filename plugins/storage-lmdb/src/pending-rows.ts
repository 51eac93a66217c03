/** A crash's mark and its place in the order of age, always written together. */
import type { CrashId, PendingMark } from '@faultline/sdk';
import type { Owed } from './open-days.js';
import { noValue } from './day-tables.js';
import type { ReportTables } from './day-tables.js';

/** Inside a transaction. */
export function putMark(tables: ReportTables, mark: PendingMark): void {
  removeMark(tables, mark.crashId);
  void tables.pending.put(mark.crashId, mark);
  void tables.pendingByAge.put([mark.state, mark.since, mark.crashId], noValue);
}

/** Inside a transaction. */
export function removeMark(tables: ReportTables, id: CrashId): void {
  const old = tables.pending.get(id);
  if (old === undefined) return;
  void tables.pending.remove(id);
  void tables.pendingByAge.remove([old.state, old.since, id]);
}

/** What a day is listed for that has a mark of this state. */
export function owedBy(state: PendingMark['state']): Owed {
  return state === 'pending' ? 'pending' : 'set-aside';
}
