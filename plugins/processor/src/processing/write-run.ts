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
  /** Told after each written run. */
  onCommitted(run: { crash: ProcessedCrash; run: number; record: RunRecord }): void;
}

/**
 * Runs a ruleset over a crash and writes what comes of it. `superseded` when somebody else wrote a run meanwhile, `gone`
 * when the crash was erased; nothing is written then. Throws as `processCrash` and `CrashStorage.commitRun` do.
 */
export async function writeRun(
  parts: RunWriterParts,
  stored: StoredCrash,
  message: Pick<ProcessMessage, 'run' | 'ruleset'> & { reason: RunRecord['reason'] },
  options: {
    signal: AbortSignal;
    onStep(step: string): void;
    /** Leave what did not change as it is. */ mayKeep?: boolean;
  },
): Promise<ProcessedCrash | 'superseded' | 'gone'> {
  const { pipeline, storage, bus } = parts;
  const { crashId } = stored.raw;
  const { processed, record } = await processCrash(pipeline, stored, message, options);
  options.onStep('storing the result');
  // What was signed again to the same is in the store and with the sinks, but for the times of the run.
  const isSame = options.mayKeep === true && stored.processed !== null && record.changed.length === 0;
  const outcome = await storage.commitRun({
    crashId,
    run: message.run,
    expectedRun: stored.runs.at(-1)?.run ?? 0,
    processed: isSame ? null : processed,
    record,
    sinks: isSame ? [] : [...(await parts.sinks())],
  });
  if (outcome !== 'committed') return outcome;
  parts.onCommitted({ crash: processed, run: message.run, record });
  bus.emit(subjects.crashProcessed, {
    crashId,
    product: String(processed.product ?? ''),
    signature: processed.signature,
    status: processed.status,
  } satisfies CrashEvent);
  return processed;
}
