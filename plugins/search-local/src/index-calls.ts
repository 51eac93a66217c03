/**
 * What may be asked of an index, in data that can be sent to another thread: crashes come as rows, queries checked.
 */
import type { CrashId, SearchStatus, Suggestion } from '@faultline/sdk';
import type { CheckedQuery, CheckedSuggest } from '@faultline/sdk/search';
import type { SearchResult } from '@faultline/sdk/search-query';

/** Crashes on their way into the index. */
export interface RowBatch {
  /** JSON of `LoggedRow[]`; as it goes to the log, and one text is the cheapest thing to send. */
  rows: string;
  /** Hashes of the definitions that the rows were made by, by field. */
  hashes: ReadonlyMap<string, string>;
}

export interface IndexAnswer extends Pick<SearchResult, 'total' | 'rows' | 'cursor' | 'facets'> {
  /** Crashes of the days that the query's dates touch. */
  indexed: number;
}

export interface IndexStatus extends Omit<SearchStatus, 'days'> {
  /** Crashes by day. */
  rowsByDay: ReadonlyMap<string, number>;
  isDamaged: boolean;
  /** Bytes in memory for string tables, word indexes and cached columns. */
  memory: number;
}

export interface IndexCalls {
  /** Adds or replaces crashes; durable and found on return. A run that is not newer than what is there is skipped. */
  index(batch: RowBatch): Promise<void>;
  /** On return nothing of these crashes can be found, or is on disk. */
  remove(request: { ids: readonly CrashId[] }): Promise<void>;
  search(query: CheckedQuery, signal?: AbortSignal): Promise<IndexAnswer>;
  suggest(request: CheckedSuggest, signal?: AbortSignal): Promise<Suggestion[]>;
  status(request: Record<string, never>): Promise<IndexStatus>;
  /** Newest indexed run of each crash; null for one that is not indexed. */
  runsOf(request: { ids: readonly CrashId[] }): Promise<(number | null)[]>;
  idsOfDay(request: { day: string }): Promise<CrashId[]>;
  /** By day, fields that some segment indexed by another definition. */
  outdated(request: { hashes: ReadonlyMap<string, string> }): Promise<Map<string, string[]>>;
  /** Indexes the fields of `hashes` again in the segments of a day; `rows` have just these fields' values. */
  refill(request: RowBatch & { day: string }): Promise<void>;
  /** Writes what is in memory to segments. */
  flush(request: Record<string, never>): Promise<void>;
  /** Begins a new index beside this one. Throws `Conflict SEARCH_REBUILD_RUNNING`. */
  beginRebuild(request: { startedAt: string; total: number | null }): Promise<void>;
  /** Crashes for the new index. */
  takeRebuilt(batch: RowBatch): Promise<void>;
  /** Puts the new index in place of the old one. */
  finishRebuild(request: Record<string, never>): Promise<void>;
  /** Throws away what was built. */
  dropRebuild(request: Record<string, never>): Promise<void>;
}

export type IndexCall = keyof IndexCalls;
export type CallRequest<K extends IndexCall> = Parameters<IndexCalls[K]>[0];
export type CallAnswer<K extends IndexCall> = Awaited<ReturnType<IndexCalls[K]>>;

/** An index, wherever it is. */
export interface IndexPort {
  ask<K extends IndexCall>(call: K, request: CallRequest<K>, signal?: AbortSignal): Promise<CallAnswer<K>>;
  close(): Promise<void>;
}

/** Makes a call by its name. */
export function dispatch(
  index: IndexCalls,
  call: IndexCall,
  request: unknown,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  // The name and the request come from one typed `ask`.
  const method = index[call] as (request: unknown, signal?: AbortSignal) => Promise<unknown>;
  return method.call(index, request, signal);
}
