import { setImmediate } from 'node:timers/promises';

/** Longest stretch of work before others get their turn on the thread. */
const stretch = 8;

/** Gives the thread away between stretches of work, and stops when the asker has gone. */
export class Turns {
  private since = performance.now();

  constructor(private readonly signal?: AbortSignal) {}

  /** True when it is time to give the thread away. */
  get isDue(): boolean {
    return performance.now() - this.since > stretch;
  }

  /** Rejects with the signal's reason when it was aborted. */
  async next(): Promise<void> {
    if (!this.isDue) return;
    await setImmediate();
    this.signal?.throwIfAborted();
    this.since = performance.now();
  }
}
