import type { JsonValue, ProcessedCrash, RawCrash, ReportIdentity } from '@faultline/sdk';
import type { ProcessingRule, RuleInput } from '@faultline/sdk/processing-rule';
import { sampleRawCrash } from '@faultline/testing';

/** What a rule gets, from the few facts that a test is about. */
export function ruleInput(facts: {
  annotations?: Record<string, JsonValue>;
  identity?: Partial<ReportIdentity>;
  json?: object;
  processed?: Record<string, JsonValue>;
  fields?: RuleInput['fields'];
  raw?: Partial<RawCrash>;
}): RuleInput {
  const sample = sampleRawCrash();
  const none: ReportIdentity = { product: '', version: '', channel: '', processType: '', platform: '', install: '' };
  const raw: RawCrash = {
    ...sample,
    submittedTimestamp: '2026-11-22T12:00:00.500Z',
    annotations: facts.annotations ?? {},
    parts: [],
    ...facts.raw,
    metadata: { ...sample.metadata, identity: { ...none, ...facts.identity } },
  };
  const processed: ProcessedCrash = {
    crash_id: raw.crashId,
    status: 'complete',
    submitted_timestamp: raw.submittedTimestamp,
    started_datetime: raw.submittedTimestamp,
    completed_datetime: raw.submittedTimestamp,
    signature: '',
    ...(facts.json === undefined ? {} : { json_dump: facts.json as JsonValue }),
    ...facts.processed,
  };
  return { crashId: raw.crashId, raw, processed, fields: facts.fields ?? [] };
}

/** Runs one rule as the processor would; checks that it writes only what it declares. */
export async function run(rule: ProcessingRule, facts: Parameters<typeof ruleInput>[0]) {
  const input = ruleInput(facts);
  if (rule.applies?.(input) === false) return { patch: {}, notes: [], applied: false };
  const { patch = {}, notes = [] } = await rule.apply(input);
  const declared = new Set([...rule.writes, ...input.fields.map((field) => field.name)]);
  for (const name of Object.keys(patch)) {
    if (!declared.has(name)) throw new Error(`${rule.id} writes ${name} without declaring it`);
  }
  return { patch, notes, applied: true };
}
