import type { Clock, CrashId, Milliseconds, Random, StateStore } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';

/** A preview is good for so long. */
const lifetime: Milliseconds = 3_600_000;
const chunk = 2000;

interface Selection {
  count: number;
  expiresAt: number;
}

/**
 * The crashes that somebody was shown and has still to say yes to. Ids only: the query itself may hold what is to be
 * erased, and nothing of it must stay in the state.
 */
export class Selections {
  constructor(
    private readonly state: StateStore,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  async keep(ids: readonly CrashId[]): Promise<{ selection: string; expiresAt: number }> {
    await this.forgetOld();
    const selection = Buffer.from(this.random.bytes(12)).toString('hex');
    const expiresAt = this.clock.now() + lifetime;
    for (let start = 0; start < ids.length; start += chunk) {
      await this.state.set(['erasing', 'ids', selection, start], ids.slice(start, start + chunk));
    }
    await this.state.set(['erasing', 'selection', selection], { count: ids.length, expiresAt } satisfies Selection);
    return { selection, expiresAt };
  }

  /** Throws `NotFound ERASURE_UNKNOWN`. */
  async ids(selection: string): Promise<CrashId[]> {
    if ((await this.state.get<Selection>(['erasing', 'selection', selection])) === null) {
      throw new FaultlineError('NotFound', 'ERASURE_UNKNOWN', 'There is no such selection of crashes.', {
        hint: 'It may be older than an hour, or have been erased already: look again.',
        details: { selection },
      });
    }
    const ids: CrashId[] = [];
    for await (const { value } of this.state.range<CrashId[]>({ prefix: ['erasing', 'ids', selection] }))
      ids.push(...value);
    return ids;
  }

  async forget(selection: string): Promise<void> {
    await this.state.delete(['erasing', 'selection', selection]);
    for await (const { key } of this.state.range({ prefix: ['erasing', 'ids', selection] }))
      await this.state.delete(key);
  }

  private async forgetOld(): Promise<void> {
    for await (const { key, value } of this.state.range<Selection>({ prefix: ['erasing', 'selection'] })) {
      // A job that waits for its turn still needs its own.
      if (value.expiresAt + 24 * lifetime < this.clock.now()) await this.forget(String(key[2]));
    }
  }
}
