import { readFileSync } from 'node:fs';
import type { JsonValue, ProcessedCrash, ProcessingRule, RawCrash, RuleResult } from '@faultline/sdk';
import { builtInLists } from '@faultline/signature';
import { describe, expect, it } from 'vitest';
import { SignatureConfig } from '../../../plugins/signature/src/config.js';
import { signatureFields } from '../../../plugins/signature/src/fields.js';
import { loadSteps } from '../../../plugins/signature/src/load-steps.js';
import rulesModule from '../../../plugins/signature/src/rules.js';
import { signatureRule } from '../../../plugins/signature/src/signature-rule.js';

const raw: RawCrash = {
  crashId: '00000000-0000-0000-0000-000000261123',
  submittedTimestamp: '2026-11-23T00:00:00.000Z',
  annotations: {},
  metadata: {
    payload: 'multipart',
    payload_compressed: '0',
    payload_size: 0,
    collector_notes: [],
    dump_checksums: {},
    user_agent: '',
    throttle_rule: '',
    identity: { product: '', version: '', channel: '', processType: '', platform: '', install: '' },
  },
  parts: [],
};

async function run(rule: ProcessingRule, fields: Partial<ProcessedCrash>): Promise<RuleResult> {
  const processed: ProcessedCrash = {
    crash_id: raw.crashId,
    status: 'complete',
    submitted_timestamp: raw.submittedTimestamp,
    started_datetime: '',
    completed_datetime: '',
    signature: '',
    ...fields,
  };
  return rule.apply({ crashId: raw.crashId, raw, processed, fields: [] });
}

const json_dump: JsonValue = {
  crash_info: { type: 'EXCEPTION_STACK_OVERFLOW', crashing_thread: 1 },
  system_info: { os: 'Windows NT' },
  threads: [
    { frames: [] },
    { frames: [{ module: 'NTDLL.dll' }, { function: 'memcpy' }, { function: 'app::save(int)' }] },
  ],
};
const rule = signatureRule({ lists: builtInLists(), ruleset: 'default', products: { Gecko: 'socorro' } });

describe('signatureRule', () => {
  it('signs the walked dump of a processed crash and says why', async () => {
    const { patch } = await run(rule, { json_dump });
    expect(patch).toMatchObject({
      signature: 'stackoverflow | memcpy | app::save',
      proto_signature: 'ntdll.dll | memcpy | app::save',
    });
    expect(patch?.['signature_explanation']).toMatchObject({
      steps: [{ rule: 'SignatureGenerationRule' }, { rule: 'StackOverflowSignature' }],
      frames: [
        { name: 'ntdll.dll', verdict: 'skipped', entry: { file: 'built-in/irrelevant' } },
        { name: 'memcpy', verdict: 'prefixed', entry: { file: 'built-in/prefix' } },
        { name: 'app::save', verdict: 'kept' },
      ],
    });
    expect(JSON.parse(JSON.stringify(patch?.['signature_explanation']))).toEqual(patch?.['signature_explanation']);
  });

  it('signs a report without a dump by its Java stack, and one with nothing at all', async () => {
    expect((await run(rule, { java_stack_trace: 'a.B: x\n\tat c.D.e(F.java:1)' })).patch).toMatchObject({
      signature: 'a.B: x at c.D.e(F.java)',
      proto_signature: undefined,
    });
    const { patch, notes } = await run(rule, { mdsw_status_string: 'NoDump' });
    expect(patch).toMatchObject({ signature: 'EMPTY: no frame data available; NoDump' });
    expect(notes).toHaveLength(1);
  });

  it('uses the ruleset of the product', async () => {
    const ipc = { json_dump, ipc_channel_error: 'Bad' };
    expect((await run(rule, { ...ipc, product: 'Gecko' })).patch).toMatchObject({
      signature: 'stackoverflow | IPCError-content | Bad',
    });
    expect((await run(rule, { ...ipc, product: 'constructor' })).patch).toMatchObject({
      signature: 'stackoverflow | memcpy | app::save',
    });
  });

  it('signs twice the same', async () => {
    expect(await run(rule, { json_dump })).toEqual(await run(rule, { json_dump }));
  });
});

describe('steps of other plugins', () => {
  const step = (source: string, more: object = {}) => ({
    id: 'kettle/steps',
    title: '',
    module: `data:text/javascript,${encodeURIComponent(source)}`,
    ...more,
  });
  const marking = (text: string) =>
    `export default { name: 'Mark', applies: () => true, apply: (input) => ({ signature: ${text} + input.signature }) };`;
  const signed = async (steps: Parameters<typeof loadSteps>[0], fields: Partial<ProcessedCrash> = {}) => {
    const loaded = await loadSteps(steps);
    const own = signatureRule({ lists: builtInLists(), ruleset: 'default', products: {}, steps: loaded });
    const { patch, notes = [] } = await run(own, { json_dump, ...fields });
    return { signature: patch?.['signature'], notes };
  };

  it('run in their place, for their products', async () => {
    const { signature } = await signed([]);
    expect(await signed([step(marking("'m | '"))])).toEqual({ signature: `m | ${String(signature)}`, notes: [] });
    const own = [step(marking("'m | '"), { products: ['Kettle'] })];
    expect((await signed(own)).signature).toBe(signature);
    expect((await signed(own, { product: 'Kettle' })).signature).toBe(`m | ${String(signature)}`);
    // What makes a signature fit for its field comes after them.
    expect(String((await signed([step(marking("'x'.repeat(300)"))])).signature)).toHaveLength(255);
  });

  it('that throw or can’t be loaded are noted, and the signature is made without them', async () => {
    const { signature } = await signed([]);
    const throwing = "export default { name: 'T', applies: () => true, apply: () => { throw new Error('no') } };";
    expect(await signed([step(throwing)])).toEqual({ signature, notes: ['T: Rule failed: no'] });
    expect(await signed([step('export default 5')])).toEqual({
      signature,
      notes: ['kettle/steps: could not be loaded: its default export is no signature rule'],
    });
    expect((await signed([step('}{')])).notes).toEqual(['kettle/steps: could not be loaded: SyntaxError']);
  });
});

describe('the manifest of the signature plugin', () => {
  const { faultline } = JSON.parse(readFileSync('plugins/signature/package.json', 'utf8')) as {
    faultline: { contributes: Record<string, { id: string }[]> };
  };

  it('lists what is contributed', async () => {
    const rules = await rulesModule.rules(SignatureConfig.parse({}), null);
    const ids = (values: readonly { id: string }[] | undefined) => values?.map(({ id }) => id);
    expect(ids(faultline.contributes['ProcessingRule'])).toEqual(ids(rules));
    expect(ids(faultline.contributes['FieldDefinition'])).toEqual(ids(signatureFields));
  });

  it('writes only declared fields', () => {
    const declared = new Set(signatureFields.map(({ id }) => id));
    expect(rule.writes.filter((field) => !declared.has(field))).toEqual([]);
  });
});
