import type { Clock, Job, Milliseconds } from '@faultline/sdk';
import type { SymbolRecords } from './symbol-records.js';
import type { UploadSessions } from '../upload/upload-session.js';
import type { SymbolStore } from './symbol-store.js';

export interface ExpiryOptions {
  records: SymbolRecords;
  sessions: Pick<UploadSessions, 'expire'>;
  clock: Clock;
  /** Of the symbols of try builds. */
  lifetime: Milliseconds;
}

/** Removes the symbols of try builds, and announcements of uploads, when their time is over. */
export function expiryJob(store: SymbolStore, { records, sessions, clock, lifetime }: ExpiryOptions): Job {
  return {
    id: 'symbols/expire-try',
    title: 'Remove the symbols of old try builds',
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
      return { removed, bytes, announcements: await sessions.expire() };
    },
  };
}
