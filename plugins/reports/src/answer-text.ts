/**
 * A large answer as JSON in pieces, with pauses between them: a hundred thousand buckets as one text would hold up
 * everything else for a tenth of a second.
 */
import { setImmediate } from 'node:timers/promises';
import type { SearchAnswer, SearchBucket, SearchFacet } from '@faultline/sdk/api';

/** Buckets of an answer, the ones inside counted, that are made into one text in a few milliseconds. */
const few = 5_000;
/** Characters of a piece. */
const pieceLength = 64 * 1024;

/** Whether an answer is better sent by `answerText`. */
export function isLargeAnswer({ facets }: Pick<SearchAnswer, 'facets'>): boolean {
  return bucketsIn(facets, 0) > few;
}

/** The text that `JSON.stringify` gives. */
export async function* answerText({ facets, ...rest }: SearchAnswer): AsyncGenerator<string> {
  let text = `${JSON.stringify(rest).slice(0, -1)},"facets":`;
  for (const part of facetsText(facets)) {
    text += part;
    if (text.length < pieceLength) continue;
    yield text;
    text = '';
    await setImmediate();
  }
  yield `${text}}`;
}

function* facetsText(facets: Readonly<Record<string, SearchFacet>>): Generator<string> {
  let before = '{';
  for (const [name, { buckets, ...rest }] of Object.entries(facets)) {
    yield `${before}${JSON.stringify(name)}:`;
    before = ',';
    const closing = JSON.stringify(rest).slice(1);
    yield '{"buckets":[';
    let separator = '';
    for (const bucket of buckets) {
      yield separator;
      yield* bucketText(bucket);
      separator = ',';
    }
    yield `],${closing}`;
  }
  yield before === '{' ? '{}' : '}';
}

function* bucketText(bucket: SearchBucket): Generator<string> {
  if (bucket.facets === undefined || bucketsIn(bucket.facets, 0) <= few) {
    yield JSON.stringify(bucket);
    return;
  }
  const { facets, ...rest } = bucket;
  yield `${JSON.stringify(rest).slice(0, -1)},"facets":`;
  yield* facetsText(facets);
  yield '}';
}

/** Counts on from `counted`, and no further than it has to. */
function bucketsIn(facets: Readonly<Record<string, SearchFacet>>, counted: number): number {
  let count = counted;
  for (const { buckets } of Object.values(facets)) {
    count += buckets.length;
    for (const { facets: inside } of buckets) {
      if (count > few) return count;
      if (inside !== undefined) count = bucketsIn(inside, count);
    }
  }
  return count;
}
