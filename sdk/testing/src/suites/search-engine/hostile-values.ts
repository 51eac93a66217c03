import type { SearchOperator } from '@faultline/sdk/search-query';
import { expect, it } from 'vitest';
import { randomCrashes } from './random-crashes.js';
import { everything, type SearchTrial } from './search-trial.js';

/** Values that would mean something to another program, and dates beyond reason. */
export function describeHostileValues(trial: SearchTrial): void {
  const { both, search } = trial;

  it('takes an expression that would explode, and any text as a text', async () => {
    const [first, second] = randomCrashes(2, 16);
    const hostile = "'; DROP TABLE crashes; --<script>alert(1)</script>\u0000%_*?\\";
    await both([
      { crash: { ...first!, signature: `${'a'.repeat(5_000)}!` }, run: 1 },
      { crash: { ...second!, signature: hostile }, run: 1 },
    ]);
    const found = async (operator: SearchOperator, value: string): Promise<number> =>
      (await search({ filter: { kind: 'field', field: 'signature', operator, value } })).total;
    expect(await found('regex', '(a+)+(a|aa)+$')).toBe(0);
    expect(await found('regex', '(a|a)*!')).toBe(1);
    for (const operator of ['is', 'contains', 'starts', 'ends'] as const)
      expect(await found(operator, hostile)).toBe(1);
    expect(await found('contains', '%_*?')).toBe(1);
    expect(await found('is', '%')).toBe(0);
  });

  it('finds nothing between dates that are reversed or far away, and refuses what is no date', async () => {
    await both(randomCrashes(10, 17).map((crash) => ({ crash, run: 1 })));
    expect((await search({ from: everything.to, to: everything.from })).total).toBe(0);
    expect((await search({ from: '9000-01-01T00:00:00Z', to: '9999-12-31T00:00:00Z' })).total).toBe(0);
    expect((await search({ from: '0001-01-01T00:00:00Z', to: '9999-12-31T00:00:00Z' })).total).toBe(10);
    await expect(search({ from: '2026-13-45' })).rejects.toMatchObject({ code: 'SEARCH_VALUE_INVALID' });
  });
}
