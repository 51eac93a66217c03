import type { CrashId } from './crash-id.js';
import type { JsonValue } from './raw-crash.js';
import type { Milliseconds } from './units.js';

/** `partial`: something failed and is named in the run's record; `failed`: not even a signature. */
export type ProcessingStatus = 'complete' | 'partial' | 'failed';

/**
 * A processed crash: one flat document in snake_case, whose keys are those of the field dictionary. The keys named
 * here are what the host itself reads; every other key is owned by the rule that writes it.
 */
export interface ProcessedCrash {
  crash_id: CrashId;
  status: ProcessingStatus;
  /** ISO 8601, UTC. */
  submitted_timestamp: string;
  started_datetime: string;
  completed_datetime: string;
  signature: string;
  product?: string;
  version?: string;
  [field: string]: JsonValue | undefined;
}

/** What one rule did in one run. No private data: error classes, never their messages. */
export interface RuleOutcome {
  rule: string;
  version: number;
  outcome: 'written' | 'skipped' | 'failed' | 'timed-out' | 'parked';
  duration: Milliseconds;
  /** Fields it wrote. */
  fields: string[];
  notes: string[];
  errorClass?: string;
}

/** A field that a run changes; absent where it is not there. */
export interface FieldChange {
  field: string;
  before?: JsonValue;
  after?: JsonValue;
}

/** Most characters of a value's JSON in a run's `values`. */
export const keptValueLimit = 2_000;

/** One processing run, kept for ever beside the crash. */
export interface RunRecord {
  run: number;
  ruleset: string;
  reason: 'received' | 'reprocess' | 'reconciled' | 'symbols' | 'priority';
  started: string;
  completed: string;
  status: ProcessingStatus;
  signature: string;
  stackwalk: { tool: string; version: string; status: string; duration: Milliseconds } | null;
  rules: RuleOutcome[];
  notes: string[];
  /** Fields that differ from the run before, by name; empty for the first. */
  changed: string[];
  /**
   * What stood in the changed fields, and what stands there now; long values by their length. Protected like the fields
   * themselves. Absent in records of before this was kept, and in those of a first run.
   */
  values?: FieldChange[];
  host: string;
}
