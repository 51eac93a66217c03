import type {
  CrashId,
  CrashProcessing,
  CrashStorage,
  Job,
  JobRun,
  ProcessedCrash,
  SearchEngine,
  StorageUpkeep,
} from '@faultline/sdk';

export interface VerifyProcessedParts {
  storage: CrashStorage;
  upkeep: StorageUpkeep;
  /** Null where this process has none. */
  processing(): CrashProcessing | null;
  engine(): SearchEngine | null;
}

/** What a run found and did. A type: it is a JSON value. */
export type VerifyProcessedReceipt = {
  day: string;
  crashes: number;
  processed: number;
  /** Neither processed nor waiting: they were put into the queue again. */
  forgotten: number;
  /** Processed, but not to be found: the day was indexed again. Null without a search engine. */
  notIndexed: number | null;
};

const dayLength = 86_400_000;
const batchSize = 200;

/**
 * The last net below the queue, the reconciler and the index's own check: looks at each crash of the day before, once,
 * whether it was processed and can be found, and mends what was not.
 */
export function verifyProcessedJob(parts: VerifyProcessedParts): Job {
  return {
    id: 'ops/verify-processed',
    title: 'See that every crash of the day before was processed and can be found',
    schedule: { cron: '0 4 * * *' },
    backfill: true,
    async run(run): Promise<VerifyProcessedReceipt> {
      const day = new Date(run.slot - dayLength).toISOString().slice(0, 10);
      const { crashes, forgotten } = await findForgotten(parts, day, run);
      const processing = parts.processing();
      for (const id of processing === null ? [] : forgotten) {
        await run.pausePoint();
        await processing?.reprocess(id, { ruleset: 'default', lane: 'reprocessing', reason: 'reconciled' });
      }
      if (forgotten.length > 0) run.logger.warn({ day, crashes: forgotten.length }, 'Crashes were never processed');
      const { processed, notIndexed } = await indexAgain(parts, day, run);
      return { day, crashes, processed, forgotten: forgotten.length, notIndexed };
    },
  };
}

async function findForgotten(
  { storage, upkeep }: VerifyProcessedParts,
  day: string,
  run: JobRun,
): Promise<{ crashes: number; forgotten: CrashId[] }> {
  const open = new Set<CrashId>();
  let crashes = 0;
  for await (const { crashId } of upkeep.crashes(day)) {
    open.add(crashId);
    if (++crashes % batchSize === 0) await run.pausePoint();
  }
  for await (const { crash_id: id } of storage.scanProcessed({ day })) open.delete(id);
  // Waiting, deferred and given up are all known to somebody.
  if (open.size > 0) for await (const { crashId } of storage.pending()) open.delete(crashId);
  run.progress(crashes, crashes, 'processed');
  return { crashes, forgotten: [...open] };
}

async function indexAgain(
  { storage, engine }: VerifyProcessedParts,
  day: string,
  run: JobRun,
): Promise<{ processed: number; notIndexed: number | null }> {
  const from = `${day}T00:00:00.000Z`;
  const to = new Date(Date.parse(from) + dayLength).toISOString();
  let processed = 0;
  let expected = 0;
  for await (const { submitted_timestamp: time } of storage.scanProcessed({ day })) {
    processed += 1;
    if (time >= from && time < to) expected += 1;
  }
  const index = engine();
  if (index === null) return { processed, notIndexed: null };
  const everything = { filter: null, from, to, sort: [], limit: 0, cursor: null, columns: [], facets: [] };
  const { total } = await index.search(everything, { mayViewProtected: false, signal: run.signal });
  const notIndexed = Math.max(0, expected - total);
  if (notIndexed === 0) return { processed, notIndexed };
  run.logger.warn({ day, crashes: notIndexed }, 'Crashes were not in the index');
  let batch: { crash: ProcessedCrash; run: number }[] = [];
  let done = 0;
  for await (const each of storage.scanRuns({ day })) {
    batch.push(each);
    if (batch.length < batchSize) continue;
    await index.index(batch);
    run.progress((done += batch.length), processed, 'indexing');
    batch = [];
    await run.pausePoint();
  }
  if (batch.length > 0) await index.index(batch);
  return { processed, notIndexed };
}
