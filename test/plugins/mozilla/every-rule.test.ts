/**
 * The rules of socorro.md section 4.4, gaps done right included, as the whole ruleset makes it. Rules 5 and 12 belong to
 * the stack walker (test/plugins/stackwalk, test/plugins/processor).
 */
import { samplePart } from '@faultline/testing';
import { describe, expect, it } from 'vitest';
import { decideIdentity } from '../../../plugins/collector/src/identity.js';
import { ruleInput } from '../rules/rule-input.js';
import { runAllRules } from './all-rules.js';
import { ruleTable, type Facts } from './rule-table.js';

async function processed({ annotations = {}, json, parts = {}, betas = {}, checksums = {} }: Facts) {
  const { identity } = decideIdentity(new Map(Object.entries(annotations)), new Map(), () => '');
  const raw = { parts: Object.entries(parts).map(([name, bytes]) => samplePart(name, bytes)) };
  const input = ruleInput({ annotations, identity, raw, ...(json === undefined ? {} : { json }) });
  input.raw.metadata.dump_checksums = checksums;
  const { changes, outcomes } = await runAllRules({
    raw: input.raw,
    start: input.processed,
    parts: new Map(Object.entries(parts)),
    betas,
  });
  expect(outcomes.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  return { ...input.processed, ...changes, notes: outcomes.flatMap(({ notes }) => notes).join('\n') };
}

describe('Rules of socorro.md section 4.4', () => {
  it('all have a table', () => {
    const numbers = new Set(Object.keys(ruleTable).map((name) => Number.parseInt(name, 10)));
    const elsewhere = [5, 12];
    const missing = Array.from({ length: 50 }, (_, index) => index + 1).filter((number) => !numbers.has(number));
    expect(missing).toEqual(elsewhere);
  });
});

describe.each(Object.entries(ruleTable))('Rule %s', (_, rows) => {
  it.each(rows)('%s', async (_what, facts, fields, note) => {
    const document: Record<string, unknown> = await processed(facts);
    expect(Object.fromEntries(Object.keys(fields).map((field) => [field, document[field]]))).toEqual(fields);
    if (note !== undefined) expect(document['notes']).toMatch(note);
  });
});
