import { describe, expect, it } from 'vitest';
import { copiedFields } from '../../../plugins/processor/src/rules/rule-facts.ts';
import type { RuleFacts } from '../../../plugins/processor/src/rules/rule-facts.ts';
import { orderRules } from '../../../plugins/processor/src/rules/rule-order.ts';

function rule(id: string, facts: Partial<RuleFacts> = {}): RuleFacts {
  return {
    id,
    plugin: 'p',
    title: '',
    parts: [],
    version: 1,
    reads: [],
    writes: [],
    after: [],
    before: [],
    rulesets: [],
    budget: 1,
    ...facts,
  };
}

const ids = (rules: RuleFacts[], copied: { name: string }[] = []) =>
  orderRules(rules, copied).ordered.map(({ id }) => id);
const codes = (rules: RuleFacts[]) => orderRules(rules, []).problems.map(({ error }) => error.code);

describe('The order of rules', () => {
  it('puts writers of a field before its readers, whatever the order given', () => {
    expect(
      ids([rule('c', { reads: ['y'] }), rule('b', { reads: ['x'], writes: ['y'] }), rule('a', { writes: ['x'] })]),
    ).toEqual(['a', 'b', 'c']);
  });

  it('keeps the order given where nothing else is said', () => {
    expect(ids([rule('z'), rule('a'), rule('m')])).toEqual(['z', 'a', 'm']);
  });

  it('follows after and before, and does not mind rules that are not installed', () => {
    expect(ids([rule('a', { after: ['b', 'missing'] }), rule('b'), rule('c', { before: ['b'] })])).toEqual([
      'c',
      'b',
      'a',
    ]);
  });

  it('lets one rule read and rewrite a field between its first writer and its readers', () => {
    const rules = [
      rule('reader', { reads: ['x'] }),
      rule('rewriter', { reads: ['x'], writes: ['x'] }),
      rule('first', { writes: ['x'] }),
    ];
    expect(ids(rules)).toEqual(['first', 'rewriter', 'reader']);
  });

  it('lets before win over reading', () => {
    const rules = [rule('writer', { writes: ['x'] }), rule('early', { reads: ['x'], before: ['writer'] })];
    expect(ids(rules)).toEqual(['early', 'writer']);
  });

  it('names the rules of a cycle, leaves them out, and orders the rest', () => {
    const rules = [
      rule('a', { reads: ['y'], writes: ['x'] }),
      rule('b', { reads: ['x'], writes: ['y'] }),
      rule('fine'),
    ];
    const { ordered, problems } = orderRules(rules, []);
    expect(ordered.map(({ id }) => id)).toEqual(['fine']);
    expect(problems[0]?.error).toMatchObject({ kind: 'Conflict', code: 'RULE_ORDER_CYCLE' });
    expect(problems[0]?.error.message).toContain('a -> b -> a');
  });

  it('names two writers of one field without an order, and the field', () => {
    const { ordered, problems } = orderRules(
      [rule('a', { writes: ['x'] }), rule('b', { writes: ['x'] }), rule('c')],
      [],
    );
    expect(ordered.map(({ id }) => id)).toEqual(['c']);
    expect(problems[0]?.error).toMatchObject({
      code: 'RULE_WRITERS_UNORDERED',
      details: { field: 'x', rules: ['a', 'b'] },
    });
  });

  it('accepts two writers whose order follows from other rules', () => {
    const rules = [
      rule('b', { writes: ['x'], after: ['m'] }),
      rule('a', { writes: ['x'] }),
      rule('m', { after: ['a'] }),
    ];
    expect(ids(rules)).toEqual(['a', 'm', 'b']);
    expect(codes(rules)).toEqual([]);
  });

  it('finds a rule that waits for itself', () => {
    expect(codes([rule('a', { after: ['a'] })])).toEqual(['RULE_ORDER_CYCLE']);
  });

  it('keeps the first of two rules with one id, and says whose they are', () => {
    const { ordered, problems } = orderRules([rule('a', { version: 1 }), rule('a', { version: 2, plugin: 'q' })], []);
    expect(ordered.map(({ version }) => version)).toEqual([1]);
    expect(problems[0]?.error).toMatchObject({ code: 'RULE_DUPLICATE' });
    expect(problems[0]?.error.message).toMatch(/p and q/);
  });

  it('knows the fields that are copied from annotations by their common name', () => {
    const rules = [
      rule('reader', { reads: ['abort_message'] }),
      rule('own', { writes: ['install_time'] }),
      rule('copier', { writes: ['@annotations'] }),
      rule('any', { reads: ['@annotations'] }),
    ];
    const copied = copiedFields(rules, [{ name: 'abort_message' }, { name: 'install_time' }]);
    expect(copied).toEqual([{ name: 'abort_message' }]);
    expect(ids(rules, copied)).toEqual(['own', 'copier', 'reader', 'any']);
  });

  it('orders two hundred rules of a chain in no time', () => {
    const chain = Array.from({ length: 200 }, (_, n) => rule(`r${n}`, { reads: [`f${n + 1}`], writes: [`f${n}`] }));
    const start = performance.now();
    expect(ids(chain)[0]).toBe('r199');
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
