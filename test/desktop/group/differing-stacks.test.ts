import { describe, expect, it } from 'vitest';
import { differingStacks } from '../../../desktop/renderer/src/group/differing-stacks.js';

describe('stacks of a group that differ', () => {
  it('are shown from where they part, the most frequent first', () => {
    const found = differingStacks([
      { stack: 'crash | decode | open', count: 2 },
      { stack: 'crash | decode | play | main', count: 9 },
    ]);
    expect(found.same).toEqual(['crash', 'decode']);
    expect(found.ways.map(({ rest, count }) => [rest, count])).toEqual([
      ['play | main', 9],
      ['open', 2],
    ]);
  });

  it('part nowhere when there is one alone, or none', () => {
    expect(differingStacks([{ stack: 'crash | decode', count: 1 }])).toMatchObject({
      same: [],
      ways: [{ rest: 'crash | decode' }],
    });
    expect(differingStacks([])).toEqual({ same: [], ways: [] });
  });
});
