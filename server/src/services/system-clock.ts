import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '@faultline/sdk';

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(delay, signal) {
    signal?.throwIfAborted();
    try {
      await wait(delay, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
