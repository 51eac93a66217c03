import type { Database } from 'lmdb';
import type {
  Clock,
  JsonValue,
  Lease,
  Logger,
  MaybePromise,
  Milliseconds,
  StateEntry,
  StateKey,
  StateStore,
} from '@faultline/sdk';
import { decodeStateKey, encodeStateKey, startsWithBytes } from '@faultline/sdk/state-key';
import type { Environment } from './environment.js';
import type { LeaseRow, StateTables } from './state-tables.js';

const rangeBatch = 100;
/** Writes of other processes are noticed by looking at the file's transaction number. */
const watchInterval: Milliseconds = 1000;

interface Watcher {
  prefix: Uint8Array;
  listener: () => MaybePromise<void>;
}

/** Shared state in state.mdb. Leases end by the machine's monotonic clock and with its boot. */
export class LmdbStateStore implements StateStore {
  private readonly watchers = new Set<Watcher>();
  private watchTimer: NodeJS.Timeout | null = null;
  private seenTransaction = 0;

  constructor(
    private readonly options: { state: Environment<StateTables>; clock: Clock; logger: Logger; bootId: string },
  ) {}

  async get<T extends JsonValue | object>(key: StateKey): Promise<StateEntry<T> | null> {
    const encoded = keyBytes(key);
    return await this.options.state.read(({ entries }) => {
      entries.resetReadTxn();
      const entry = entries.getEntry(encoded);
      return entry === undefined ? null : entryOf<T>(key, entry);
    });
  }

  async set(key: StateKey, value: JsonValue | object): Promise<number> {
    for (;;) {
      const entry = await this.get(key);
      const version = await this.compareAndSet(key, entry?.version ?? 0, value);
      if (version !== null) return version;
    }
  }

  async compareAndSet(key: StateKey, expected: number, value: JsonValue | object): Promise<number | null> {
    const encoded = keyBytes(key);
    const isWritten = await this.options.state.write(({ entries }) =>
      putVersion(entries, { key: encoded, value, version: expected + 1, expected }),
    );
    if (!isWritten) return null;
    this.tell(encoded);
    return expected + 1;
  }

  async delete(key: StateKey, expected?: number): Promise<boolean> {
    const encoded = keyBytes(key);
    for (;;) {
      const version = expected ?? (await this.get(key))?.version;
      if (version === undefined) return false;
      const isRemoved = await this.options.state.write(({ entries }) => entries.remove(encoded, version));
      if (isRemoved) {
        this.tell(encoded);
        return true;
      }
      if (expected !== undefined) return false;
    }
  }

  async *range<T extends JsonValue | object>(range: {
    prefix: StateKey;
    after?: StateKey;
    limit?: number;
    reverse?: boolean;
  }): AsyncIterable<StateEntry<T>> {
    const first = keyBytes(range.prefix);
    // Parts begin with 1 or 2, so that this lies behind every key of the prefix.
    const last = Buffer.concat([first, Buffer.from([0xff])]);
    const reverse = range.reverse === true;
    let after = range.after === undefined ? undefined : keyBytes(range.after);
    let left = range.limit ?? Infinity;
    while (left > 0) {
      const start = after ?? (reverse ? last : first);
      const limit = Math.min(left, rangeBatch);
      const batch = await this.options.state.read(({ entries }) => {
        entries.resetReadTxn();
        return [
          ...entries.getRange({
            start,
            // Reverse ranges leave their end out, but the prefix itself belongs to them.
            ...(reverse ? { end: first.subarray(0, -1) } : { end: last }),
            exclusiveStart: after !== undefined,
            reverse,
            limit,
            versions: true,
          }),
        ];
      });
      for (const { key, value, version } of batch) {
        if (!startsWithBytes(key, first)) return;
        yield entryOf<T>(decodeStateKey(key), { value, ...(version === undefined ? {} : { version }) });
      }
      const lastKey = batch.at(-1)?.key;
      if (batch.length < limit || lastKey === undefined) return;
      after = Buffer.from(lastKey);
      left -= batch.length;
    }
  }

  watch(prefix: StateKey, listener: () => MaybePromise<void>, signal: AbortSignal): void {
    if (signal.aborted) return;
    const watcher = { prefix: encodeStateKey(prefix), listener };
    this.watchers.add(watcher);
    this.watchTimer ??= this.startWatching();
    signal.addEventListener(
      'abort',
      () => {
        this.watchers.delete(watcher);
        if (this.watchers.size === 0) this.stopWatching();
      },
      { once: true },
    );
  }

  async acquireLease(name: string, holder: string, duration: Milliseconds): Promise<Lease | null> {
    const { state, clock, bootId } = this.options;
    const fence = await state.transaction(({ leases }) => {
      const held = leases.get(name);
      const now = clock.monotonic();
      if (held !== undefined && held.bootId === bootId && held.until > now && held.holder !== holder) return null;
      const next = (held?.fence ?? 0) + 1;
      void leases.put(name, { holder, fence: next, until: now + duration, bootId });
      return next;
    });
    if (fence === null) return null;
    const change = (until: (now: Milliseconds) => Milliseconds) =>
      state.transaction(({ leases }) => {
        const held = leases.get(name);
        if (held?.fence !== fence || held.bootId !== bootId || held.until <= clock.monotonic()) return false;
        const row: LeaseRow = { ...held, until: until(clock.monotonic()) };
        void leases.put(name, row);
        return true;
      });
    return {
      name,
      fence,
      renew: () => change((now) => now + duration),
      release: async () => void (await change(() => -Infinity)),
    };
  }

  async checkHealth(): Promise<void> {
    await this.options.state.probe();
  }

  close(): void {
    this.watchers.clear();
    this.stopWatching();
  }

  private startWatching(): NodeJS.Timeout {
    const look = () => {
      this.noticeOthers().catch((error: unknown) =>
        this.options.logger.warn({ error: String(error) }, 'Changes of the state could not be looked for'),
      );
    };
    return setInterval(look, watchInterval).unref();
  }

  private stopWatching(): void {
    if (this.watchTimer !== null) clearInterval(this.watchTimer);
    this.watchTimer = null;
  }

  private async noticeOthers(): Promise<void> {
    const transaction = await this.options.state.read(({ entries }) => {
      entries.resetReadTxn();
      const stats: { lastTxnId?: number } = entries.getStats();
      return stats.lastTxnId ?? 0;
    });
    const isFirst = this.seenTransaction === 0;
    const hasChanged = transaction !== this.seenTransaction;
    this.seenTransaction = transaction;
    if (hasChanged && !isFirst) for (const watcher of this.watchers) this.call(watcher);
  }

  private tell(encoded: Uint8Array): void {
    for (const watcher of this.watchers) if (startsWithBytes(encoded, watcher.prefix)) this.call(watcher);
  }

  private call({ listener }: Watcher): void {
    Promise.resolve()
      .then(listener)
      .catch((error: unknown) => this.options.logger.error({ error: String(error) }, 'A watcher of the state threw'));
  }
}

function keyBytes(key: StateKey): Buffer {
  return Buffer.from(encodeStateKey(key));
}

/** False when the stored version is another. */
function putVersion(
  entries: Database<JsonValue | object, Uint8Array>,
  write: { key: Uint8Array; value: JsonValue | object; version: number; expected: number },
): Promise<boolean> {
  if (write.expected > 0) return entries.put(write.key, write.value, write.version, write.expected);
  return entries.ifNoExists(write.key, () => {
    void entries.put(write.key, write.value, write.version);
  });
}

function entryOf<T>(key: StateKey, entry: { value: JsonValue | object; version?: number }): StateEntry<T> {
  // The caller names the type of what it wrote itself.
  return { key, value: entry.value as T, version: entry.version ?? 1 };
}
