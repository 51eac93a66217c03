import type { CrashId } from './crash-id.js';
import type { Lane } from './crash-storage.js';
import type { FieldChange, ProcessingStatus, RuleOutcome, RunRecord } from './processed-crash.js';
import type { JsonValue } from './raw-crash.js';
import { token } from './token.js';
import type { Milliseconds, UnixMillis } from './units.js';

/** A crash that was given up, and why. */
export interface DeadLetter {
  crashId: CrashId;
  run: number;
  since: UnixMillis;
  code: string;
  message: string;
  deliveries: number;
}

/** A rule that is left out until the next start or reload, because it was stopped too often. */
export interface ParkedRule {
  rule: string;
  plugin: string;
  stops: number;
  /** Budget that it exceeded. */
  budget: Milliseconds;
}

/** What a run would do; nothing of it is stored. */
export interface DryRun {
  crashId: CrashId;
  ruleset: string;
  status: ProcessingStatus;
  signature: string;
  /** Of what is stored; null for a crash that was never processed. */
  signatureBefore: string | null;
  /** Of everything, the walk of the dumps with it. */
  duration: Milliseconds;
  stackwalk: RunRecord['stackwalk'];
  rules: RuleOutcome[];
  notes: string[];
  /** What the rules wrote, field by field; null for a field that they removed. */
  patch: Record<string, JsonValue>;
  /** Against what is stored, by name. Values beyond `dryRunValueLimit` are told by their length. */
  changes: FieldChange[];
}

export interface DryRunWish {
  ruleset: string;
  /** Only these rules, on what is stored; all of the ruleset when absent. */
  rules?: readonly string[];
}

/** Most characters of a value's JSON in a dry run. */
export const dryRunValueLimit = 10_000;

/** A rule in its place in a ruleset. */
export interface RuleInOrder {
  id: string;
  plugin: string;
  title: string;
  version: number;
  reads: readonly string[];
  writes: readonly string[];
  budget: Milliseconds;
  /** Times it was stopped in this process; parked beyond `processor.parkAfter`. */
  stops: number;
  isParked: boolean;
}

/** A ruleset as it runs now. */
export interface RulesetInOrder {
  name: string;
  title: string;
  from: 'report' | 'processed';
  rules: RuleInOrder[];
  /** What can't be ordered and is left out. */
  problems: { code: string; message: string; hint: string; rules: string[] }[];
}

/** Asking for crashes to be processed. What is asked for is durable before these resolve. */
export interface CrashProcessing {
  /** Asks for one more run; a deferred or dead crash is processed too. Throws `NotFound CRASH_UNKNOWN`. */
  reprocess(
    id: CrashId,
    wish: { ruleset: string; lane: Lane; reason: RunRecord['reason'] },
  ): Promise<{ crashId: CrashId; run: number }>;
  /** Somebody waits for it: a pending crash goes to the priority lane. False when it is not pending, or there already. */
  prioritise(id: CrashId): Promise<boolean>;
  /** Newest first. */
  deadLetters(limit: number): Promise<DeadLetter[]>;
  /** Tries a dead crash again. Throws `NotFound DEAD_LETTER_UNKNOWN`. */
  replay(id: CrashId): Promise<{ crashId: CrashId; run: number }>;
  /** Takes a dead crash off the list; its report stays, deferred. Throws `NotFound DEAD_LETTER_UNKNOWN`. */
  discard(id: CrashId): Promise<void>;
  /**
   * What a run would do and change; nothing is stored, and no queue is waited for. Runs where rules and walker are.
   * Throws `NotFound CRASH_UNKNOWN | RULESET_UNKNOWN | RULE_UNKNOWN`, `Unavailable PROCESSOR_MISSING` when no processor
   * is there to try it.
   */
  dryRun(id: CrashId, wish: DryRunWish, signal: AbortSignal): Promise<DryRun>;
  /** Each ruleset with its rules in order, as a processor has loaded them. Throws `Unavailable PROCESSOR_MISSING`. */
  describeRulesets(): Promise<RulesetInOrder[]>;
  /** Names of the rulesets that `reprocess` takes. */
  rulesets(): string[];
  /** Of this process; empty where rules have not run yet. */
  parkedRules(): ParkedRule[];
}
export const CrashProcessing = token<CrashProcessing>('core.crashProcessing');
