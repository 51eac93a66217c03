import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '@faultline/sdk';

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  // Since boot, where `performance.now` counts from the start of this process: leases must outlive that.
  monotonic: () => Number(process.hrtime.bigint() / 1000n) / 1000,
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
