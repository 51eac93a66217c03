/** Runs that are tried and not stored, in the process that has rules and walker; others ask it over the bus. */
import { dryRunValueLimit, fieldChanges, shortenedValue } from '@faultline/sdk';
import type {
  Bus,
  CrashId,
  CrashStorage,
  DryRun,
  DryRunWish,
  FieldChange,
  JsonValue,
  Milliseconds,
  ProcessedCrash,
  RulesetInOrder,
} from '@faultline/sdk';
import type { Disposer } from '@faultline/sdk';
import { FaultlineError, isFaultlineError } from '@faultline/sdk/errors';
import type { FieldPatch } from '@faultline/sdk/processing-rule';
import { processCrash } from './process-crash.js';
import type { Pipeline } from './process-crash.js';
import { changedFields } from './run-outcome.js';

const dryRunSubject = 'processor.dry-run';
const rulesetsSubject = 'processor.rulesets';
/** A large dump takes its time. */
const patience: Milliseconds = 120_000;

/** What can try runs: here, or in another process. */
export interface DryRuns {
  dryRun(id: CrashId, wish: DryRunWish, signal: AbortSignal): Promise<DryRun>;
  describeRulesets(): Promise<RulesetInOrder[]>;
}

/** In this process. */
export class LocalDryRuns implements DryRuns {
  constructor(
    private readonly pipeline: Pipeline,
    private readonly storage: Pick<CrashStorage, 'load'>,
  ) {}

  async dryRun(id: CrashId, { ruleset, rules }: DryRunWish, signal: AbortSignal): Promise<DryRun> {
    const stored = await this.storage.load(id);
    if (stored === null) throw new FaultlineError('NotFound', 'CRASH_UNKNOWN', `There is no crash ${id}.`);
    const { clock } = this.pipeline;
    const began = clock.monotonic();
    const run = (stored.runs.at(-1)?.run ?? 0) + 1;
    const { processed, record, changes } = await processCrash(
      this.pipeline,
      stored,
      { run, ruleset, reason: 'reprocess' },
      { signal, onStep: () => {}, ...(rules === undefined ? {} : { only: rules }) },
    );
    return {
      crashId: id,
      ruleset,
      status: processed.status,
      signature: processed.signature,
      signatureBefore: stored.processed?.signature ?? null,
      duration: Math.round((clock.monotonic() - began) * 1000) / 1000,
      stackwalk: record.stackwalk,
      rules: record.rules,
      notes: record.notes,
      patch: patchForPeople(changes),
      changes: changesBetween(stored.processed, processed),
    };
  }

  async describeRulesets(): Promise<RulesetInOrder[]> {
    const { rules, rulesets } = this.pipeline;
    const described: RulesetInOrder[] = [];
    for (const [name, { title, from }] of rulesets) {
      described.push({ name, title, from, ...(await rules.describe(name)) });
    }
    return described;
  }

  /** Lets the other processes of the folder ask. */
  answer(bus: Bus, signal: AbortSignal): Disposer {
    const stops = [
      bus.respond<{ id: CrashId; wish: DryRunWish }>(dryRunSubject, ({ id, wish }) => this.dryRun(id, wish, signal)),
      bus.respond(rulesetsSubject, () => this.describeRulesets()),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }
}

/** In whichever process has rules and walker. */
export class RemoteDryRuns implements DryRuns {
  constructor(private readonly bus: Bus) {}

  dryRun(id: CrashId, wish: DryRunWish): Promise<DryRun> {
    return this.ask(dryRunSubject, { id, wish });
  }

  describeRulesets(): Promise<RulesetInOrder[]> {
    return this.ask(rulesetsSubject, {});
  }

  private async ask<Answer>(subject: string, question: object): Promise<Answer> {
    try {
      return await this.bus.request<Answer>(subject, question, patience);
    } catch (error) {
      if (!isFaultlineError(error) || error.code !== 'BUS_NO_RESPONDER') throw error;
      throw new FaultlineError('Unavailable', 'PROCESSOR_MISSING', 'No processor runs on this data folder.', {
        hint: 'Start a server with the role processor.',
        cause: error,
      });
    }
  }
}

/** Against what is stored; every field of a crash that was never processed. */
function changesBetween(before: ProcessedCrash | null, after: ProcessedCrash): FieldChange[] {
  const changed = changedFields(before ?? {}, after);
  return fieldChanges(before ?? {}, after, changed, dryRunValueLimit);
}

function patchForPeople(patch: FieldPatch): Record<string, JsonValue> {
  return Object.fromEntries(
    Object.entries(patch).map(([name, value]) => [name, shortenedValue(value ?? null, dryRunValueLimit)]),
  );
}
