/**
 * All crashes that a search finds, page by page: the next page is asked for when the one before has been taken, so
 * memory stays that of a page or two however slowly the client reads.
 */
import type { SearchEngine } from '@faultline/sdk';
import type { SearchQuery, SearchRow } from '@faultline/sdk/search-query';

/** Values of one page: turning them into text holds up the server for some ten milliseconds. */
const pageValues = 30_000;
const largestPage = 5_000;
const smallestPage = 200;
const day = 86_400_000;
/** Longer ranges are paged through as a whole. */
const mostDays = 4_000;

export interface ExportWish {
  query: SearchQuery;
  /** Rows at most. */
  limit: number;
  mayViewProtected: boolean;
  signal: AbortSignal;
}

export type RowPages = AsyncGenerator<SearchRow[], void, void>;

/**
 * Rows in the order asked for. The first page is found before this resolves, so that a query which is refused is
 * refused in words, not in the middle of a file.
 */
export async function exportRows(engine: SearchEngine, wish: ExportWish): Promise<RowPages> {
  const pages = pagesOf(engine, wish);
  const first = await pages.next();
  return (async function* () {
    if (first.done === true) return;
    yield first.value;
    yield* pages;
  })();
}

async function* pagesOf(engine: SearchEngine, wish: ExportWish): RowPages {
  let left = wish.limit;
  const wanted = Math.floor(pageValues / Math.max(1, wish.query.columns.length));
  const pageSize = Math.min(largestPage, Math.max(smallestPage, wanted));
  for (const query of await slices(engine, wish)) {
    let cursor: string | null = null;
    do {
      wish.signal.throwIfAborted();
      const page: SearchQuery = { ...query, cursor, limit: Math.min(pageSize, left) };
      const { rows, cursor: next } = await engine.search(page, wish);
      if (rows.length > 0) yield rows;
      left -= rows.length;
      cursor = rows.length === 0 ? null : next;
    } while (cursor !== null && left > 0);
    if (left <= 0) return;
  }
}

/**
 * A page costs a look at all of its range. In order of time the days can be asked one by one, which makes the whole
 * cost that of one look.
 */
async function slices(engine: SearchEngine, { query, mayViewProtected, signal }: ExportWish): Promise<SearchQuery[]> {
  const [first, ...others] = query.sort;
  const isByTime = first === undefined || (isTime(first.field) && others.length === 0);
  if (!isByTime) return [query];
  const facets = [{ kind: 'extent' as const, name: 'seen', field: 'submitted_timestamp' }];
  const answer = await engine.search(
    { ...query, limit: 0, columns: query.columns, facets },
    { mayViewProtected, signal },
  );
  const seen = answer.facets['seen'];
  if (seen?.kind !== 'extent' || seen.min === null || seen.max === null) return [{ ...query, to: query.from }];
  const start = Date.parse(String(seen.min));
  const end = Date.parse(String(seen.max)) + 1;
  if (end - start > mostDays * day) return [query];
  const days: SearchQuery[] = [];
  for (let at = start; at < end; at = Math.floor(at / day) * day + day) {
    const to = Math.min(Math.floor(at / day) * day + day, end);
    days.push({ ...query, from: new Date(at).toISOString(), to: new Date(to).toISOString() });
  }
  return first?.direction === 'asc' ? days : days.reverse();
}

function isTime(field: string): boolean {
  return field === 'submitted_timestamp' || field === 'date';
}
