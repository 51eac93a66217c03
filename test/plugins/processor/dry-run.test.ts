import { FastClock, MemoryBus } from '@faultline/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dryRunText } from '../../../plugins/processor/src/cli/dry-run-text.ts';
import { LocalDryRuns, RemoteDryRuns } from '../../../plugins/processor/src/processing/dry-runs.ts';
import { makeRulesProgram } from './rules-program.ts';
import { eventually, startProcessor, submit } from './start-processor.ts';

const code = `export default { rules: () => [
  rule('t/sign', ({ raw, processed }) => ({ patch: { signature: raw.annotations.Sign + (processed.suffix ?? '') }, notes: ['signed'] }), { writes: ['signature'], reads: ['suffix'], rulesets: ['default', 'regenerate-signature'] }),
  rule('t/suffix', ({ raw }) => ({ patch: { suffix: raw.annotations.Suffix } }), { writes: ['suffix'] }),
  rule('t/long', () => ({ patch: { long: 'x'.repeat(20000), gone: undefined } }), { writes: ['long', 'gone'] }),
] };`;

describe('A dry run', () => {
  let maker: Awaited<ReturnType<typeof makeRulesProgram>>;
  let subject: Awaited<ReturnType<typeof startProcessor>>;
  const never = new AbortController().signal;
  beforeAll(async () => {
    maker = await makeRulesProgram();
  });
  afterAll(() => maker.remove());
  afterEach(() => subject.stop());

  async function start() {
    const modules = [await maker.module('t', ['t/sign', 't/suffix', 't/long'], code)];
    subject = await startProcessor({ program: maker.program, modules });
    const id = await submit(subject, 1, { annotations: { Sign: 'crash', Suffix: ' in app' } });
    await eventually(async () => expect((await subject.storage.load(id))?.runs).toHaveLength(1));
    return id;
  }

  it('says what a run would write and change, and writes nothing', async () => {
    const id = await start();
    const before = await subject.storage.load(id);
    const run = await subject.processing.dryRun(id, { ruleset: 'default' }, never);
    expect(run).toMatchObject({ status: 'complete', signature: 'crash in app', signatureBefore: 'crash in app' });
    expect(run.rules.map(({ rule, outcome }) => `${rule} ${outcome}`)).toEqual([
      't/suffix written',
      't/sign written',
      't/long written',
    ]);
    expect(run.patch).toEqual({
      suffix: ' in app',
      signature: 'crash in app',
      long: '(20002 characters of JSON)',
      gone: null,
    });
    expect(run.changes).toEqual([]);
    expect(await subject.storage.load(id)).toEqual(before);
  });

  it('runs some rules on what is stored, and tells the difference', async () => {
    const id = await start();
    const stored = await subject.storage.load(id);
    const record = stored?.runs[0];
    if (stored?.processed == null || record === undefined) throw new Error('not processed');
    await subject.storage.commitRun({
      crashId: id,
      run: 2,
      expectedRun: 1,
      processed: { ...stored.processed, suffix: ' elsewhere', extra: 1 },
      record: { ...record, run: 2 },
      sinks: [],
    });
    const run = await subject.processing.dryRun(id, { ruleset: 'default', rules: ['t/sign'] }, never);
    expect(run.changes).toEqual([{ field: 'signature', before: 'crash in app', after: 'crash elsewhere' }]);
    expect(run.rules).toHaveLength(1);
    const text = dryRunText(run);
    expect(text).toContain('signature: crash in app -> crash elsewhere');
    expect(text).toContain('note: signed');
    expect(text).toMatch(/- signature = "crash in app"\n {2}\+ signature = "crash elsewhere"/);
  });

  it('names crashes, rulesets and rules that are not there', async () => {
    const id = await start();
    const unknown = '00000000-0000-4000-8000-000000261122';
    await expect(subject.processing.dryRun(unknown, { ruleset: 'default' }, never)).rejects.toMatchObject({
      code: 'CRASH_UNKNOWN',
    });
    await expect(subject.processing.dryRun(id, { ruleset: 'nope' }, never)).rejects.toMatchObject({
      code: 'RULESET_UNKNOWN',
      hint: 'Rulesets here: default, regenerate-signature.',
    });
    await expect(subject.processing.dryRun(id, { ruleset: 'default', rules: ['t/no'] }, never)).rejects.toMatchObject({
      code: 'RULE_UNKNOWN',
    });
  });

  it('is asked of the process that has the rules, with the errors of that process', async () => {
    await start();
    const bus = new MemoryBus(new FastClock(1));
    const remote = new RemoteDryRuns(bus);
    await expect(remote.describeRulesets()).rejects.toMatchObject({ code: 'PROCESSOR_MISSING' });
    const local = new LocalDryRuns(subject.pipeline, subject.storage);
    local.answer(bus, never);
    const [ruleset, regenerate] = await remote.describeRulesets();
    expect(ruleset?.rules.map(({ id, plugin }) => [id, plugin])).toEqual([
      ['t/suffix', 't'],
      ['t/sign', 't'],
      ['t/long', 't'],
    ]);
    expect(regenerate?.rules.map(({ id }) => id)).toEqual(['t/sign']);
    const unknown = '00000000-0000-4000-8000-000000261122';
    await expect(remote.dryRun(unknown, { ruleset: 'default' })).rejects.toMatchObject({
      kind: 'NotFound',
      code: 'CRASH_UNKNOWN',
    });
    await bus.close();
  });
});
