import { subjects } from '@faultline/sdk';
import type {
  Bus,
  CrashEvent,
  CrashStorage,
  MaybePromise,
  ProcessedCrash,
  ProcessMessage,
  RunRecord,
  StoredCrash,
} from '@faultline/sdk';
import { processCrash } from './process-crash.js';
import type { Pipeline } from './process-crash.js';

export interface RunWriterParts {
  pipeline: Pipeline;
  storage: Pick<CrashStorage, 'commitRun'>;
  bus: Pick<Bus, 'emit'>;
  /** Ids of the sinks that are to get the runs. */
  sinks(): MaybePromise<readonly string[]>;
  /** Told after each written run, with the sinks that get it. */
  onCommitted(run: { crash: ProcessedCrash; run: number; record: RunRecord; sinks: readonly string[] }): void;
}

export type RunMessage = Pick<ProcessMessage, 'run' | 'ruleset'> & { reason: RunRecord['reason'] };

/**
 * Runs a ruleset over a crash and writes what comes of it. `superseded` when somebody else wrote a run meanwhile, `gone`
 * when the crash was erased; nothing is written then. Throws as `processCrash` and `CrashStorage.commitRun` do.
 */
export async function writeRun(
  parts: RunWriterParts,
  stored: StoredCrash,
  message: RunMessage,
  options: { signal: AbortSignal; onStep(step: string): void },
): Promise<ProcessedCrash | 'superseded' | 'gone'> {
  const { processed, record } = await processCrash(parts.pipeline, stored, message, options);
  options.onStep('storing the result');
  return await storeRun(parts, { processed, record, expectedRun: lastRunOf(stored), isSame: false });
}

/** What a run made of a crash, to be written. */
export interface FinishedRun {
  processed: ProcessedCrash;
  record: RunRecord;
  /** The last run that it began with. */
  expectedRun: number;
  /** Left the document as it was, but for the times of the run: only the record is written, and no sink hears of it. */
  isSame: boolean;
}

/** The second half of `writeRun`. */
export async function storeRun(
  parts: RunWriterParts,
  { processed, record, expectedRun, isSame }: FinishedRun,
): Promise<ProcessedCrash | 'superseded' | 'gone'> {
  const { crash_id: crashId } = processed;
  const { run } = record;
  const sinks = isSame ? [] : [...(await parts.sinks())];
  const document = isSame ? null : processed;
  const outcome = await parts.storage.commitRun({ crashId, run, expectedRun, processed: document, record, sinks });
  if (outcome !== 'committed') return outcome;
  parts.onCommitted({ crash: processed, run, record, sinks });
  parts.bus.emit(subjects.crashProcessed, {
    crashId,
    product: String(processed.product ?? ''),
    signature: processed.signature,
    status: processed.status,
  } satisfies CrashEvent);
  return processed;
}

export function lastRunOf({ runs }: StoredCrash): number {
  return runs.at(-1)?.run ?? 0;
}
