import type { Milliseconds } from '@faultline/sdk';

/** Waits longer after each failure: 1 s, 2 s, 4 s … up to a minute. */
export function backoff(attempts: number): Milliseconds {
  return Math.min(60_000, 1000 * 2 ** Math.max(0, Math.min(attempts, 16) - 1));
}
