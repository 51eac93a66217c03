import { sampleProcessed, sampleRawCrash } from '@faultline/testing';
import type { ProcessingRule } from '@faultline/sdk';
import { describe, expect, it } from 'vitest';
import { runRules } from '../../../plugins/processor/src/rules/run-rules.ts';

const raw = sampleRawCrash();

function rule(id: string, apply: ProcessingRule['apply'], facts: Partial<ProcessingRule> = {}): ProcessingRule {
  return { id, title: id, version: 3, reads: [], writes: ['x', 'y'], apply, ...facts };
}

function run(...rules: ProcessingRule[]) {
  const hand: string[] = [];
  let time = 0;
  const watch = {
    begin: (index: number) => void hand.push(`+${index}`),
    end: () => void hand.push('-'),
    time: () => (time += 1.5),
  };
  const input = { crashId: raw.crashId, raw, processed: sampleProcessed(raw.crashId), fields: [] };
  return runRules(rules, input, watch).then((result) => ({ ...result, hand }));
}

describe('Running rules', () => {
  it('gives each rule what earlier ones wrote, and says who wrote what', async () => {
    const seen: unknown[] = [];
    const { changes, outcomes, hand } = await run(
      rule('a', () => ({ patch: { x: 1, y: 'old' }, notes: ['made x'] })),
      rule('b', async ({ processed }) => {
        seen.push(processed['x']);
        return await Promise.resolve({ patch: { y: 'new' } });
      }),
    );
    expect(seen).toEqual([1]);
    expect(changes).toEqual({ x: 1, y: 'new' });
    expect(outcomes).toEqual([
      { rule: 'a', version: 3, duration: 1.5, outcome: 'written', fields: ['x', 'y'], notes: ['made x'] },
      { rule: 'b', version: 3, duration: 1.5, outcome: 'written', fields: ['y'], notes: [] },
    ]);
    expect(hand).toEqual(['+0', '-', '+1', '-']);
  });

  it('removes a field that is patched with undefined, and keeps a null', async () => {
    const seen: unknown[] = [];
    const { changes } = await run(
      rule('a', () => ({ patch: { x: 1 } })),
      rule('b', () => ({ patch: { x: undefined, y: null } })),
      rule('c', ({ processed }) => void seen.push('x' in processed, processed['y']) as never),
    );
    expect(seen).toEqual([false, null]);
    expect(changes).toEqual({ x: undefined, y: null });
  });

  it('skips a rule that does not apply', async () => {
    const { outcomes } = await run(rule('a', () => ({ patch: { x: 1 } }), { applies: () => false }));
    expect(outcomes).toMatchObject([{ outcome: 'skipped', fields: [] }]);
  });

  it('records a rule that throws by its class alone, and goes on', async () => {
    class SecretError extends Error {}
    const { outcomes, changes } = await run(
      rule('a', () => {
        throw new SecretError('user@example.org');
      }),
      rule('b', () => Promise.reject(new TypeError('private'))),
      rule('c', () => {
        throw 'a string';
      }),
      rule('d', () => ({ patch: { x: 1 } })),
    );
    expect(outcomes.map(({ outcome, errorClass }) => [outcome, errorClass])).toEqual([
      ['failed', 'SecretError'],
      ['failed', 'TypeError'],
      ['failed', 'string'],
      ['written', undefined],
    ]);
    expect(JSON.stringify(outcomes)).not.toMatch(/example|private/);
    expect(changes).toEqual({ x: 1 });
  });

  it.each([
    ['a field that it did not declare', { z: 1 }, 'RULE_PATCH_UNDECLARED'],
    ['a field of the host', { crash_id: 'x' }, 'RULE_PATCH_UNDECLARED'],
    ['a function', { x: () => 1 }, 'RULE_PATCH_INVALID'],
    ['NaN', { x: Number.NaN }, 'RULE_PATCH_INVALID'],
    ['a bigint', { x: 1n }, 'RULE_PATCH_INVALID'],
    ['a date', { x: new Date() }, 'RULE_PATCH_INVALID'],
    ['a map', { x: { y: new Map() } }, 'RULE_PATCH_INVALID'],
  ])('refuses a patch with %s, all of it', async (_, patch, code) => {
    const declared = { writes: ['x', 'y', 'crash_id'] };
    const { outcomes, changes } = await run(rule('a', () => ({ patch: { y: 1, ...patch } as never }), declared));
    expect(outcomes).toMatchObject([{ outcome: 'failed', errorClass: code, fields: [] }]);
    expect(changes).toEqual({});
  });

  it('refuses a value that holds itself', async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    const { outcomes } = await run(rule('a', () => ({ patch: { x: cyclic as never } })));
    expect(outcomes).toMatchObject([{ outcome: 'failed', errorClass: 'RULE_PATCH_INVALID' }]);
  });

  it('gives inputs that can’t be changed', async () => {
    const spoil = (spoiling: (input: Parameters<ProcessingRule['apply']>[0]) => void) =>
      rule('a', (input) => {
        spoiling(input);
        return {};
      });
    const { outcomes } = await run(
      spoil(({ raw: given }) => void (given.annotations['ProductName'] = 'Mine')),
      spoil(({ processed }) => void ((processed as { signature: string }).signature = 'mine')),
      spoil((input) => void (input.crashId = 'mine')),
      rule('b', () => ({ patch: { x: { deep: [1] } } })),
      spoil(({ processed }) => void (processed['x'] as { deep: number[] }).deep.push(2)),
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed', 'written', 'failed']);
  });

  it('takes a rule that returns nothing, and bounds its notes', async () => {
    const notes = Array.from({ length: 500 }, () => 'n'.repeat(5000));
    const { outcomes } = await run(
      rule('a', () => undefined as never),
      rule('b', () => ({ notes })),
    );
    expect(outcomes[0]).toMatchObject({ outcome: 'written', fields: [], notes: [] });
    expect(outcomes[1]?.notes).toHaveLength(100);
    expect(outcomes[1]?.notes[0]).toHaveLength(1000);
  });
});
