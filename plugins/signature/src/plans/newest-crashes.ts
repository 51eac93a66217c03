import type { CrashStorage, ProcessedCrash } from '@faultline/sdk';

/** Timestamps of one day that are held at once: 24 bytes each. */
const mostHeld = 5_000_000;

/** Signed crashes, the newest `limit` of them by the time they came in; newest days first, in no order within a day. */
export async function* newestCrashes(
  storage: Pick<CrashStorage, 'days' | 'scanProcessed'>,
  limit: number,
): AsyncGenerator<ProcessedCrash> {
  let left = limit;
  for (const day of (await storage.days()).reverse()) {
    if (left <= 0) return;
    const oldest = await oldestWanted(storage, day, left);
    for await (const crash of storage.scanProcessed({ day })) {
      if (crash.submitted_timestamp < oldest || crash.signature === '') continue;
      // Several of one millisecond may stand at the edge.
      if (left <= 0) return;
      left -= 1;
      yield crash;
    }
  }
}

/** Where the newest `limit` of a day begin; "" when all of them are wanted. */
async function oldestWanted(storage: Pick<CrashStorage, 'scanProcessed'>, day: string, limit: number): Promise<string> {
  const times: string[] = [];
  for await (const crash of storage.scanProcessed({ day })) {
    if (crash.signature !== '' && times.length < mostHeld) times.push(crash.submitted_timestamp);
  }
  if (times.length <= limit) return '';
  return times.sort().at(-limit) ?? '';
}
