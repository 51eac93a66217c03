/** The crashes that a reprocess is about, in batches; where it stands is plain data, so that a resumed run goes on. */
import type { CrashId, FieldDictionary, SearchEngine, UnixMillis } from '@faultline/sdk';
import { parseCrashId } from '@faultline/sdk/crash-id';
import { parseSearchText, searchFields, submittedRange } from '@faultline/sdk/search';
import type { SearchQuery } from '@faultline/sdk/search-query';
import type { ReprocessParams } from './reprocess-params.js';

/** Where the next batch begins. */
export interface Position {
  /** Ids of the list that are done. */
  index: number;
  /** Of the search. */
  cursor: string | null;
  /** The search's "now", so that "-7d" means the same after a resume and new crashes don't come in for ever. */
  until: UnixMillis;
}

export interface WantedCrash {
  id: CrashId;
  /** Its signature now; null where that must be looked up. */
  signature: string | null;
}

export interface Batch {
  crashes: WantedCrash[];
  /** Ids that are none. */
  malformed: number;
  next: Position;
  isLast: boolean;
  total: number;
}

/** A killed job looks at so many again. */
const batchSize = 500;

export function firstPosition(now: UnixMillis): Position {
  return { index: 0, cursor: null, until: now };
}

export interface CrashFinder {
  fields: FieldDictionary;
  /** Resolved when a search is asked for. Throws where none is. */
  engine(): SearchEngine;
}

/** Throws as `parseSearchText` and `SearchEngine.search` do. */
export async function nextBatch(
  params: ReprocessParams,
  at: Position,
  finder: CrashFinder,
  signal: AbortSignal,
): Promise<Batch> {
  if (params.crashIds !== undefined) return fromList(params.crashIds, at);
  const result = await finder.engine().search(queryOf(params, at, finder.fields), { mayViewProtected: false, signal });
  const crashes = result.rows.map((row) => ({ id: String(row['crash_id']), signature: textOf(row['signature']) }));
  const isLast = result.cursor === null || crashes.length === 0;
  return { crashes, malformed: 0, next: { ...at, cursor: result.cursor }, isLast, total: result.total };
}

/** An id that stands twice in the list is one crash. */
function fromList(listed: readonly string[], at: Position): Batch {
  const all = [...new Set(listed.map((text) => text.trim().replace(/^bp-/i, '').toLowerCase()))];
  const slice = all.slice(at.index, at.index + batchSize);
  const crashes = slice.flatMap((text) => {
    const id = parseCrashId(text);
    return id === null ? [] : [{ id, signature: null }];
  });
  const index = at.index + slice.length;
  return {
    crashes,
    malformed: slice.length - crashes.length,
    next: { ...at, index },
    isLast: index >= all.length,
    total: all.length,
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function queryOf(params: ReprocessParams, at: Position, dictionary: FieldDictionary): SearchQuery {
  const fields = searchFields(dictionary.all(), false);
  const filter = parseSearchText(params.search ?? '', { fields, now: at.until });
  const asked = submittedRange(filter);
  return {
    filter,
    from: params.from ?? asked.from ?? '1970-01-01T00:00:00.000Z',
    to: params.to ?? asked.to ?? new Date(at.until).toISOString(),
    // Oldest first: the order does not change while crashes get new runs.
    sort: [{ field: 'submitted_timestamp', direction: 'asc' }],
    limit: batchSize,
    cursor: at.cursor,
    columns: ['signature'],
    facets: [],
  };
}
