import type { FacetBucket } from '@faultline/sdk/search-query';
import { expect, it } from 'vitest';
import type { IndexAnswer } from '../../../plugins/search-local/src/index-calls.js';
import { Turns } from '../../../plugins/search-local/src/query/turns.js';
import { receivedAnswer, sentAnswer } from '../../../plugins/search-local/src/thread/sent-answer.js';

const buckets = (count: number, inside = 0): FacetBucket[] =>
  Array.from({ length: count }, (_, at) => ({
    term: at === 3 ? null : `"${at}`,
    count: count - at,
    ...(inside === 0 ? {} : { facets: { inner: { kind: 'terms' as const, buckets: buckets(inside), other: 2 } } }),
  }));

it('an answer of the index arrives as it was, in pieces that take a moment each', async () => {
  const answer: IndexAnswer = {
    total: 70_000,
    rows: Array.from({ length: 450 }, (_, at) => ({ crash_id: String(at), list: ['a', 'b'], missing: null })),
    cursor: null,
    facets: {
      small: { kind: 'terms', buckets: [], other: 1 },
      deep: { kind: 'terms', buckets: buckets(100, 300), other: 7 },
      wide: { kind: 'histogram', buckets: buckets(9_000), other: 0 },
      distinct: { kind: 'cardinality', value: 4 },
      seen: { kind: 'extent', min: 1, max: null },
    },
    indexed: 70_000,
  };
  const sent = await sentAnswer(answer, new Turns());
  expect(sent.rows).toHaveLength(3);
  expect(sent.buckets.map(({ facet, pieces }) => [facet, pieces.length])).toEqual([
    ['small', 0],
    ['deep', 15],
    ['wide', 5],
  ]);
  expect(await receivedAnswer(structuredClone(sent))).toEqual(answer);
});

it('making pieces stops when the asker has gone', async () => {
  const gone = new AbortController();
  const answer: IndexAnswer = {
    total: 1,
    rows: Array.from({ length: 20_000 }, (_, at) => ({ crash_id: String(at), text: 'x'.repeat(2_000) })),
    cursor: null,
    facets: {},
    indexed: 1,
  };
  const sending = sentAnswer(answer, new Turns(gone.signal));
  gone.abort(new Error('gone'));
  await expect(sending).rejects.toThrow('gone');
});
