import type { Job } from '@faultline/sdk';
import { z } from 'zod';
import type { Retention } from './retention.js';

const PurgeParams = z.strictObject({
  /** Only say what would go. */
  dryRun: z.boolean().default(false),
});

export function purgeJob(retention: Retention, schedule: string): Job<z.output<typeof PurgeParams>> {
  return {
    id: 'retention/purge',
    title: 'Purge what is older than the retention',
    schedule: { cron: schedule },
    params: PurgeParams,
    async run(run) {
      const receipt = await retention.purge({
        isDryRun: run.params?.dryRun === true,
        isByHand: run.startedBy !== '',
        signal: run.signal,
        progress: (done, total, stage) => run.progress(done, total, stage),
        pausePoint: () => run.pausePoint(),
      });
      return { ...receipt, steps: receipt.steps.map((step) => ({ ...step })) };
    },
  };
}
