import type { SearchAnswer, SearchBucket } from '@faultline/sdk/api';
import { describe, expect, it } from 'vitest';
import { answerText, isLargeAnswer } from '../../../plugins/reports/src/answer-text.js';

const buckets = (count: number, inside: SearchBucket[] | null = null): SearchBucket[] =>
  Array.from({ length: count }, (_, at) => ({
    term: at === 0 ? null : `"${at}</script>`,
    count: at,
    ...(inside === null ? {} : { facets: { inner: { buckets: inside, other: 1 } } }),
  }));
const answer = (facets: SearchAnswer['facets']): SearchAnswer => ({
  total: 3,
  rows: [{ crash_id: 'x', 'a,"facets":': '}' }],
  cursor: null,
  facets,
  milliseconds: 1.5,
  completeness: 1,
});

describe('a large answer', () => {
  it.each([
    ['wide', { product: { buckets: buckets(6_000), other: 4 } }],
    [
      'deep',
      { a: { buckets: buckets(1, buckets(1, buckets(5_500))), other: 0 }, b: { buckets: [], other: 0, value: 9 } },
    ],
    ['empty', {}],
  ])('is the text that it would be in one piece: %s', async (_, facets) => {
    const pieces: string[] = [];
    for await (const piece of answerText(answer(facets))) pieces.push(piece);
    expect(JSON.parse(pieces.join(''))).toEqual(answer(facets));
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(300_000);
  });

  it('is one with thousands of buckets, wherever they stand', () => {
    expect(isLargeAnswer(answer({ a: { buckets: buckets(4_000), other: 0 } }))).toBe(false);
    expect(
      isLargeAnswer(answer({ a: { buckets: buckets(2_000), other: 0 }, b: { buckets: buckets(4_000), other: 0 } })),
    ).toBe(true);
    expect(isLargeAnswer(answer({ a: { buckets: buckets(100, buckets(60)), other: 0 } }))).toBe(true);
  });
});
