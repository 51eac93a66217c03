/**
 * Fills a data folder with stored reports, straight through the storage: what posts would leave, at several thousand a
 * second. They are deferred, so that nobody processes them while something is measured.
 */
import { randomBytes } from 'node:crypto';
import { makeCrashId } from '@faultline/sdk';
import { FakeClock, MemoryLogger, samplePending, sampleRawCrash } from '@faultline/testing';
import { openEmbeddedStore } from '../../../plugins/storage-lmdb/src/embedded-store.js';

/** Reports under way at once: they share their syncs. */
const together = 1000;

const annotations = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`Annotation${n}`, 'x'.repeat(30)]));

/** @param dumpSize 0 for reports without a dump */
export async function seedReports(folder: string, { count, dumpSize }: { count: number; dumpSize: number }) {
  const clock = new FakeClock(Date.now());
  const midnight = new Date(clock.now()).setUTCHours(0, 0, 0, 0);
  const logger = new MemoryLogger();
  const config = { openEnvironments: 16, largePart: 262_144 };
  const store = await openEmbeddedStore({ folder, config, clock, logger, version: 'bench', holds: true });
  const dump = randomBytes(dumpSize);
  let left = count;
  const fill = async () => {
    while (left-- > 0) {
      // As if they had come evenly since midnight.
      const time = midnight + (clock.now() - midnight) * (1 - left / count);
      const crashId = makeCrashId(randomBytes(16), Math.floor(time), '1');
      const draft = store.crashes.openDraft();
      const parts = [];
      if (dumpSize > 0) {
        const part = draft.addPart({ name: 'upload_file_minidump', filename: 'a.dmp', contentType: '' });
        await part.write(dump);
        parts.push(await part.end());
      }
      const pending = { ...samplePending(crashId), state: 'deferred' as const };
      await draft.commit({ raw: sampleRawCrash({ crashId, annotations, parts }), pending });
    }
  };
  await Promise.all(Array.from({ length: together }, fill));
  await store.close();
}
