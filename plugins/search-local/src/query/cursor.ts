/**
 * Where a page ended: the sort values and the id of its last row, bound by a hash to the filter, dates and sort that
 * they belong to. Pages go on from values, not from an offset, so there is no wall and new crashes shift nothing.
 */
import { createHash } from 'node:crypto';
import { searchMistake, type CheckedQuery } from '@faultline/sdk/search';
import { z } from 'zod';

const Cursor = z.strictObject({
  v: z.literal(1),
  /** Of the query. */
  q: z.string(),
  values: z.array(z.union([z.string(), z.number()]).nullable()),
  id: z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
});

/** Sort values are texts, numbers (dates in milliseconds), or null for missing. */
export interface PagePosition {
  values: (string | number | null)[];
  id: string;
}

export function encodeCursor(position: PagePosition, query: CheckedQuery): string {
  return Buffer.from(JSON.stringify({ v: 1, q: queryHash(query), ...position })).toString('base64url');
}

/** Throws `Malformed SEARCH_CURSOR_INVALID`. */
export function decodeCursor(query: CheckedQuery): PagePosition | null {
  if (query.cursor === null) return null;
  const cursor = Cursor.safeParse(parse(query.cursor));
  if (!cursor.success) throw invalid('This is not a cursor of a search.');
  const { q, values, id } = cursor.data;
  if (q !== queryHash(query)) throw invalid('The cursor belongs to another search.');
  const fits = query.sort.every(({ field }, index) => {
    const isText = field.type === 'string' || field.type === 'keyword';
    const value = values[index];
    return value === null || typeof value === (isText ? 'string' : 'number');
  });
  if (!fits || values.length !== query.sort.length) throw invalid('This is not a cursor of this search.');
  return { values, id };
}

function queryHash({ filter, from, to, sort }: CheckedQuery): string {
  const order = sort.map(({ field, direction }) => `${direction} ${field.id}`);
  const bound = JSON.stringify({ filter, from, to, order });
  return createHash('sha256').update(bound).digest('base64url').slice(0, 22);
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor.slice(0, 400_000), 'base64url').toString());
  } catch {
    // Not JSON: refused by the schema like any other text.
    return null;
  }
}

function invalid(message: string): Error {
  return searchMistake('SEARCH_CURSOR_INVALID', message, { place: 'cursor' }, 'Start again from the first page.');
}
