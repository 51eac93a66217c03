import type { FieldDictionary } from '@faultline/sdk';
import { afterEach, beforeEach, describe, vi } from 'vitest';
import { describeHostileValues } from './search-engine/hostile-values.js';
import { describePaging } from './search-engine/paging.js';
import { describeRandomQueries } from './search-engine/random-queries.js';
import { describeRefusing } from './search-engine/refusing.js';
import { SearchTrial, suiteDictionary, type SearchEngineUnderTest } from './search-engine/search-trial.js';
import { describeSuggesting } from './search-engine/suggesting.js';
import { describeUpdating } from './search-engine/updating.js';

export { searchSuiteFields, type SearchEngineUnderTest } from './search-engine/search-trial.js';

export interface SearchSuiteOptions {
  /** Milliseconds that one test may take; more for an engine behind a network. */
  timeout?: number;
}

/**
 * What every search engine promises, with random queries compared with the naive engine's answers.
 * @param make an empty engine over these fields; called for every test
 */
export function describeSearchEngine(
  name: string,
  make: (fields: FieldDictionary) => Promise<SearchEngineUnderTest>,
  { timeout = 30_000 }: SearchSuiteOptions = {},
): void {
  describe(`${name} as a SearchEngine`, () => {
    vi.setConfig({ testTimeout: timeout, hookTimeout: timeout });
    const trial = new SearchTrial();
    beforeEach(async () => trial.begin(await make(suiteDictionary)));
    afterEach(() => trial.subject.close());

    describeUpdating(trial);
    describePaging(trial);
    describeSuggesting(trial);
    describeRefusing(trial);
    describeHostileValues(trial);
    describeRandomQueries(trial);
  });
}
