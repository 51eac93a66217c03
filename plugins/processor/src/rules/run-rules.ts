import type { ProcessedCrash, RuleOutcome } from '@faultline/sdk';
import { isFaultlineError } from '@faultline/sdk/errors';
import type { FieldPatch, ProcessingRule, RuleInput, RuleResult } from '@faultline/sdk/processing-rule';
import { checkPatch, deepFreeze } from './patch-check.js';
import { expandFields } from './rule-facts.js';

const noteLimit = 100;
const noteLength = 1000;

export interface RulesInput extends Omit<RuleInput, 'processed' | 'parts'> {
  processed: ProcessedCrash;
  /** Of all rules; each sees those that it asked for. */
  parts?: ReadonlyMap<string, Uint8Array>;
}

export interface RulesResult {
  /** Fields with their last value; undefined for removed ones. */
  changes: FieldPatch;
  outcomes: RuleOutcome[];
}

/** Told before and after each rule, so that somebody outside can see which is at work. */
export interface RuleWatch {
  begin(index: number): void;
  end(): void;
  /** Milliseconds of any clock that does not go back. */
  time(): number;
}

/** Runs rules in the order given. A rule that throws is recorded, and the rest goes on. */
export async function runRules(
  rules: readonly ProcessingRule[],
  input: RulesInput,
  watch: RuleWatch,
): Promise<RulesResult> {
  const { parts = new Map<string, Uint8Array>(), ...facts } = input;
  deepFreeze(facts);
  const result: RulesResult = { changes: {}, outcomes: [] };
  let processed = input.processed;
  for (const [index, rule] of rules.entries()) {
    const start = watch.time();
    watch.begin(index);
    try {
      const answer = await runRule(rule, { ...facts, processed, parts: partsOf(rule, parts) });
      const patch = answer === null ? {} : (answer.patch ?? {});
      const fields = Object.keys(patch);
      if (fields.length > 0) {
        Object.assign(result.changes, patch);
        processed = withPatch(processed, patch);
      }
      const notes = notesOf(answer);
      const outcome = answer === null ? 'skipped' : 'written';
      result.outcomes.push({ ...factsOfOutcome(rule, watch.time() - start), outcome, fields, notes });
    } catch (error) {
      const errorClass = errorClassOf(error);
      const facts = factsOfOutcome(rule, watch.time() - start);
      result.outcomes.push({ ...facts, outcome: 'failed', fields: [], notes: [], errorClass });
    } finally {
      watch.end();
    }
  }
  return result;
}

/** Null when it does not apply. */
async function runRule(rule: ProcessingRule, input: RuleInput): Promise<RuleResult | null> {
  Object.freeze(input);
  if (rule.applies?.(input) === false) return null;
  // A rule without TypeScript may forget to return.
  const answer: RuleResult | null | undefined = await rule.apply(input);
  const patch = answer?.patch ?? {};
  checkPatch(patch, expandFields(rule.writes, input.fields));
  return { ...answer, patch: deepFreeze(patch) };
}

function partsOf(
  { parts = [] }: ProcessingRule,
  all: ReadonlyMap<string, Uint8Array>,
): ReadonlyMap<string, Uint8Array> {
  return new Map([...all].filter(([name]) => parts.includes(name)));
}

function withPatch(processed: ProcessedCrash, patch: FieldPatch): ProcessedCrash {
  const next = { ...processed, ...patch };
  for (const [field, value] of Object.entries(patch)) if (value === undefined) Reflect.deleteProperty(next, field);
  return Object.freeze(next);
}

function factsOfOutcome(rule: ProcessingRule, duration: number) {
  return { rule: rule.id, version: rule.version, duration: Math.round(duration * 1000) / 1000 };
}

function notesOf(answer: RuleResult | null): string[] {
  return (answer?.notes ?? []).slice(0, noteLimit).map((note) => String(note).slice(0, noteLength));
}

/** The class only: messages may hold private data. */
function errorClassOf(error: unknown): string {
  if (isFaultlineError(error)) return error.code;
  return error instanceof Error ? error.constructor.name : typeof error;
}
