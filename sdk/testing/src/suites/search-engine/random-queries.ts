import type { SearchQuery } from '@faultline/sdk/search-query';
import { expect, it } from 'vitest';
import { fractions, randomCrashes } from './random-crashes.js';
import { randomQuery } from './random-query.js';
import { comparable, type SearchTrial } from './search-trial.js';

/** Any query over any crashes has the naive engine's answer. */
export function describeRandomQueries(trial: SearchTrial): void {
  const { both } = trial;

  it.each([11, 12, 13, 14])('answers random queries as the naive engine does (seed %i)', async (seed) => {
    const random = fractions(seed);
    const crashes = randomCrashes(150, seed);
    await both(crashes.slice(0, 60).map((crash) => ({ crash, run: 1 })));
    await trial.subject.settle?.();
    await both(crashes.slice(60).map((crash) => ({ crash, run: 1 })));
    const again = randomCrashes(25, seed + 100);
    const reprocessed = again.map((crash, index) => ({
      crash: { ...crash, crash_id: crashes[index * 4]!.crash_id },
      run: 2,
    }));
    await both(reprocessed);
    const compare = async (query: SearchQuery): Promise<void> => {
      const expected = await trial.naive.search(query, { mayViewProtected: true });
      const answer = await trial.subject.engine.search(query, { mayViewProtected: true });
      expect(comparable(answer), JSON.stringify(query)).toEqual(comparable(expected));
    };
    const queries = Array.from({ length: 140 }, () => randomQuery(random));
    // What an engine keeps of an answer must not outlive what it was made from.
    const asked = queries.slice(0, 30);
    for (const query of asked) await compare(query);
    const gone = crashes.filter(() => random() < 0.1).map(({ crash_id }) => crash_id);
    await trial.subject.engine.remove(gone);
    await trial.naive.remove(gone);
    for (const [round, query] of [...asked, ...queries].entries()) {
      if (round === 75) await trial.subject.settle?.();
      await compare(query);
    }
  });
}
