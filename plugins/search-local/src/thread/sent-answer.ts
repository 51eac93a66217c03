/**
 * An answer of the index on its way to the host. JSON takes a third of the time that cloning objects takes, and its
 * pieces are read with pauses: a hundred thousand values at once would hold up every post for a quarter of a second.
 */
import type { FacetBucket, FacetResult, SearchRow } from '@faultline/sdk/search-query';
import type { IndexAnswer } from '../index-calls.js';
import { Turns } from '../query/turns.js';

export interface SentAnswer {
  /** JSON of the answer without its rows, and with facets without buckets. */
  frame: string;
  /** JSON of rows, a list a piece. */
  rows: string[];
  /** JSON of a facet's buckets, a list a piece. */
  buckets: { facet: string; pieces: string[] }[];
}

/** Values (rows, buckets and the buckets inside) of a piece, about: a millisecond or two to read. */
const pieceSize = 2_000;
const rowsOfPiece = 200;

export async function sentAnswer({ rows, facets, ...rest }: IndexAnswer, turns: Turns): Promise<SentAnswer> {
  const frame = { ...rest, rows: [], facets: {} as Record<string, FacetResult> };
  const sent: SentAnswer = { frame: '', rows: [], buckets: [] };
  for (let at = 0; at < rows.length; at += rowsOfPiece) {
    sent.rows.push(JSON.stringify(rows.slice(at, at + rowsOfPiece)));
    await turns.next();
  }
  for (const [name, facet] of Object.entries(facets)) {
    if (!('buckets' in facet)) {
      frame.facets[name] = facet;
      continue;
    }
    frame.facets[name] = { ...facet, buckets: [] };
    const pieces: string[] = [];
    for (const buckets of portions(facet.buckets)) {
      pieces.push(JSON.stringify(buckets));
      await turns.next();
    }
    sent.buckets.push({ facet: name, pieces });
  }
  sent.frame = JSON.stringify(frame);
  return sent;
}

export async function receivedAnswer({ frame, rows, buckets }: SentAnswer): Promise<IndexAnswer> {
  const answer = JSON.parse(frame) as IndexAnswer;
  const turns = new Turns();
  for (const piece of rows) {
    answer.rows.push(...(JSON.parse(piece) as SearchRow[]));
    await turns.next();
  }
  for (const { facet: name, pieces } of buckets) {
    const facet = answer.facets[name];
    if (facet === undefined || !('buckets' in facet)) continue;
    for (const piece of pieces) {
      facet.buckets.push(...(JSON.parse(piece) as FacetBucket[]));
      await turns.next();
    }
  }
  return answer;
}

function* portions(buckets: readonly FacetBucket[]): Generator<FacetBucket[]> {
  let portion: FacetBucket[] = [];
  let size = 0;
  for (const bucket of buckets) {
    portion.push(bucket);
    size += valuesIn(bucket);
    if (size < pieceSize) continue;
    yield portion;
    portion = [];
    size = 0;
  }
  if (portion.length > 0) yield portion;
}

/** A bucket and all inside of it. */
function valuesIn({ facets }: FacetBucket): number {
  let count = 1;
  if (facets === undefined) return count;
  for (const facet of Object.values(facets)) {
    if ('buckets' in facet) for (const bucket of facet.buckets) count += valuesIn(bucket);
  }
  return count;
}
