import type {
  AnnotationField,
  FieldPatch,
  JsonValue,
  ProcessedCrash,
  ProcessingRule,
  RawCrash,
  RuleInput,
} from '@faultline/sdk';
import { annotationFields } from '@faultline/sdk/processing-rule';
import { describe, expect, it } from 'vitest';
import { sampleProcessed, sampleRawCrash } from '../sample-report.js';

/** One case of a rule: what it is given, and what it must answer. */
export interface RuleCase {
  /** A sentence of what happens. */
  name: string;
  raw?: Partial<RawCrash>;
  processed?: Partial<ProcessedCrash>;
  fields?: readonly AnnotationField[];
  /** The patch, whole; `null` when the rule must not apply. */
  patch: FieldPatch | null;
  /** The notes, whole; not looked at when absent. */
  notes?: string[];
}

/** Values that clients send where something else is expected. */
const hostile: JsonValue[] = [
  null,
  true,
  '',
  '\u0000',
  'NaN',
  '-1',
  '9'.repeat(400),
  'x'.repeat(100_000),
  -0.5,
  2 ** 60,
  [],
  [null, [[]]],
  {},
  { a: { b: null } },
];

/** What every rule promises, and its own cases. */
export function describeProcessingRule(rule: ProcessingRule, cases: readonly RuleCase[]): void {
  describe(rule.id, () => {
    it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
      const input = inputOf(one);
      if (rule.applies?.(input) === false) {
        expect(one.patch).toBeNull();
        return;
      }
      const answer = await rule.apply(input);
      expect(answer.patch ?? {}).toEqual(one.patch);
      expectDeclared(rule, input, answer.patch ?? {});
      if (one.notes !== undefined) expect(answer.notes ?? []).toEqual(one.notes);
    });

    it('has an id of its plugin, a version, and says what it writes', () => {
      expect(rule.id).toMatch(/^[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*$/);
      expect(rule.version).toBeGreaterThanOrEqual(1);
      expect(new Set(rule.writes).size).toBe(rule.writes.length);
    });

    it('takes any value in any field that it reads, and in any annotation', async () => {
      for (const value of hostile) {
        const reads = rule.reads.filter((name) => name !== annotationFields);
        const processed = Object.fromEntries(reads.map((name) => [name, value]));
        const raw = sampleRawCrash();
        const annotations = Object.fromEntries(namesIn(cases).map((name) => [name, value]));
        const fields = cases.flatMap((one) => one.fields ?? []);
        const input = inputOf({ name: '', patch: null, processed, fields, raw: { ...raw, annotations } });
        if (rule.applies?.(input) === false) continue;
        expectDeclared(rule, input, (await rule.apply(input)).patch ?? {});
      }
    });
  });
}

function inputOf(one: RuleCase): RuleInput {
  const raw = sampleRawCrash(one.raw);
  const input = {
    crashId: raw.crashId,
    raw,
    processed: sampleProcessed(raw.crashId, one.processed),
    fields: one.fields ?? [],
  };
  return freeze(structuredClone(input));
}

function expectDeclared(rule: ProcessingRule, input: RuleInput, patch: FieldPatch): void {
  const copied = rule.writes.includes(annotationFields) ? input.fields.map(({ name }) => name) : [];
  const declared = new Set([...rule.writes, ...copied]);
  expect(Object.keys(patch).filter((field) => !declared.has(field))).toEqual([]);
  expect(JSON.parse(JSON.stringify(patch))).toEqual(withoutUndefined(patch));
}

function withoutUndefined(patch: FieldPatch): FieldPatch {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}

function namesIn(cases: readonly RuleCase[]): string[] {
  return [...new Set(cases.flatMap((one) => Object.keys(one.raw?.annotations ?? {})))];
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}
