import { token } from './token.js';
import type { Milliseconds, UnixMillis } from './units.js';

/** Time, so that tests can set it. Dates come from `now`, leases and timeouts from `monotonic`. */
export interface Clock {
  now(): UnixMillis;
  /** Never goes back, not even with the date. Counts from the boot of the machine, so that its processes agree. */
  monotonic(): Milliseconds;
  /** Resolves after `delay`; rejects with the signal's reason when it is aborted first. */
  sleep(delay: Milliseconds, signal?: AbortSignal): Promise<void>;
}
export const Clock = token<Clock>('core.clock');

/** Randomness, so that tests can repeat it. */
export interface Random {
  /** Cryptographically strong outside tests. */
  bytes(length: number): Uint8Array;
  /** In [0, 1). */
  fraction(): number;
}
export const Random = token<Random>('core.random');
