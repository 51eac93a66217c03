import type { CrashId } from './crash-id.js';
import type { ProcessedCrash } from './processed-crash.js';
import type { SearchQuery, SearchResult } from './search-query.js';
import { token } from './token.js';
import type { Bytes } from './units.js';

export interface SearchStatus {
  crashes: number;
  days: number;
  /** On disk. */
  size: Bytes;
  /** Set while an index is built anew. */
  rebuild: { done: number; total: number | null; startedAt: string } | null;
  /** Newest indexed `completed_datetime`; null when empty. */
  newest: string | null;
}

/** What a person who types may mean. */
export interface SuggestRequest {
  /** A text or list field. */
  field: string;
  /** What has been typed: the last word of it may be the beginning of a word. "" suggests the most frequent values. */
  prefix: string;
  /** 1 to 100. */
  limit: number;
}

export interface Suggestion {
  value: string;
  /** Crashes that have it. */
  crashes: number;
}

/** Finds crashes. The processed crashes are the truth: an index can always be built anew from them. */
export interface SearchEngine {
  /**
   * Adds or replaces crashes; searchable on return. Durable on return, or found missing and filled in after a
   * restart. Older runs never replace newer ones.
   */
  index(batch: { crash: ProcessedCrash; run: number }[]): Promise<void>;
  remove(ids: CrashId[]): Promise<void>;
  /**
   * Throws `Malformed SEARCH_FIELD_UNKNOWN | SEARCH_OPERATOR_INVALID | SEARCH_VALUE_INVALID | SEARCH_CURSOR_INVALID`
   * with the place in `details`, `TooLarge SEARCH_TOO_LARGE` beyond a bound that it names.
   * @param mayViewProtected without it, protected fields answer as if they did not exist
   */
  search(query: SearchQuery, options: { mayViewProtected: boolean; signal?: AbortSignal }): Promise<SearchResult>;
  /**
   * Values (not "") of a field that some crash has and that hold every word of the prefix, its last word at least as the
   * beginning of a word; any case. Those that begin with the prefix (any case) come first, then those of most crashes,
   * then by code point. Throws as `search` does.
   */
  suggest(request: SuggestRequest, options: { mayViewProtected: boolean; signal?: AbortSignal }): Promise<Suggestion[]>;
  status(): Promise<SearchStatus>;
  /** Builds the index anew from these crashes; the old one answers meanwhile. */
  rebuild(crashes: AsyncIterable<{ crash: ProcessedCrash; run: number }>, signal: AbortSignal): Promise<void>;
  checkHealth(): Promise<void>;
}
export const SearchEngine = token<SearchEngine>('core.searchEngine');
