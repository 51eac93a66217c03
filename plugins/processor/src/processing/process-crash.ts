import { fieldChanges, keptValueLimit } from '@faultline/sdk';
import type {
  Clock,
  CrashId,
  CrashStorage,
  ProcessedCrash,
  ProcessMessage,
  RunRecord,
  Stackwalker,
  StoredCrash,
} from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import type { FieldPatch } from '@faultline/sdk/processing-rule';
import type { RulesetFacts } from '../rules/known-rulesets.js';
import type { RulesRunner } from '../worker/rules-runner.js';
import { changedFields, statusOf, withChanges } from './run-outcome.js';
import { walkDumps } from './walk-dumps.js';
import type { WalkedDumps } from './walk-dumps.js';

export interface Pipeline {
  clock: Clock;
  rules: RulesRunner;
  storage: Pick<CrashStorage, 'openPart'>;
  rulesets: ReadonlyMap<string, RulesetFacts>;
  /** The one that is in use now. */
  walker(): Stackwalker | null;
  host: string;
}

export interface ProcessOptions {
  signal: AbortSignal;
  onStep(step: string): void;
  /** Only these rules of the ruleset; all when absent. Throws `NotFound RULE_UNKNOWN`. */
  only?: readonly string[];
}

/**
 * One run of a ruleset over a crash; nothing is stored. Throws `NotFound RULESET_UNKNOWN`, and what the rules' thread
 * or an aborted walk throws.
 */
export async function processCrash(
  pipeline: Pipeline,
  stored: StoredCrash,
  message: Pick<ProcessMessage, 'run' | 'ruleset'> & { reason: RunRecord['reason'] },
  options: ProcessOptions,
): Promise<{ processed: ProcessedCrash; record: RunRecord; changes: FieldPatch }> {
  const { clock, rules, rulesets } = pipeline;
  const ruleset = rulesets.get(message.ruleset);
  if (ruleset === undefined) {
    throw new FaultlineError('NotFound', 'RULESET_UNKNOWN', `There is no ruleset "${message.ruleset}".`, {
      hint: `Rulesets here: ${[...rulesets.keys()].join(', ')}.`,
    });
  }
  rules.prepare();
  const started = new Date(clock.now()).toISOString();
  // Some rules alone work on what is stored: without the others a fresh document would lack most of its fields.
  const keeps = (ruleset.from === 'processed' || options.only !== undefined) && stored.processed !== null;
  const walked: WalkedDumps = keeps
    ? { fields: {}, record: stored.runs.at(-1)?.stackwalk ?? null, notes: [], isComplete: true }
    : await walkDumps(stored.raw, pipeline.walker(), options);
  options.onStep('applying rules');
  const start = startDocument(keeps ? stored.processed : null, stored, walked, started);
  const { changes, outcomes } = await rules.run({
    raw: stored.raw,
    processed: start,
    ruleset: message.ruleset,
    readPart: (name) => readWhole(pipeline.storage, stored.raw.crashId, name),
    ...(options.only === undefined ? {} : { only: options.only }),
  });
  const processed = withChanges(start, changes);
  processed.status = statusOf({ signature: processed.signature, outcomes, isWalked: walked.isComplete });
  processed.completed_datetime = new Date(clock.now()).toISOString();
  const changed = changedFields(stored.processed, processed);
  const record: RunRecord = {
    run: message.run,
    ruleset: message.ruleset,
    reason: message.reason,
    started,
    completed: processed.completed_datetime,
    status: processed.status,
    signature: processed.signature,
    stackwalk: walked.record,
    rules: outcomes,
    notes: walked.notes,
    changed,
    ...(stored.processed === null
      ? {}
      : { values: fieldChanges(stored.processed, processed, changed, keptValueLimit) }),
    host: pipeline.host,
  };
  return { processed, record, changes };
}

async function readWhole(storage: Pipeline['storage'], id: CrashId, name: string): Promise<Uint8Array | null> {
  const source = await storage.openPart(id, name);
  if (source === null) return null;
  try {
    return await source.read(0, source.size);
  } finally {
    await source.close?.();
  }
}

/** A signature of its own is only what the rules write. */
function startDocument(
  before: ProcessedCrash | null,
  stored: StoredCrash,
  walked: WalkedDumps,
  started: string,
): ProcessedCrash {
  return {
    ...(before ?? { signature: '' }),
    ...walked.fields,
    crash_id: stored.raw.crashId,
    status: 'complete',
    submitted_timestamp: stored.raw.submittedTimestamp,
    started_datetime: started,
    completed_datetime: started,
    signature: before?.signature ?? '',
  };
}
