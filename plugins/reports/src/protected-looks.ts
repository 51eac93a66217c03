import type { AuditLog, CrashId, Principal } from '@faultline/sdk';

/** Writes into the audit log who looked at protected data. Looks of who may not see it are none. */
export class ProtectedLooks {
  constructor(private readonly audit: AuditLog) {}

  /** A whole report, protected fields and all. */
  async atCrash(principal: Principal, id: CrashId): Promise<void> {
    if (principal.permissions.has('view_pii')) await this.#record(principal, 'crash.view', id, null);
  }

  async atPart(principal: Principal, id: CrashId, part: string): Promise<void> {
    await this.#record(principal, 'rawdump.download', id, { part });
  }

  /** @param names protected fields that the search names; none is no look */
  async atSearch(principal: Principal, names: string[]): Promise<void> {
    if (names.length > 0) await this.#record(principal, 'search.view', '', { fields: names });
  }

  #record(
    { id, name }: Principal,
    action: string,
    target: string,
    details: Record<string, string | string[]> | null,
  ): Promise<void> {
    return this.audit.record({ actor: id, actorName: name, action, target, details });
  }
}
