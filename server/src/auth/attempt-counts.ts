import type { Clock, Milliseconds, StateStore, UnixMillis } from '@faultline/sdk';

/** From the first of some tries, all of them count until it is over. */
export const countedFor: Milliseconds = 15 * 60_000;

const mostTries = 50;

/** What a try is counted by: `key` is a hash. */
export interface CountedBy {
  scope: string;
  key: string;
  /** Tries that are borne while they count. */
  points: number;
}

interface StoredCount {
  count: number;
  until: UnixMillis;
}

/** Not below `auth`: whoever watches that for changes of rights is not to be woken by a flood. */
const table = ['sign-in', 'attempts'] as const;

/**
 * Tries of late, counted in the shared state: processes of one folder count together, and a restart forgets nothing.
 * A refused try writes nothing, so a flood costs reads only once its bound is reached.
 */
export class AttemptCounts {
  constructor(
    private readonly state: StateStore,
    private readonly clock: Clock,
  ) {}

  /** How long until another try is borne; 0: now. */
  async wait({ scope, key, points }: CountedBy): Promise<Milliseconds> {
    const entry = await this.state.get<StoredCount>([...table, scope, key]);
    const now = this.clock.now();
    return entry === null || entry.value.until <= now || entry.value.count < points ? 0 : entry.value.until - now;
  }

  /** Counts one. How long until it would have been borne; 0: it is. */
  async take({ scope, key, points }: CountedBy): Promise<Milliseconds> {
    const where = [...table, scope, key] as const;
    for (let tries = 0; tries < mostTries; tries++) {
      const entry = await this.state.get<StoredCount>(where);
      const now = this.clock.now();
      const isRunning = entry !== null && entry.value.until > now;
      if (isRunning && entry.value.count >= points) return entry.value.until - now;
      const next = isRunning ? { ...entry.value, count: entry.value.count + 1 } : { count: 1, until: now + countedFor };
      if ((await this.state.compareAndSet(where, entry?.version ?? 0, next)) !== null) return 0;
    }
    // Others took it each time: as good as a flood.
    return 1000;
  }

  /** One was no failure after all. */
  async giveBack({ scope, key }: CountedBy): Promise<void> {
    const where = [...table, scope, key] as const;
    for (let tries = 0; tries < mostTries; tries++) {
      const entry = await this.state.get<StoredCount>(where);
      if (entry === null || entry.value.count === 0) return;
      const next = { ...entry.value, count: entry.value.count - 1 };
      if ((await this.state.compareAndSet(where, entry.version, next)) !== null) return;
    }
  }

  async forget({ scope, key }: CountedBy): Promise<void> {
    await this.state.delete([...table, scope, key]);
  }

  /** Removes what counts no more. */
  async sweep(): Promise<void> {
    for await (const { key, value, version } of this.state.range<StoredCount>({ prefix: table })) {
      if (value.until <= this.clock.now()) await this.state.delete(key, version);
    }
  }
}
