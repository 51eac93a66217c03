import type { CrashStorage, Job } from '@faultline/sdk';
import { seenCrash } from './seen-crash.js';
import type { SightingStore } from './sighting-store.js';

const dayLength = 86_400_000;
/** Crashes between two looks at the pause. */
const breath = 200;

/** What a run found and did. A type: it is a JSON value. */
export type FirstSeenReceipt = {
  day: string;
  crashes: number;
  /** Said something new of their signature: an earlier date, version or build, or that it was there at all. */
  mended: number;
};

/**
 * First appearances are written as crashes are processed. This looks at each crash of the day before once more: a state
 * that was put back from a backup, or lost, has not seen them. `faultline jobs backfill triage/first-seen --from DATE`
 * writes them all anew.
 */
export function firstSeenJob({
  storage,
  sightings,
  eraseAgain,
}: {
  storage: Pick<CrashStorage, 'scanProcessed'>;
  sightings: Pick<SightingStore, 'add'>;
  /** What was erased while this looked at it must not stay. */
  eraseAgain(signal: AbortSignal): Promise<void>;
}): Job {
  return {
    id: 'triage/first-seen',
    title: 'See that first appearances of the day before are written down',
    schedule: { cron: '30 3 * * *' },
    backfill: true,
    async run(run): Promise<FirstSeenReceipt> {
      const day = new Date(run.slot - dayLength).toISOString().slice(0, 10);
      let [crashes, mended] = [0, 0];
      for await (const crash of storage.scanProcessed({ day })) {
        if (crash.signature !== '' && (await sightings.add(seenCrash(crash)))) mended += 1;
        if (++crashes % breath !== 0) continue;
        run.progress(crashes, null, day);
        await run.pausePoint();
      }
      await eraseAgain(run.signal);
      if (mended > 0) run.logger.info({ day, crashes: mended }, 'First and last appearances were mended');
      return { day, crashes, mended };
    },
  };
}
