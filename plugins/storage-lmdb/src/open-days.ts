/**
 * Which days have pending marks or outbox rows, so that a start opens only those. A day is listed, durably, before
 * the first such row is written in it, and struck off when it was found empty while nobody wrote to it.
 */
import type { Clock, Milliseconds } from '@faultline/sdk';
import type { Environment } from './environment.js';
import type { StateTables } from './state-tables.js';

/** `set-aside` are deferred and dead marks: they may stay for ever, and nobody looks at them unasked. */
export type Owed = 'pending' | 'set-aside' | 'outbox';

const dayLength: Milliseconds = 86_400_000;

export class OpenDays {
  private readonly listed = new Map<string, Promise<void>>();
  private readonly writers = new Map<string, number>();
  private readonly written = new Map<string, number>();

  constructor(
    private readonly state: Environment<StateTables>,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** Runs a write that may add rows of these kinds to a day. */
  async during<T>(day: string, kinds: readonly Owed[], write: () => Promise<T>): Promise<T> {
    const names = kinds.map((kind) => nameOf(kind, day));
    for (const name of names) this.writers.set(name, (this.writers.get(name) ?? 0) + 1);
    for (const name of names) this.written.set(name, this.writesTo(name) + 1);
    try {
      await Promise.all(kinds.map((kind) => this.list(kind, day)));
      const written = await write();
      // Another process may have found the day empty and struck it off before it could see what was written.
      for (const kind of await this.notListed(kinds, day)) await this.listAgain(kind, day);
      return written;
    } finally {
      for (const name of names) this.writers.set(name, (this.writers.get(name) ?? 1) - 1);
    }
  }

  /** Grows with each write of this process that may add such rows to the day. */
  writes(kind: Owed, day: string): number {
    return this.writesTo(nameOf(kind, day));
  }

  /** Oldest first. */
  async days(kind: Owed): Promise<string[]> {
    return await this.state.read(({ openDays }) =>
      [...openDays.getKeys({ start: [kind, '0'], end: [kind, '~'] })].map(([, day]) => day),
    );
  }

  /**
   * Strikes a day off, unless somebody writes to it or it is so young that the next report is for it. `isEmpty` is asked again after the row is gone: another process
   * may have written meanwhile.
   */
  async strikeOff(kind: Owed, day: string, isEmpty: () => Promise<boolean>): Promise<void> {
    const name = nameOf(kind, day);
    if (day >= new Date(this.clock.now() - dayLength).toISOString().slice(0, 10)) return;
    if ((this.writers.get(name) ?? 0) > 0) return;
    this.listed.delete(name);
    this.writers.delete(name);
    await this.state.write(({ openDays }) => openDays.remove([kind, day]));
    if (!(await isEmpty())) await this.list(kind, day);
  }

  private writesTo(name: string): number {
    return this.written.get(name) ?? 0;
  }

  private notListed(kinds: readonly Owed[], day: string): Promise<Owed[]> {
    return this.state.read(({ openDays }) => {
      openDays.resetReadTxn();
      return kinds.filter((kind) => !openDays.doesExist([kind, day]));
    });
  }

  private async listAgain(kind: Owed, day: string): Promise<void> {
    this.listed.delete(nameOf(kind, day));
    await this.list(kind, day);
  }

  private list(kind: Owed, day: string): Promise<void> {
    const name = nameOf(kind, day);
    let listing = this.listed.get(name);
    if (listing === undefined) {
      listing = this.state.write(async ({ openDays }) => {
        await openDays.put([kind, day], true);
      });
      this.listed.set(name, listing);
      listing.catch(() => this.listed.delete(name));
    }
    return listing;
  }
}

function nameOf(kind: Owed, day: string): string {
  return `${kind}/${day}`;
}
