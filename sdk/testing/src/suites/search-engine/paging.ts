import type { SearchQuery, SearchResult } from '@faultline/sdk/search-query';
import { expect, it } from 'vitest';
import { randomCrashes } from './random-crashes.js';
import { everything, type SearchTrial } from './search-trial.js';

/** Cursors. */
export function describePaging(trial: SearchTrial): void {
  const { both, search } = trial;

  it('pages through all rows without a wall, each once, though more arrive meanwhile', async () => {
    await both(randomCrashes(120, 2).map((crash) => ({ crash, run: 1 })));
    const sort: SearchQuery['sort'] = [
      { field: 'product', direction: 'desc' },
      { field: 'uptime', direction: 'asc' },
    ];
    const expected = (await trial.naive.search({ ...everything, sort, limit: 1000 }, { mayViewProtected: true })).rows;
    const seen: unknown[] = [];
    let cursor: string | null = null;
    do {
      const page: SearchResult = await search({ sort, limit: 7, cursor });
      seen.push(...page.rows.map((row) => row['crash_id']));
      cursor = page.cursor;
      await trial.subject.settle?.();
    } while (cursor !== null);
    expect(seen).toEqual(expected.map((row) => row['crash_id']));
  });

  it('refuses a cursor that is forged or of another search', async () => {
    await both(randomCrashes(30, 3).map((crash) => ({ crash, run: 1 })));
    const { cursor } = await search({ limit: 5 });
    expect(cursor).not.toBeNull();
    const refused = { kind: 'Malformed', code: 'SEARCH_CURSOR_INVALID' };
    await expect(search({ limit: 5, cursor: 'bm9uc2Vuc2U' })).rejects.toMatchObject(refused);
    await expect(search({ limit: 5, cursor: '' })).rejects.toMatchObject(refused);
    const other = { limit: 5, cursor, sort: [{ field: 'product', direction: 'asc' as const }] };
    await expect(search(other)).rejects.toMatchObject(refused);
  });
}
