import type { AnnotationField, JsonValue, RuleModuleReference } from '@faultline/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RulesConfig } from '../../../plugins/rules/src/config.ts';
import { SignatureConfig } from '../../../plugins/signature/src/config.ts';
import { makeRulesProgram } from './rules-program.ts';
import { eventually, startProcessor, submit } from './start-processor.ts';

const megabyte = 'x'.repeat(1_048_576);
const nested = (depth: number): string =>
  depth === 0 ? '"the end"' : JSON.stringify({ inner: nested(depth - 1).slice(0, 20_000) });
const deep = (depth: number): JsonValue => {
  let value: JsonValue = 'the end';
  for (let level = 0; level < depth; level++) value = [value];
  return value;
};

/** Fields of every type, each from an annotation of its own. */
const types = ['string', 'keyword', 'integer', 'number', 'boolean', 'date', 'list', 'object', 'stored'];
const fields: AnnotationField[] = types.map((type) => ({ name: `bad_${type}`, type, annotation: `Bad${type}` }));

const hostile: [string, JsonValue][] = [
  ['strings of 1 MB', megabyte],
  ['numbers beyond 2^53', '9007199254740993'],
  ['numbers beyond any', '9'.repeat(500)],
  ['the year 40000', '+040000-01-01T00:00:00Z'],
  ['seconds in the year 40000', '1200000000000'],
  ['JSON in strings in JSON', nested(6)],
  ['lists 5,000 levels deep', '['.repeat(5000) + ']'.repeat(5000)],
  ['values 500 levels deep', deep(500)],
  ['half a surrogate', '\ud800'],
  ['NUL and control characters', '\u0000\u0001\u001b[31m'],
  ['other types than text', { a: [1, null, true, { b: 2 ** 60 }] }],
];

describe('The processor, given', () => {
  let maker: Awaited<ReturnType<typeof makeRulesProgram>>;
  let modules: RuleModuleReference[];
  let subject: Awaited<ReturnType<typeof startProcessor>> | undefined;
  beforeAll(async () => {
    maker = await makeRulesProgram();
    modules = [
      await maker.ownRules('rules', RulesConfig.parse({})),
      await maker.ownRules('signature', SignatureConfig.parse({})),
    ];
  });
  afterAll(async () => {
    await subject?.stop();
    await maker.remove();
  });

  it.each(hostile)('%s in any annotation, makes a whole crash of it', async (name, value) => {
    subject ??= await startProcessor({ program: maker.program, modules, fields });
    const { storage } = subject;
    const known = [
      'ProductName',
      'Version',
      'CrashTime',
      'InstallTime',
      'StartupTime',
      'JavaStackTrace',
      'Breadcrumbs',
    ];
    const more = ['JavaException', 'BuildID', 'UptimeTS', 'AdapterVendorID', 'URL', 'Email', 'ModuleSignatureInfo'];
    const names = [...known, ...more, ...fields.map(({ annotation }) => annotation)];
    const annotations = Object.fromEntries(names.map((name) => [name, value]));
    const began = performance.now();
    const id = await submit(
      subject,
      hostile.findIndex(([one]) => one === name),
      { annotations },
    );
    await eventually(async () => expect((await storage.load(id))?.runs).toHaveLength(1));
    const stored = await storage.load(id);
    const failed = stored?.runs[0]?.rules.filter(({ outcome }) => !['written', 'skipped'].includes(outcome));
    expect(failed).toEqual([]);
    expect(stored?.processed?.status).toBe('complete');
    expect(JSON.parse(JSON.stringify(stored?.processed))).toEqual(stored?.processed);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('a rule that loops for ever: stopped at its budget, parked after three times, and shown so', async () => {
    const loop = await maker.module(
      'wild',
      ['wild/loop'],
      "export default { rules: () => [rule('wild/loop', () => { while (true) {} }, { budget: 60 })] };",
    );
    const looping = await startProcessor({
      program: maker.program,
      modules: [...modules, loop],
      config: { concurrency: 1 },
    });
    const outcomes: string[] = [];
    for (let seed = 0; seed < 4; seed++) {
      const id = await submit(looping, seed);
      await eventually(async () => expect((await looping.storage.load(id))?.runs).toHaveLength(1));
      const stored = await looping.storage.load(id);
      const rule = stored?.runs[0]?.rules.find(({ rule }) => rule === 'wild/loop');
      outcomes.push(`${stored?.processed?.status} ${rule?.outcome}`);
    }
    expect(outcomes).toEqual(['partial timed-out', 'partial timed-out', 'partial timed-out', 'partial parked']);
    const [ruleset] = await looping.processing.describeRulesets();
    expect(ruleset?.rules.find(({ id }) => id === 'wild/loop')).toMatchObject({ stops: 3, isParked: true, budget: 60 });
    expect(looping.processing.parkedRules()).toMatchObject([{ rule: 'wild/loop', stops: 3 }]);
    await looping.stop();
  });
});
