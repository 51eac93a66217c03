import type { Job } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import type { CacheQuota } from './cache-quota.js';

/** Brings the cache below its quota, and forgets what servers said too long ago. */
export function sweepJob(quota: CacheQuota): Job {
  return {
    id: 'symbols/sweep-cache',
    title: 'Keep the symbol cache below its quota',
    schedule: { every: 10 * 60_000 },
    async run() {
      const outcome = await quota.sweep();
      if (outcome !== null) return { ...outcome };
      throw new FaultlineError('Busy', 'SYMBOL_CACHE_BUSY', 'Another process sweeps the cache just now.');
    },
  };
}
