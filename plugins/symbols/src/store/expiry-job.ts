import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock, Job, Milliseconds } from '@faultline/sdk';
import { nullWhenAbsent } from '@faultline/sdk/errors';
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
  /** Where uploads and conversions are while they are worked on. */
  workFolders: readonly string[];
}

/** No upload and no conversion takes so long: its process was killed. */
const abandonedAfter: Milliseconds = 24 * 60 * 60_000;
/** Uploads are listed for so long. */
const uploadsListed: Milliseconds = 365 * 24 * 60 * 60_000;

/**
 * Removes the symbols of try builds, and announcements of uploads, when their time is over; of the rest what nobody
 * has used for too long, or is beyond the quota. What killed processes left in the midst of their work goes, too.
 */
export function expiryJob(store: SymbolStore, options: ExpiryOptions): Job {
  const { records, sessions, clock, lifetime, retention, workFolders } = options;
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
      const uploads = await records.expireUploads(clock.now() - uploadsListed);
      const abandoned = await removeAbandoned(workFolders, clock.now() - abandonedAfter);
      return { removed, bytes, unused, abandoned, uploads, announcements: await sessions.expire() };
    },
  };
}

/** How many there were. */
async function removeAbandoned(folders: readonly string[], before: number): Promise<number> {
  let count = 0;
  for (const folder of folders) {
    for (const name of (await readdir(folder).catch(nullWhenAbsent)) ?? []) {
      const place = path.join(folder, name);
      const found = await stat(place).catch(nullWhenAbsent);
      if (found === null || found.mtimeMs >= before) continue;
      await rm(place, { recursive: true, force: true });
      count++;
    }
  }
  return count;
}
