import type {
  Clock,
  JsonValue,
  Lease,
  MaybePromise,
  Milliseconds,
  StateEntry,
  StateKey,
  StateStore,
} from '@faultline/sdk';
import { compareBytes, decodeStateKey, encodeStateKey, startsWithBytes } from '@faultline/sdk/state-key';

interface Row {
  encoded: Uint8Array;
  text: string;
  version: number;
}

interface Holding {
  holder: string;
  fence: number;
  until: Milliseconds;
}

/** The state store's contract in memory. Values are copied in and out, as a database would. */
export class MemoryStateStore implements StateStore {
  private readonly rows = new Map<string, Row>();
  private readonly watchers = new Set<{ prefix: Uint8Array; listener: () => MaybePromise<void> }>();
  private readonly leases = new Map<string, Holding>();

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  get<T extends JsonValue | object>(key: StateKey): Promise<StateEntry<T> | null> {
    const row = this.rows.get(name(encodeStateKey(key)));
    return Promise.resolve(row === undefined ? null : entryOf<T>(row));
  }

  async set(key: StateKey, value: JsonValue | object): Promise<number> {
    const current = this.rows.get(name(encodeStateKey(key)))?.version ?? 0;
    await this.compareAndSet(key, current, value);
    return current + 1;
  }

  compareAndSet(key: StateKey, expected: number, value: JsonValue | object): Promise<number | null> {
    const encoded = encodeStateKey(key);
    const current = this.rows.get(name(encoded))?.version ?? 0;
    if (current !== expected) return Promise.resolve(null);
    this.rows.set(name(encoded), { encoded, text: JSON.stringify(value), version: current + 1 });
    this.tell(encoded);
    return Promise.resolve(current + 1);
  }

  delete(key: StateKey, expected?: number): Promise<boolean> {
    const encoded = encodeStateKey(key);
    const row = this.rows.get(name(encoded));
    if (row === undefined || (expected !== undefined && row.version !== expected)) return Promise.resolve(false);
    this.rows.delete(name(encoded));
    this.tell(encoded);
    return Promise.resolve(true);
  }

  async *range<T extends JsonValue | object>(range: {
    prefix: StateKey;
    after?: StateKey;
    limit?: number;
    reverse?: boolean;
  }): AsyncIterable<StateEntry<T>> {
    const prefix = encodeStateKey(range.prefix);
    const after = range.after === undefined ? null : encodeStateKey(range.after);
    const direction = range.reverse === true ? -1 : 1;
    const rows = [...this.rows.values()]
      .filter((row) => startsWithBytes(row.encoded, prefix))
      .filter((row) => after === null || compareBytes(row.encoded, after) * direction > 0)
      .sort((a, b) => compareBytes(a.encoded, b.encoded) * direction);
    for (const row of rows.slice(0, range.limit ?? rows.length)) {
      await Promise.resolve();
      yield entryOf<T>(row);
    }
  }

  watch(prefix: StateKey, listener: () => MaybePromise<void>, signal: AbortSignal): void {
    if (signal.aborted) return;
    const watcher = { prefix: encodeStateKey(prefix), listener };
    this.watchers.add(watcher);
    signal.addEventListener('abort', () => this.watchers.delete(watcher), { once: true });
  }

  acquireLease(leaseName: string, holder: string, duration: Milliseconds): Promise<Lease | null> {
    const held = this.leases.get(leaseName);
    const now = this.clock.monotonic();
    if (held !== undefined && held.until > now && held.holder !== holder) return Promise.resolve(null);
    const fence = (held?.fence ?? 0) + 1;
    this.leases.set(leaseName, { holder, fence, until: now + duration });
    const isMine = () => {
      const current = this.leases.get(leaseName);
      return current?.fence === fence && current.until > this.clock.monotonic();
    };
    return Promise.resolve({
      name: leaseName,
      fence,
      renew: () => {
        if (!isMine()) return Promise.resolve(false);
        this.leases.set(leaseName, { holder, fence, until: this.clock.monotonic() + duration });
        return Promise.resolve(true);
      },
      release: () => {
        if (isMine()) this.leases.set(leaseName, { holder: '', fence, until: -Infinity });
        return Promise.resolve();
      },
    });
  }

  checkHealth(): Promise<void> {
    return Promise.resolve();
  }

  private tell(encoded: Uint8Array): void {
    for (const watcher of this.watchers) {
      if (startsWithBytes(encoded, watcher.prefix)) queueMicrotask(() => void watcher.listener());
    }
  }
}

function name(encoded: Uint8Array): string {
  return Array.from(encoded, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function entryOf<T>(row: Row): StateEntry<T> {
  // The caller names the type of what it wrote itself.
  return { key: decodeStateKey(row.encoded), value: JSON.parse(row.text) as T, version: row.version };
}
