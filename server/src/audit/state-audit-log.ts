import { FaultlineError, type AuditEntry, type AuditLog, type Clock, type StateStore } from '@faultline/sdk';

type Fact = Parameters<AuditLog['record']>[0];
type Filter = NonNullable<Parameters<AuditLog['entries']>[0]>;

const table = 'audit';
/** Entries of one answer when nobody says how many. */
const usualCount = 100;
const mostCount = 10_000;
/** Another process may have taken the number; so often in a row it may win. */
const mostTries = 100;

/**
 * The audit log in the shared state: one key per entry, written only where nothing stands, and never removed. Entries
 * of one process are written one after the other, so that a process that dies leaves no gap.
 */
export class StateAuditLog implements AuditLog {
  #last: Promise<unknown> = Promise.resolve();
  #sequence = 0;

  /** @param state asked for at each use: its provider starts after this log is made */
  constructor(
    private readonly state: () => StateStore,
    private readonly clock: Clock,
  ) {}

  record(fact: Fact): Promise<void> {
    const written = this.#last.then(() => this.#append(fact));
    this.#last = written.catch(() => undefined);
    return written;
  }

  async entries(filter: Filter = {}): Promise<AuditEntry[]> {
    const limit = Math.min(filter.limit ?? usualCount, mostCount);
    const found: AuditEntry[] = [];
    const range = {
      prefix: [table] as const,
      reverse: true,
      ...(filter.before === undefined ? {} : { after: [table, filter.before] as const }),
    };
    for await (const { value } of this.state().range<AuditEntry>(range)) {
      if (found.length >= limit) break;
      if (matches(value, filter)) found.push(value);
    }
    return found;
  }

  /** All entries, oldest first: what an export writes. */
  async *all(): AsyncGenerator<AuditEntry> {
    for await (const { value } of this.state().range<AuditEntry>({ prefix: [table] })) yield value;
  }

  async #append(fact: Fact): Promise<void> {
    const state = this.state();
    for (let tries = 0; tries < mostTries; tries++) {
      const sequence = Math.max(this.#sequence, await newest(state)) + 1;
      const entry: AuditEntry = { sequence, at: this.clock.now(), ...fact };
      if ((await state.compareAndSet([table, sequence], 0, entry)) === null) continue;
      this.#sequence = sequence;
      return;
    }
    throw new FaultlineError('Busy', 'AUDIT_LOG_BUSY', 'The audit log could not be written: too many write to it.');
  }
}

async function newest(state: StateStore): Promise<number> {
  for await (const { value } of state.range<AuditEntry>({ prefix: [table], reverse: true, limit: 1 })) {
    return value.sequence;
  }
  return 0;
}

function matches(entry: AuditEntry, { actor, action, target }: Filter): boolean {
  return (
    (actor === undefined || entry.actor === actor) &&
    (target === undefined || entry.target === target) &&
    (action === undefined || entry.action === action || entry.action.startsWith(`${action}.`))
  );
}
