import type { CrashId } from './crash-id.js';
import type { Lane } from './crash-storage.js';
import type { RunRecord } from './processed-crash.js';
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
  /** Names of the rulesets that `reprocess` takes. */
  rulesets(): string[];
  /** Of this process; empty where rules have not run yet. */
  parkedRules(): ParkedRule[];
}
export const CrashProcessing = token<CrashProcessing>('core.crashProcessing');
