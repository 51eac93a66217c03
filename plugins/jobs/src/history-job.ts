import type { Job } from '@faultline/sdk';
import { hasEnded } from './job-run-record.js';
import type { JobRunStore } from './job-run-store.js';

/** Forgets all but the newest runs of each job, with their logs. */
export function historyJob(store: JobRunStore, keepRuns: number): Job {
  return {
    id: 'jobs/history',
    title: 'Forget old runs',
    schedule: { cron: '0 5 * * *' },
    async run(run) {
      const kept = new Map<string, number>();
      let forgotten = 0;
      for await (const record of store.newest()) {
        run.signal.throwIfAborted();
        if (!hasEnded(record.status)) continue;
        const count = (kept.get(record.job) ?? 0) + 1;
        kept.set(record.job, count);
        if (count <= keepRuns) continue;
        await store.forget(record.id);
        forgotten++;
        run.progress(forgotten, null);
      }
      return { forgotten };
    },
  };
}
