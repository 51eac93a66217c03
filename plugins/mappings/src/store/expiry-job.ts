import type { Clock, Job } from '@faultline/sdk';
import type { MappingStore } from './mapping-store.js';

/** Removes mappings that no crash has used for so long. */
export function mappingExpiryJob(store: MappingStore, clock: Clock, unusedDays: number): Job {
  return {
    id: 'mappings/expire',
    title: 'Remove Java mappings that nobody uses',
    schedule: { cron: '40 5 * * *' },
    async run(run) {
      let removed = 0;
      const mappings = unusedDays === 0 ? [] : await store.all();
      for (const mapping of mappings) {
        await run.pausePoint();
        const last = Math.max(mapping.usedAt, mapping.uploadedAt);
        if (last > clock.now() - unusedDays * 86_400_000) continue;
        await store.remove(mapping);
        removed++;
      }
      return { removed };
    },
  };
}
