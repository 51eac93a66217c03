import type { PluginCatalog, RuleModuleReference } from '@faultline/sdk';
import { rulePartsLimit } from '@faultline/sdk/processing-rule';
import { MemoryLogger, samplePart, sampleProcessed, sampleRawCrash } from '@faultline/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RulesRunner } from '../../../plugins/processor/src/worker/rules-runner.ts';
import type { RulesJob, RulesRunnerOptions } from '../../../plugins/processor/src/worker/rules-runner.ts';
import { makeRulesProgram } from './rules-program.ts';
import { eventually } from './start-processor.ts';

const raw = sampleRawCrash();
const good = "export default { rules: () => [rule('a/good', () => ({ patch: { a_good: 1 } }))] };";

describe('The rules’ thread', () => {
  let maker: Awaited<ReturnType<typeof makeRulesProgram>>;
  let logger: MemoryLogger;
  let modules: RuleModuleReference[];
  let runner: RulesRunner;
  let onChange: () => void;
  beforeAll(async () => {
    maker = await makeRulesProgram();
  });
  afterAll(() => maker.remove());
  beforeEach(() => {
    logger = new MemoryLogger();
    modules = [];
  });
  afterEach(() => runner.close());

  function start(options: Partial<RulesRunnerOptions> = {}) {
    const catalog: Pick<PluginCatalog, 'ruleModules' | 'preloads' | 'onChange'> = {
      ruleModules: () => modules,
      preloads: () => [],
      onChange: (listener) => {
        onChange = listener;
        return () => {};
      },
    };
    const { program } = maker;
    runner = new RulesRunner({
      program,
      catalog,
      fields: () => [],
      logger,
      parkAfter: 3,
      idleAfter: 60_000,
      ...options,
    });
    return runner;
  }

  const job = (facts: Partial<RulesJob> = {}): RulesJob => ({
    raw,
    processed: sampleProcessed(raw.crashId),
    ruleset: 'default',
    readPart: () => Promise.resolve(null),
    ...facts,
  });
  const run = (ruleset = 'default') => runner.run(job({ ruleset }));
  const outcomes = async () => (await run()).outcomes.map(({ rule, outcome }) => `${rule} ${outcome}`);

  it('runs the rules of all plugins in their order, with their configuration', async () => {
    modules = [
      await maker.module(
        'b',
        ['b/second'],
        "export default { rules: (config) => [rule('b/second', ({ processed }) => ({ patch: { b_second: processed.a_first + config.add } }), { reads: ['a_first'] })] };",
        { add: 5 },
      ),
      await maker.module(
        'a',
        ['a/first'],
        "export default { rules: async () => [rule('a/first', () => ({ patch: { a_first: 2 } }))] };",
      ),
    ];
    start();
    expect(runner.isRunning).toBe(false);
    expect((await run()).changes).toEqual({ a_first: 2, b_second: 7 });
    expect(runner.isRunning).toBe(true);
    expect(await outcomes()).toEqual(['a/first written', 'b/second written']);
  });

  it('runs only the rules of the ruleset', async () => {
    modules = [
      await maker.module(
        'a',
        ['a/x', 'a/y'],
        "export default { rules: () => [rule('a/x', () => ({})), rule('a/y', () => ({}), { rulesets: ['default', 'other'] })] };",
      ),
    ];
    start();
    expect((await run('other')).outcomes.map(({ rule }) => rule)).toEqual(['a/y']);
    expect((await run('unheard-of')).outcomes).toEqual([]);
  });

  it('gives a rule the bytes of the parts that it asked for, and no others', async () => {
    const code = `export default { rules: () => [
      rule('a/sum', ({ parts }) => ({ patch: { a_sum: [...parts].map(([name, bytes]) => [name, bytes.length]) } }), { parts: ['notes', 'gone', 'upload_file_minidump', 'huge'] }),
      rule('a/none', ({ parts }) => ({ patch: { a_none: parts.size } })),
    ] };`;
    modules = [await maker.module('a', ['a/sum', 'a/none'], code)];
    start();
    const asked: string[] = [];
    const readPart = (name: string) => {
      asked.push(name);
      return Promise.resolve(name === 'gone' ? null : Buffer.from('pooled bytes'));
    };
    const huge = { ...samplePart('huge', Buffer.from('x')), size: rulePartsLimit + 1 };
    const parts = ['notes', 'gone', 'upload_file_minidump', 'other'].map((name) => samplePart(name, Buffer.from(name)));
    const result = await runner.run(job({ raw: sampleRawCrash({ parts: [...parts, huge] }), readPart }));
    expect(result.changes).toEqual({ a_sum: [['notes', 12]], a_none: 0 });
    expect(asked).toEqual(['notes', 'gone']);
  });

  it('runs only the rules that are named, and says which it does not know', async () => {
    modules = [
      await maker.module(
        'a',
        ['a/x', 'a/y'],
        "export default { rules: () => [rule('a/x', () => ({ patch: { a_x: 1 } })), rule('a/y', () => ({ patch: { a_y: 1 } }))] };",
      ),
    ];
    start();
    expect((await runner.run(job({ only: ['a/y'] }))).changes).toEqual({ a_y: 1 });
    await expect(runner.run(job({ only: ['a/z'] }))).rejects.toMatchObject({
      code: 'RULE_UNKNOWN',
      hint: 'Its rules: a/x, a/y.',
    });
  });

  it.each([
    ['loops for ever', 'while (true) {}', 'timed-out', 'BudgetExceeded'],
    ['never answers', 'return new Promise(() => {})', 'timed-out', 'BudgetExceeded'],
    ['ends the thread', 'process.exit(1)', 'failed', 'ThreadEnded'],
  ])('goes on without a rule that %s, and parks it after three times', async (_, body, outcome, errorClass) => {
    modules = [
      await maker.module('a', ['a/good'], good),
      await maker.module(
        'bad',
        ['bad/rule'],
        `export default { rules: () => [rule('bad/rule', () => { ${body} }, { budget: 60 })] };`,
      ),
      await maker.module(
        'z',
        ['z/last'],
        "export default { rules: () => [rule('z/last', () => ({ patch: { z_last: true } }))] };",
      ),
    ];
    start();
    for (let time = 0; time < 3; time++) {
      const result = await run();
      expect(result.changes).toEqual({ a_good: 1, z_last: true });
      expect(result.outcomes.map((one) => [one.rule, one.outcome])).toEqual([
        ['a/good', 'written'],
        ['bad/rule', outcome],
        ['z/last', 'written'],
      ]);
      expect(result.outcomes[1]?.errorClass).toBe(errorClass);
    }
    expect(runner.parkedRules()).toEqual([{ rule: 'bad/rule', plugin: 'bad', stops: 3, budget: 60 }]);
    expect(logger.messages('error')).toEqual(['The rule is parked until the next start']);
    expect(await outcomes()).toEqual(['a/good written', 'bad/rule parked', 'z/last written']);
  });

  it('goes on without two rules that loop', async () => {
    modules = [
      await maker.module(
        'bad',
        ['bad/one', 'bad/two', 'bad/fine'],
        "const loop = () => { while (true) {} }; export default { rules: () => [rule('bad/one', loop, { budget: 50 }), rule('bad/two', loop, { budget: 50 }), rule('bad/fine', () => ({}))] };",
      ),
    ];
    start();
    expect(await outcomes()).toEqual(['bad/one timed-out', 'bad/two timed-out', 'bad/fine written']);
  });

  it('survives a promise that nobody awaits and that rejects', async () => {
    modules = [
      await maker.module(
        'bad',
        ['bad/stray'],
        "export default { rules: () => [rule('bad/stray', () => { void Promise.reject(new Error('stray')); return new Promise((done) => setTimeout(() => done({}), 50)); })] };",
      ),
      await maker.module('a', ['a/good'], good),
    ];
    start();
    expect(await outcomes()).toEqual(['bad/stray failed', 'a/good written']);
  });

  it('names modules that can’t be used, and uses the others', async () => {
    modules = [
      await maker.module('throws', ['t/x'], "throw new Error('at load');"),
      await maker.module('empty', ['e/x'], 'export const nothing = 1;'),
      await maker.module('odd', ['o/x'], "export default { rules: () => [{ id: 'o/x' }] };"),
      await maker.module('sly', [], "export default { rules: () => [rule('sly/hidden', () => ({}))] };"),
      await maker.module(
        'short',
        ['short/missing', 'short/there'],
        "export default { rules: () => [rule('short/there', () => ({}))] };",
      ),
      // Nothing at all is no problem: its configuration switches it off.
      await maker.module('off', ['off/x'], 'export default { rules: () => [] };'),
      { plugin: 'gone', module: 'file:///nowhere/rules.mjs', config: {}, rules: [] },
      await maker.module('a', ['a/good'], good),
    ];
    start();
    expect(await outcomes()).toEqual(['short/there written', 'a/good written']);
    expect(
      logger.lines.filter(({ level }) => level === 'error').map(({ facts }) => [facts['rulesOf'], facts['code']]),
    ).toEqual([
      ['throws', 'RULE_MODULE_FAILED'],
      ['empty', 'RULE_MODULE_FAILED'],
      ['odd', 'RULE_MODULE_FAILED'],
      ['sly', 'RULE_UNDECLARED'],
      ['short', 'RULE_MISSING'],
      ['gone', 'RULE_MODULE_FAILED'],
    ]);
  });

  it('leaves out a module that never finishes loading', async () => {
    modules = [
      await maker.module('hangs', ['h/x'], 'while (true) {}'),
      await maker.module('waits', ['w/x'], 'await new Promise(() => {});'),
      await maker.module('a', ['a/good'], good),
    ];
    start({ quietLimit: 2000 });
    expect(await outcomes()).toEqual(['a/good written']);
    expect(logger.lines.map(({ facts }) => facts['rulesOf'])).toEqual(expect.arrayContaining(['hangs']));
  });

  it('names rules that can’t be ordered in each run', async () => {
    modules = [
      await maker.module(
        'a',
        ['a/x', 'a/y'],
        "export default { rules: () => [rule('a/x', () => ({}), { writes: ['same'] }), rule('a/y', () => ({}), { writes: ['same'] })] };",
      ),
      await maker.module('b', ['a/good'], good),
    ];
    start();
    const result = await run();
    expect(result.outcomes.map(({ rule, errorClass }) => [rule, errorClass])).toEqual([
      ['a/good', undefined],
      ['a/x', 'RULE_WRITERS_UNORDERED'],
      ['a/y', 'RULE_WRITERS_UNORDERED'],
    ]);
    expect(logger.messages('error').join()).toContain('both write "same"');
  });

  it('is ended when idle and started again', async () => {
    modules = [await maker.module('a', ['a/good'], good)];
    start({ idleAfter: 50 });
    await run();
    await eventually(() => expect(runner.isRunning).toBe(false));
    expect(await outcomes()).toEqual(['a/good written']);
  });

  it('can be started before it is needed', async () => {
    modules = [await maker.module('a', ['a/good'], good)];
    start();
    runner.prepare();
    runner.prepare();
    await eventually(() => expect(runner.isRunning).toBe(true));
    expect(await outcomes()).toEqual(['a/good written']);
    await runner.close();
    runner.prepare();
    expect(runner.isRunning).toBe(false);
  });

  it('loads changed plugins anew, and forgets what was parked', async () => {
    modules = [
      await maker.module(
        'bad',
        ['bad/rule'],
        "export default { rules: () => [rule('bad/rule', () => { while (true) {} }, { budget: 40 })] };",
      ),
    ];
    start({ parkAfter: 1 });
    expect(await outcomes()).toEqual(['bad/rule timed-out']);
    expect(runner.parkedRules()).toHaveLength(1);
    modules = [await maker.module('a', ['a/good'], good)];
    onChange();
    expect(await outcomes()).toEqual(['a/good written']);
    expect(runner.parkedRules()).toEqual([]);
  });

  it('serves many at once, one after the other', async () => {
    modules = [await maker.module('a', ['a/good'], good)];
    start();
    const results = await Promise.all(Array.from({ length: 100 }, () => run()));
    expect(results.every(({ changes }) => changes['a_good'] === 1)).toBe(true);
  });

  it('refuses work when it is closed, also work that was under way', async () => {
    modules = [
      await maker.module(
        'slow',
        ['s/x'],
        "export default { rules: () => [rule('s/x', () => new Promise((done) => setTimeout(() => done({}), 900)))] };",
      ),
    ];
    start();
    const running = run();
    const waiting = run();
    running.catch(() => {});
    waiting.catch(() => {});
    await eventually(() => expect(runner.isRunning).toBe(true));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await runner.close();
    await expect(running).rejects.toMatchObject({ code: 'RULES_CLOSED' });
    await expect(waiting).rejects.toMatchObject({ code: 'RULES_CLOSED' });
    expect(runner.isRunning).toBe(false);
  });
});
