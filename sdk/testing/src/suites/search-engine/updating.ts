import { expect, it } from 'vitest';
import { randomCrashes } from './random-crashes.js';
import { comparable, everything, type SearchTrial } from './search-trial.js';

/** What comes and goes. */
export function describeUpdating(trial: SearchTrial): void {
  const { both, search } = trial;

  it('answers an empty index with nothing', async () => {
    const answer = await search({ facets: [{ kind: 'terms', name: 'p', field: 'product', size: 5 }] });
    expect(answer).toMatchObject({
      total: 0,
      rows: [],
      cursor: null,
      facets: { p: { kind: 'terms', buckets: [], other: 0 } },
      completeness: 1,
    });
  });

  it('finds a crash as soon as index has resolved, and not after remove', async () => {
    const [crash] = randomCrashes(1, 1);
    await trial.subject.engine.index([{ crash: crash!, run: 1 }]);
    expect((await search({})).rows).toHaveLength(1);
    expect((await trial.subject.engine.status()).crashes).toBe(1);
    await trial.subject.engine.remove([crash!.crash_id]);
    expect((await search({})).total).toBe(0);
  });

  it('takes the newest run, whatever the order they come in', async () => {
    const [crash] = randomCrashes(1, 1);
    const named = (signature: string) => ({ ...crash!, signature });
    const columns = ['signature'];
    await trial.subject.engine.index([{ crash: named('first'), run: 1 }]);
    await trial.subject.settle?.();
    await trial.subject.engine.index([{ crash: named('third'), run: 3 }]);
    await trial.subject.engine.index([{ crash: named('second'), run: 2 }]);
    await trial.subject.engine.index([{ crash: named('first'), run: 1 }]);
    expect((await search({ columns })).rows).toEqual([{ crash_id: crash!.crash_id, signature: 'third' }]);
    await trial.subject.settle?.();
    await trial.subject.engine.index([
      { crash: named('fourth'), run: 4 },
      { crash: named('second'), run: 2 },
    ]);
    expect((await search({ columns })).rows).toEqual([{ crash_id: crash!.crash_id, signature: 'fourth' }]);
  });

  it('stops when it is aborted', async () => {
    await both(randomCrashes(50, 6).map((crash) => ({ crash, run: 1 })));
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(trial.subject.engine.search(everything, { mayViewProtected: true, signal })).rejects.toThrow('gone');
  });

  it('is the same after a rebuild', async () => {
    const crashes = randomCrashes(80, 7).map((crash) => ({ crash, run: 1 }));
    await trial.subject.engine.index(randomCrashes(20, 8).map((crash) => ({ crash, run: 1 })));
    await trial.naive.index(crashes);
    await trial.subject.engine.rebuild(stream(crashes), new AbortController().signal);
    const wanted = { ...everything, columns: ['signature', 'modules'] };
    const answer = await trial.subject.engine.search(wanted, { mayViewProtected: true });
    expect(comparable(answer)).toEqual(comparable(await trial.naive.search(wanted, { mayViewProtected: true })));
  });
}

async function* stream<T>(values: readonly T[]): AsyncIterable<T> {
  for (const value of values) {
    await Promise.resolve();
    yield value;
  }
}
