import type { JsonValue } from './raw-crash.js';
import { token } from './token.js';
import type { UnixMillis } from './units.js';

/** One look at protected data, or one administrative act. Never holds the protected value itself. */
export interface AuditEntry {
  /** Grows by one; a gap would show a removed entry. */
  sequence: number;
  at: UnixMillis;
  /** Principal id; "" for the system itself. */
  actor: string;
  actorName: string;
  /** `<noun>.<verb>`: "crash.erase", "user.disable", "rawdump.download". */
  action: string;
  /** What it was done to: a crash id, a user's id, a plugin's id. */
  target: string;
  /** Facts: counts, names of fields, before and after of a setting that is no secret. */
  details: JsonValue | null;
}

/** Append-only; entries are durable on return. */
export interface AuditLog {
  record(entry: Omit<AuditEntry, 'sequence' | 'at'>): Promise<void>;
  /** Newest first. */
  entries(filter?: {
    before?: number;
    limit?: number;
    actor?: string;
    action?: string;
    target?: string;
  }): Promise<AuditEntry[]>;
}
export const AuditLog = token<AuditLog>('core.auditLog');
