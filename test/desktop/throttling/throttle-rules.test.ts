import { describe, expect, it } from 'vitest';
import {
  conditionOf,
  conditionRows,
  moved,
  newRule,
  numberOf,
  ruleOfJson,
  rulesOf,
  withField,
} from '../../../desktop/renderer/src/throttling/throttle-rules.js';

describe('the form of throttle rules', () => {
  it('shows each kind of condition as a row, and writes it back as it was', () => {
    const when = [
      { annotation: 'BuildID', olderThanDays: 730 },
      { annotation: 'Telemetry', path: 'a.b', equals: 'x' },
      { annotation: 'Email', present: false },
      { annotation: 'Email', present: true },
      { annotation: 'ReleaseChannel', oneOf: ['beta', 'nightly'] },
      { annotation: 'Version', prefix: '1.' },
      { annotation: 'Notes', matches: '^a' },
    ];
    const rows = conditionRows({ when });
    expect(rows?.map(({ test }) => test)).toEqual([
      'olderThanDays',
      'equals',
      'absent',
      'present',
      'oneOf',
      'prefix',
      'matches',
    ]);
    expect(rows?.map(conditionOf)).toEqual(when);
  });

  it('leaves to JSON what a row would lose', () => {
    const lossy = [
      { annotation: 'A', prefix: '1', matches: '2' },
      { annotation: 'A' },
      { annotation: 'A', oneOf: ['a,b'] },
      { annotation: 'A', oneOf: [' a'] },
      { annotation: 'A', equals: 5 },
      { annotation: 5, equals: 'a' },
    ];
    for (const condition of lossy) expect(conditionRows({ when: [condition] })).toBeNull();
    expect(conditionRows({ when: 'always' })).toBeNull();
    expect(conditionRows({})).toEqual([]);
  });

  it('takes a list of objects for rules and nothing else', () => {
    expect(rulesOf(undefined)).toEqual([]);
    expect(rulesOf([{ id: 'a' }])).toEqual([{ id: 'a' }]);
    expect(rulesOf([['a']])).toBeNull();
    expect(rulesOf({})).toBeNull();
  });

  it('moves a rule by one place and stays at the ends', () => {
    expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
    expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b']);
    expect(moved(['a', 'b'], 1, 1)).toEqual(['a', 'b']);
  });

  it('gives a new rule an id that is free, and no effect', () => {
    expect(newRule([{ id: 'rule_2' }])).toEqual({ id: 'rule_3', when: [], verdict: 'continue' });
  });

  it('keeps what is no number as text, for the server to say so', () => {
    expect(numberOf('12.5')).toBe(12.5);
    expect(numberOf('')).toBe('');
    expect(numberOf('ten')).toBe('ten');
  });

  it('takes a field out when it is empty, and reads a rule from JSON', () => {
    expect(withField({ id: 'a', products: ['x'] }, 'products', undefined)).toEqual({ id: 'a' });
    expect(ruleOfJson('{"id":"a"}')).toEqual({ id: 'a' });
    expect(ruleOfJson('{"id":')).toBeNull();
    expect(ruleOfJson('[]')).toBeNull();
  });
});
