/** What hostile or broken clients send, through all general rules and the signature. Each case ends soon, with a document. */
import type { JsonValue } from '@faultline/sdk';
import { builtInLists } from '@faultline/signature';
import { describe, expect, it } from 'vitest';
import { convertAnnotation } from '../../../plugins/rules/src/convert-annotation.js';
import { generalFields } from '../../../plugins/rules/src/index.js';
import { generalRules } from '../../../plugins/rules/src/rules.js';
import { annotationsRule } from '../../../plugins/rules/src/rules/annotations-rule.js';
import { datesRule } from '../../../plugins/rules/src/rules/dates-rule.js';
import { javaRule } from '../../../plugins/rules/src/rules/java-rule.js';
import { truncateStacksRule } from '../../../plugins/rules/src/rules/truncate-stacks-rule.js';
import { signatureRule } from '../../../plugins/signature/src/signature-rule.js';
import { run } from './rule-input.js';

const sign = signatureRule({ lists: builtInLists(), ruleset: 'socorro', products: {} });
const fields = generalFields.flatMap(({ id, type, annotation }) =>
  annotation === undefined ? [] : [{ name: id, type, annotation }],
);

/** Time that one report may take, with a slow machine in mind. */
const patience = 10_000;

async function within(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function deep(levels: number): JsonValue {
  let value: JsonValue = 'end';
  for (let level = 0; level < levels; level++) value = { in: value };
  return value;
}

/** JSON as text inside JSON as text, and so on. */
function nestedText(levels: number): string {
  let text = '"end"';
  for (let level = 0; level < levels; level++) text = JSON.stringify({ in: text });
  return text;
}

describe('annotations that no client should send', () => {
  const values: [string, JsonValue][] = [
    ['null', null],
    ['a boolean', true],
    ['a list', [1, [2, [3]]]],
    ['an object', { a: { b: 'c' } }],
    ['a number beyond 2^53', 2 ** 70],
    ['digits beyond 2^53', '9'.repeat(40)],
    ['a date in the year 40000', '1200000000000'],
    ['NUL characters', 'a\0b'],
    ['lone surrogates', '\ud800x\udfff'],
    ['a text of 1 MB', 'x'.repeat(1_048_576)],
    ['JSON inside strings inside JSON', nestedText(8)],
    ['objects a thousand deep', deep(1_000)],
    ['a prototype', JSON.parse('{"__proto__": {"polluted": true}}') as JsonValue],
    ['unbalanced JSON', '{"a": ['],
  ];

  it.each(values)('%s: every rule ends with a document', async (_, value) => {
    const names = [...new Set(fields.map(({ annotation }) => annotation))];
    const more = ['Breadcrumbs', 'JavaStackTrace', 'JavaException', 'CrashTime', 'Hang', 'ProcessType', '__proto__'];
    const annotations = Object.fromEntries([...names, ...more].map((name) => [name, value]));
    const spent = await within(async () => {
      for (const rule of [...generalRules, sign]) {
        const own = rule === annotationsRule ? { fields } : {};
        await expect(run(rule, { annotations, ...own }), rule.id).resolves.toBeDefined();
      }
    });
    expect(spent).toBeLessThan(patience);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('never round: an integer beyond 2^53 is noted, not stored', () => {
    expect(convertAnnotation('9007199254740993', 'integer')).toEqual({ problem: 'has a non-int value' });
    expect(convertAnnotation(2 ** 60, 'integer')).toEqual({ problem: 'has a non-int value' });
    expect(convertAnnotation('9007199254740991', 'integer')).toEqual({ value: 9007199254740991 });
  });

  it('never make a date of nonsense', async () => {
    for (const time of ['-5', '1e400', 'NaN', '٣٤٥', '0x10', '9'.repeat(400)]) {
      const { patch } = await run(datesRule, {
        annotations: { CrashTime: time, InstallTime: time, StartupTime: time },
      });
      expect(Number.isNaN(Date.parse(String(patch['client_crash_date'])))).toBe(false);
    }
  });
});

describe('Java crashes that no program should make', () => {
  it('ends a chain of causes that goes in a circle', async () => {
    const trace = ['a.B: one', '\tat a.B.c(B.java:1)', 'Caused by: d.E: two', '\tat d.E.f(E.java:2)'];
    const circle = [...trace, '\t[CIRCULAR REFERENCE:a.B: one]', ...trace.slice(1)].join('\n');
    const { patch } = await run(javaRule, { annotations: { JavaStackTrace: circle } });
    expect(patch['java_stack_trace']).toBe('a.B\n\tat a.B.c(B.java:1)');
  });

  it('keeps the first of ten thousand causes', async () => {
    const values = Array.from({ length: 10_000 }, (_, index) => ({
      stacktrace: { type: `E${index}`, module: 'a', frames: [{ function: 'f' }] },
    }));
    const annotations = { JavaException: JSON.stringify({ exception: { values } }) };
    const { patch } = await run(javaRule, { annotations });
    const kept = patch['java_exception'] as { exception: { values: unknown[] } };
    expect(kept.exception.values).toHaveLength(100);
    const signed = await run(sign, { processed: { java_exception: patch['java_exception'] ?? null } });
    expect(signed.patch['signature']).toBe('a.E0: at f');
  });
});

describe('stacks that no program should have', () => {
  const stack = (frames: JsonValue) => ({ crash_info: { crashing_thread: 0 }, threads: [{ frames }] });

  it('signs and cuts ten thousand frames of recursion', async () => {
    const frames = Array.from({ length: 10_000 }, () => ({ function: 'recurse(int)', file: 'a.cpp', line: 1 }));
    const spent = await within(async () => {
      expect((await run(sign, { json: stack(frames) })).patch['signature']).toBe('recurse');
      const { patch } = await run(truncateStacksRule, { json: stack(frames) });
      const cut = patch['json_dump'] as { threads: { frames: { truncated?: { msg: string } }[] }[] };
      expect(cut.threads[0]?.frames).toHaveLength(500);
      expect(cut.threads[0]?.frames[250]?.truncated).toEqual({ msg: '9501 frames truncated' });
    });
    expect(spent).toBeLessThan(patience);
  });

  it.each([
    ['frames without names', [{}, {}, {}], 'EMPTY: no frame data available'],
    ['frames that are no objects', [null, 1, 'x', []], 'EMPTY: no frame data available'],
    ['names that are no texts', [{ function: 5, module: {}, offset: [] }], 'EMPTY: no frame data available'],
    ['no list of frames', 'x', 'EMPTY: no frame data available'],
    ['a name among nameless ones', [{}, { function: 'here' }, {}], 'here'],
    ['a name of 1 MB', [{ function: `${'a'.repeat(1_048_576)}()` }], `${'a'.repeat(252)}...`],
    ['a name of brackets', [{ function: '<'.repeat(100_000) }], '<T>'],
  ])('%s: %#', async (_, frames, signature) => {
    const spent = await within(async () => {
      expect((await run(sign, { json: stack(frames as JsonValue) })).patch['signature']).toBe(signature);
    });
    expect(spent).toBeLessThan(patience);
  });
});
