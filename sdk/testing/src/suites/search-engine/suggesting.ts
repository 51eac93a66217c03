import type { SuggestRequest } from '@faultline/sdk';
import { expect, it } from 'vitest';
import { randomCrashes } from './random-crashes.js';
import type { SearchTrial } from './search-trial.js';

/** Values while somebody types. */
export function describeSuggesting(trial: SearchTrial): void {
  const { both } = trial;

  it('suggests values by the words they hold, the most frequent first', async () => {
    await both(randomCrashes(120, 9).map((crash) => ({ crash, run: 1 })));
    const gone = randomCrashes(120, 9).filter(({ signature }) => signature === 'OnMessage');
    await trial.subject.engine.remove(gone.map(({ crash_id }) => crash_id));
    await trial.naive.remove(gone.map(({ crash_id }) => crash_id));
    for (const field of ['signature', 'product', 'modules', 'version']) {
      for (const prefix of [
        '',
        'o',
        'On',
        'mess',
        'message ag',
        'dom mozilla',
        '漢',
        '::',
        'F',
        'lib',
        'zzz',
        "<b>'",
      ]) {
        for (const limit of [1, 3, 100]) {
          const request = { field, prefix, limit };
          const wanted = await trial.naive.suggest(request, { mayViewProtected: true });
          const answer = await trial.subject.engine.suggest(request, { mayViewProtected: true });
          expect(answer, JSON.stringify(request)).toEqual(wanted);
        }
      }
    }
  });

  it('refuses suggestions for what has none, or beyond the bounds', async () => {
    const suggest = (request: Partial<SuggestRequest>, mayViewProtected = true) =>
      trial.subject.engine.suggest({ field: 'signature', prefix: 'a', limit: 5, ...request }, { mayViewProtected });
    await expect(suggest({ field: 'nope' })).rejects.toMatchObject({ code: 'SEARCH_FIELD_UNKNOWN' });
    await expect(suggest({ field: 'url' }, false)).rejects.toMatchObject({ code: 'SEARCH_FIELD_UNKNOWN' });
    await expect(suggest({ field: 'uptime' })).rejects.toMatchObject({ code: 'SEARCH_OPERATOR_INVALID' });
    await expect(suggest({ limit: 0 })).rejects.toMatchObject({ code: 'SEARCH_VALUE_INVALID' });
    await expect(suggest({ limit: 1_000 })).rejects.toMatchObject({ code: 'SEARCH_TOO_LARGE' });
    await expect(suggest({ prefix: 'x'.repeat(10_000) })).rejects.toMatchObject({ code: 'SEARCH_TOO_LARGE' });
  });
}
