/** Puts generated crashes into the store and the index, as if they had come in and been processed. */
import { createHash } from 'node:crypto';
import {
  mainDumpName,
  type CrashStorage,
  type PartSummary,
  type ProcessedCrash,
  type SearchEngine,
} from '@faultline/sdk';
import { isFaultlineError } from '@faultline/sdk/errors';
import { generatedCrashes, type GeneratedCrash, type GenerateOptions } from './generated-crashes.js';
import { rawReport, runRecord } from './raw-report.js';
import { dumpOf, withStacks } from './whole-report.js';

export interface FillOptions extends GenerateOptions {
  storage: CrashStorage;
  engine: Pick<SearchEngine, 'index'>;
  /** Crashes from here on are whole reports, with stacks and modules: 0 all, Infinity none. UTC milliseconds. */
  wholeSince: number;
  dumps: boolean;
  signal: AbortSignal;
  /** Batches under way at once; 1 leaves more of the machine to others. */
  batchesAtOnce?: number;
  /** @param newest the last crash that was stored */
  progress(done: number, newest: ProcessedCrash): void;
}

export interface Filled {
  stored: number;
  /** Were there before: the same options were given twice. */
  known: number;
}

/** Crashes whose writes wait for the disk together. */
const batchSize = 500;
/** While some wait for the disk, and the index works in its thread, the next are made. */
const usualBatchesAtOnce = 4;

export async function fillFolder(options: FillOptions): Promise<Filled> {
  const { wholeSince, batchesAtOnce = usualBatchesAtOnce } = options;
  const filled: Filled = { stored: 0, known: 0 };
  const underWay: Promise<void>[] = [];
  const put = async (batch: GeneratedCrash[]): Promise<void> => {
    const crashes = batch.map((one) => (isSince(one, wholeSince) ? { ...one, processed: withStacks(one) } : one));
    const isNew = await Promise.all(crashes.map((one) => store(one, options)));
    await options.engine.index(crashes.map(({ processed }) => ({ crash: processed, run: 1 })));
    filled.stored += isNew.filter(Boolean).length;
    filled.known += isNew.filter((one) => !one).length;
    const newest = crashes.at(-1);
    if (newest !== undefined) options.progress(filled.stored + filled.known, newest.processed);
  };
  const begin = async (batch: GeneratedCrash[]): Promise<void> => {
    options.signal.throwIfAborted();
    const work = put(batch);
    // Whoever waits for it hears of a failure.
    work.catch(() => undefined);
    underWay.push(work);
    if (underWay.length >= batchesAtOnce) await underWay.shift();
  };
  let batch: GeneratedCrash[] = [];
  for (const crash of generatedCrashes(options)) {
    batch.push(crash);
    if (batch.length < batchSize) continue;
    await begin(batch);
    batch = [];
  }
  if (batch.length > 0) await begin(batch);
  await Promise.all(underWay);
  return filled;
}

function isSince({ processed }: GeneratedCrash, time: number): boolean {
  return time !== Infinity && Date.parse(processed.submitted_timestamp) >= time;
}

/** False when the crash was there already. */
async function store(crash: GeneratedCrash, { storage, dumps }: FillOptions): Promise<boolean> {
  const { processed } = crash;
  const crashId = processed.crash_id;
  const draft = await storage.openDraft();
  try {
    const parts: PartSummary[] = [];
    if (dumps) {
      const filename = `${createHash('sha256').update(crashId).digest('hex').slice(0, 12)}.dmp`;
      const part = draft.addPart({ name: mainDumpName, filename, contentType: 'application/octet-stream' });
      await part.write(await dumpOf(crash));
      parts.push(await part.end());
    }
    const mark = { crashId, run: 1, lane: 'normal', ruleset: 'default', reason: 'received' } as const;
    const since = Date.parse(processed.submitted_timestamp);
    // Deferred: should this be cut short, nobody begins to process a crash that has no dump.
    await draft.commit({ raw: rawReport(processed, parts), pending: { ...mark, since, state: 'deferred' } });
  } catch (error) {
    if (isFaultlineError(error) && error.code === 'CRASH_EXISTS') return await finish(storage, processed, false);
    throw error;
  } finally {
    if (dumps) await draft.discard();
  }
  return await finish(storage, processed, true);
}

/** Writes the run, also for a crash that an earlier, interrupted filling left without one. */
async function finish(storage: CrashStorage, processed: ProcessedCrash, isNew: boolean): Promise<boolean> {
  const { crash_id: crashId } = processed;
  await storage.commitRun({ crashId, run: 1, expectedRun: 0, processed, record: runRecord(processed), sinks: [] });
  return isNew;
}
