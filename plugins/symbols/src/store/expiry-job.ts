import type { Clock, Job, Milliseconds } from '@faultline/sdk';
import type { SymbolRecords } from './symbol-records.js';
import { leastUsed, type RetentionRules } from './retention.js';
import type { UploadSessions } from '../upload/upload-session.js';
import type { SymbolStore } from './symbol-store.js';

export interface ExpiryOptions {
  records: SymbolRecords;
  sessions: Pick<UploadSessions, 'expire'>;
  clock: Clock;
  /** Of the symbols of try builds. */
  lifetime: Milliseconds;
  retention: RetentionRules;
}

/**
 * Removes the symbols of try builds, and announcements of uploads, when their time is over; of the rest what nobody
 * has used for too long, or is beyond the quota.
 */
export function expiryJob(store: SymbolStore, { records, sessions, clock, lifetime, retention }: ExpiryOptions): Job {
  return {
    id: 'symbols/retention',
    title: 'Remove symbols that are too old or too many',
    schedule: { cron: '30 5 * * *' },
    async run(run) {
      let removed = 0;
      let bytes = 0;
      for await (const record of records.files(true)) {
        await run.pausePoint();
        if (record.uploadedAt > clock.now() - lifetime) continue;
        await store.remove(record);
        removed++;
        bytes += record.storedSize;
        run.progress(removed, null);
      }
      const unused = { files: 0, bytes: 0 };
      for (const record of await leastUsed(records, store, retention, clock.now())) {
        await run.pausePoint();
        await store.remove(record);
        unused.files++;
        unused.bytes += record.storedSize;
        run.progress(removed + unused.files, null);
      }
      return { removed, bytes, unused, announcements: await sessions.expire() };
    },
  };
}
