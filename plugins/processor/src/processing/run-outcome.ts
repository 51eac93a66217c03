import type { JsonValue, ProcessedCrash, ProcessingStatus, RuleOutcome } from '@faultline/sdk';
import type { FieldPatch } from '@faultline/sdk/processing-rule';

/** Fields that differ with every run and say nothing of what changed. */
const timesOfRun: ReadonlySet<string> = new Set(['started_datetime', 'completed_datetime', 'date_processed']);

/** `failed` without a signature, `partial` when anything that should have run did not end well. */
export function statusOf(run: {
  signature: string;
  outcomes: readonly RuleOutcome[];
  isWalked: boolean;
}): ProcessingStatus {
  if (run.signature === '') return 'failed';
  const isWhole = run.isWalked && run.outcomes.every(({ outcome }) => outcome === 'written' || outcome === 'skipped');
  return isWhole ? 'complete' : 'partial';
}

export function withChanges(processed: ProcessedCrash, changes: FieldPatch): ProcessedCrash {
  const next: ProcessedCrash = { ...processed, ...changes };
  for (const [field, value] of Object.entries(changes)) if (value === undefined) Reflect.deleteProperty(next, field);
  return next;
}

/** Names of fields that two runs differ in, sorted; empty for a first run. */
export function changedFields(
  before: Readonly<Record<string, JsonValue | undefined>> | null,
  after: ProcessedCrash,
): string[] {
  if (before === null) return [];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !timesOfRun.has(name) && differs(before[name], after[name])).sort();
}

/** Of two values of a field, as JSON; what no rule touched is the same object. */
function differs(before: JsonValue | undefined, after: JsonValue | undefined): boolean {
  return before !== after && JSON.stringify(before) !== JSON.stringify(after);
}
