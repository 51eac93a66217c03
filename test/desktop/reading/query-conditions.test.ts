import { describe, expect, it } from 'vitest';
import { formOf, queryOf } from '../../../desktop/renderer/src/reading/query-conditions.js';

describe('a query as lines of a form', () => {
  it('has a line for each condition, with its sign, operator and plain value', () => {
    const query = 'signature:~"On \\"Message\\"" -version:=1.0 uptime:>=5 hang:*';
    const form = formOf(query);
    expect(form).toEqual({
      conditions: [
        { field: 'signature', operator: '~', value: 'On "Message"', isExcluded: false },
        { field: 'version', operator: '=', value: '1.0', isExcluded: true },
        { field: 'uptime', operator: '>=', value: '5', isExcluded: false },
        { field: 'hang', operator: '*', value: '', isExcluded: false },
      ],
      rest: '',
    });
    expect(queryOf(form)).toBe(query);
  });

  it('keeps what it has no line for as it is written', () => {
    for (const query of ['a:1 OR b:2', '(a:1 b:2)', 'date:2026-01-01..2026-02-01', 'decode "two words"', 'a:(x, y)']) {
      expect(queryOf(formOf(query))).toBe(query);
      expect(formOf(query).rest).toBe(query);
    }
  });

  it('takes OR inside quotes for a word', () => {
    expect(formOf('reason:="THIS OR (THAT)"').conditions).toHaveLength(1);
  });

  it('leaves a line out that has no value yet', () => {
    const conditions = [{ field: 'signature', operator: '~' as const, value: '', isExcluded: false }];
    expect(queryOf({ conditions, rest: 'decode' })).toBe('decode');
  });
});
