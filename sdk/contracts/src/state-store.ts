import { token } from './token.js';
import type { JsonValue } from './raw-crash.js';
import type { MaybePromise, Milliseconds } from './units.js';

/** Parts of a key; order is by part, numbers before strings, strings by code point. The first part names the owner ("auth", "jobs"). */
export type StateKey = readonly [string, ...(string | number)[]];

export interface StateEntry<T> {
  key: StateKey;
  value: T;
  /** Grows by one with each write of this key; 1 for the first. */
  version: number;
}

/** A lease that was won. It is lost when it is not renewed in time. */
export interface Lease {
  name: string;
  /** Grows with each new holder: a write that carries an older one must be refused. */
  fence: number;
  /** False when the lease was lost meanwhile. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

/**
 * The only way to shared state: users, tokens, groups, jobs, settings. Writes are durable on return. Values are
 * JSON. Nothing is cached beyond one read, so several processes may share it.
 */
export interface StateStore {
  get<T extends JsonValue | object>(key: StateKey): Promise<StateEntry<T> | null>;
  /** Unconditional write; returns the new version. */
  set(key: StateKey, value: JsonValue | object): Promise<number>;
  /**
   * Writes only when the key's version is `expected` (0: the key does not exist).
   * Returns the new version, or null when it was another.
   */
  compareAndSet(key: StateKey, expected: number, value: JsonValue | object): Promise<number | null>;
  /** False when there was nothing, or (with `expected`) another version. */
  delete(key: StateKey, expected?: number): Promise<boolean>;
  /** Entries whose key begins with `prefix`, in key order. */
  range<T extends JsonValue | object>(range: {
    prefix: StateKey;
    after?: StateKey;
    limit?: number;
    reverse?: boolean;
  }): AsyncIterable<StateEntry<T>>;
  /** Calls back after writes below `prefix`, by this process or another; changes may be folded into one call. */
  watch(prefix: StateKey, listener: () => MaybePromise<void>, signal: AbortSignal): void;
  /** Null when somebody else holds it. */
  acquireLease(name: string, holder: string, duration: Milliseconds): Promise<Lease | null>;
  checkHealth(): Promise<void>;
}
export const StateStore = token<StateStore>('core.stateStore');
