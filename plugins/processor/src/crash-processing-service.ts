import { processMessageId, subjects } from '@faultline/sdk';
import type {
  Bus,
  Clock,
  CrashId,
  CrashProcessing,
  CrashStorage,
  DeadLetter,
  DryRun,
  DryRunWish,
  Lane,
  ParkedRule,
  PendingMark,
  RulesetInOrder,
  RunRecord,
} from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import type { DryRuns } from './processing/dry-runs.js';

export interface CrashProcessingOptions {
  storage: CrashStorage;
  bus: Bus;
  clock: Clock;
  rulesets: ReadonlyMap<string, unknown>;
  parkedRules(): ParkedRule[];
  dryRuns: DryRuns;
}

/** Writes the wish first, then tells the queue: a message that is lost is found by the reconciler. */
export class QueuedCrashProcessing implements CrashProcessing {
  constructor(private readonly options: CrashProcessingOptions) {}

  async reprocess(
    id: CrashId,
    wish: { ruleset: string; lane: Lane; reason: RunRecord['reason'] },
  ): Promise<{ crashId: CrashId; run: number }> {
    if (!this.options.rulesets.has(wish.ruleset)) {
      throw new FaultlineError('Malformed', 'RULESET_UNKNOWN', `There is no ruleset "${wish.ruleset}".`, {
        hint: `Rulesets here: ${this.rulesets().join(', ')}.`,
      });
    }
    const stored = await this.options.storage.load(id);
    if (stored === null) throw unknownCrash(id);
    const run = (stored.runs.at(-1)?.run ?? 0) + 1;
    await this.ask({ ...wish, crashId: id, run, since: this.options.clock.now(), state: 'pending' });
    return { crashId: id, run };
  }

  async prioritise(id: CrashId): Promise<boolean> {
    const mark = (await this.options.storage.load(id))?.pending ?? null;
    if (mark?.state !== 'pending' || mark.lane === 'priority') return false;
    await this.ask({ ...mark, lane: 'priority', since: this.options.clock.now() });
    return true;
  }

  async deadLetters(limit: number): Promise<DeadLetter[]> {
    const letters: DeadLetter[] = [];
    for await (const { crashId, run, since, error } of this.options.storage.pending({ states: ['dead'] })) {
      letters.push({ crashId, run, since, ...(error ?? { code: 'UNKNOWN', message: '', deliveries: 0 }) });
    }
    return letters.sort((a, b) => b.since - a.since).slice(0, limit);
  }

  async replay(id: CrashId): Promise<{ crashId: CrashId; run: number }> {
    const { error: _, ...mark } = await this.deadMark(id);
    await this.ask({ ...mark, state: 'pending', since: this.options.clock.now() });
    return { crashId: id, run: mark.run };
  }

  async discard(id: CrashId): Promise<void> {
    const mark = await this.deadMark(id);
    await this.options.storage.setPending({ ...mark, state: 'deferred' });
  }

  dryRun(id: CrashId, wish: DryRunWish, signal: AbortSignal): Promise<DryRun> {
    return this.options.dryRuns.dryRun(id, wish, signal);
  }

  describeRulesets(): Promise<RulesetInOrder[]> {
    return this.options.dryRuns.describeRulesets();
  }

  rulesets(): string[] {
    return [...this.options.rulesets.keys()];
  }

  parkedRules(): ParkedRule[] {
    return this.options.parkedRules();
  }

  private async ask(mark: PendingMark): Promise<void> {
    const { storage, bus, clock } = this.options;
    if (!(await storage.setPending(mark))) throw unknownCrash(mark.crashId);
    const { crashId, run, lane, ruleset, reason } = mark;
    // The same run may be asked for again within the bus's window: after a replay, or with another ruleset.
    const messageId = `${processMessageId(crashId, run, lane)}/${clock.now()}`;
    await bus.publish(subjects.process(lane), messageId, { crashId, run, ruleset, reason });
  }

  private async deadMark(id: CrashId): Promise<PendingMark> {
    const mark = (await this.options.storage.load(id))?.pending ?? null;
    if (mark?.state === 'dead') return mark;
    throw new FaultlineError('NotFound', 'DEAD_LETTER_UNKNOWN', `${id} is not among the dead letters.`);
  }
}

function unknownCrash(id: CrashId): FaultlineError {
  return new FaultlineError('NotFound', 'CRASH_UNKNOWN', `There is no crash ${id}.`);
}
