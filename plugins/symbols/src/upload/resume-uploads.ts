import type { Clock } from '@faultline/sdk';
import type { Arrivals } from '../store/arrivals.js';
import type { SymbolRecord, SymbolRecords } from '../store/symbol-records.js';

/** Uploads looked at: the ones that a kill can have cut are the last. */
const lastUploads = 100;

/**
 * Zips that were being read when the server was killed: what had been stored of them is told to those who wait for it,
 * and the upload says that it did not end. One that another process of the folder reads now says so until that is done.
 */
export async function resumeUploads(
  records: SymbolRecords,
  arrivals: Pick<Arrivals, 'note'>,
  clock: Pick<Clock, 'now'>,
): Promise<void> {
  const uploads = await records.uploads(lastUploads);
  const cut = uploads.filter(({ completedAt, announced }) => completedAt === null && announced === undefined);
  if (cut.length === 0) return;
  const stored = new Map<string, SymbolRecord[]>(cut.map(({ id }) => [id, []]));
  for (const isTry of [false, true]) {
    for await (const record of records.files(isTry)) stored.get(record.uploadId)?.push(record);
  }
  for (const upload of cut) {
    const files = stored.get(upload.id) ?? [];
    await arrivals.note(files);
    await records.changeUpload(upload.id, (now) =>
      now.completedAt === null
        ? { ...now, stored: files.length, completedAt: clock.now(), problem: 'The server ended while it was read.' }
        : now,
    );
  }
}
