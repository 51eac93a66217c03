import { searchBounds } from '@faultline/sdk/search';
import type { FacetRequest, SearchFilter, SearchQuery } from '@faultline/sdk/search-query';
import { expect, it } from 'vitest';
import { randomCrashes } from './random-crashes.js';
import { comparable, everything, type SearchTrial } from './search-trial.js';

/** What is wrong with a query, beyond a bound, or not for the caller. */
export function describeRefusing(trial: SearchTrial): void {
  const { both, search } = trial;

  it('answers for protected fields as for ones that do not exist', async () => {
    await both(randomCrashes(5, 4).map((crash) => ({ crash, run: 1 })));
    const uses: Partial<SearchQuery>[] = [
      { filter: { kind: 'field', field: 'url', operator: 'exists' } },
      { columns: ['url'] },
      { sort: [{ field: 'url', direction: 'asc' }] },
      { facets: [{ kind: 'terms', name: 'u', field: 'url', size: 1 }] },
    ];
    for (const query of uses) {
      await expect(search(query)).resolves.toBeDefined();
      await expect(search(query, false)).rejects.toMatchObject({ kind: 'Malformed', code: 'SEARCH_FIELD_UNKNOWN' });
    }
  });

  it('names what is wrong with a query', async () => {
    const condition = (field: string, operator: string, value?: unknown) =>
      ({ filter: { kind: 'field', field, operator, value } }) as Partial<SearchQuery>;
    await expect(search(condition('nope', 'is', 'x'))).rejects.toMatchObject({ code: 'SEARCH_FIELD_UNKNOWN' });
    await expect(search(condition('product', 'gt', 'x'))).rejects.toMatchObject({ code: 'SEARCH_OPERATOR_INVALID' });
    await expect(search(condition('uptime', 'is', 'x'))).rejects.toMatchObject({ code: 'SEARCH_VALUE_INVALID' });
    await both(randomCrashes(5, 5).map((crash) => ({ crash, run: 1 })));
    await expect(search(condition('product', 'regex', '(('))).rejects.toMatchObject({
      code: 'SEARCH_VALUE_INVALID',
    });
    const huge = [{ kind: 'terms' as const, name: 'a', field: 'product', size: 20_000 }];
    await expect(search({ facets: huge })).rejects.toMatchObject({
      kind: 'TooLarge',
      code: 'SEARCH_TOO_LARGE',
      details: { bound: 10_000 },
    });
  });

  it('says the bound that a query goes beyond', async () => {
    await both(randomCrashes(20, 15).map((crash) => ({ crash, run: 1 })));
    const condition: SearchFilter = { kind: 'field', field: 'product', operator: 'is', value: 'Fenix' };
    const conditions = (count: number): SearchFilter => ({ kind: 'any', filters: Array(count).fill(condition) });
    const deep = Array.from({ length: 100 }).reduce<SearchFilter>((filter) => ({ kind: 'not', filter }), condition);
    const terms = (name: string, size: number, facets: FacetRequest[] = []): FacetRequest => ({
      kind: 'terms',
      name,
      field: 'signature',
      size,
      facets,
    });
    const beyond: [Partial<SearchQuery>, number][] = [
      [{ filter: conditions(5_000) }, searchBounds.filters],
      [{ filter: deep }, searchBounds.filterDepth],
      [{ filter: { ...condition, value: 'x'.repeat(100_000) } }, searchBounds.value],
      [{ limit: 1_000_000 }, searchBounds.rows],
      [{ columns: Array<string>(1_000).fill('product') }, searchBounds.columns],
      [{ sort: Array(20).fill({ field: 'product', direction: 'asc' }) as SearchQuery['sort'] }, searchBounds.sort],
      [{ facets: Array.from({ length: 200 }, (_, index) => terms(`f${index}`, 1)) }, searchBounds.facets],
      [{ facets: [terms('a', 10_000, [terms('b', 10_000)])] }, searchBounds.nestedBuckets],
      [
        { facets: [terms('a', 1, [terms('b', 1, [terms('c', 1, [terms('d', 1, [terms('e', 1)])])])])] },
        searchBounds.facetDepth,
      ],
    ];
    for (const [query, bound] of beyond) {
      await expect(search(query)).rejects.toMatchObject({
        kind: 'TooLarge',
        code: 'SEARCH_TOO_LARGE',
        details: { bound },
      });
    }
    const inside = { filter: conditions(1_000), facets: [terms('a', 10_000)] };
    const expected = await trial.naive.search({ ...everything, ...inside }, { mayViewProtected: true });
    expect(comparable(await search(inside))).toEqual(comparable(expected));
  });
}
