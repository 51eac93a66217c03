/** The search contract over an index that is somewhere else: crashes become rows, queries are checked here. */
import type {
  Clock,
  CrashId,
  CrashStorage,
  FieldDictionary,
  ProcessedCrash,
  SearchEngine,
  SearchStatus,
  SuggestRequest,
  Suggestion,
} from '@faultline/sdk';
import { checkSearchQuery, checkSuggest, isSearchable, searchFields } from '@faultline/sdk/search';
import type { CheckedQuery } from '@faultline/sdk/search';
import type { SearchQuery, SearchResult, SearchRow, SearchValue } from '@faultline/sdk/search-query';
import { Gaps } from './gaps.js';
import type { IndexPort, IndexStatus, RowBatch } from './index-calls.js';
import { IndexedFields } from './indexed-fields.js';
import { loggedRow } from './logged-row.js';

export interface LocalSearchOptions {
  port: IndexPort;
  fields: FieldDictionary;
  storage: Pick<CrashStorage, 'processedCrash'>;
  clock: Clock;
  /** Proves that the index's folder takes a write. */
  probe(): Promise<void>;
  /** Crashes that are processed and on their way to the index. */
  backlog?(): Promise<number>;
}

export interface AskOptions {
  mayViewProtected: boolean;
  signal?: AbortSignal;
}

/** Crashes of a rebuild that are sent together. */
const batchSize = 500;

export class LocalSearchEngine implements SearchEngine {
  readonly gaps: Gaps;
  readonly indexed: IndexedFields;

  constructor(private readonly options: LocalSearchOptions) {
    this.gaps = new Gaps(() => options.backlog?.() ?? Promise.resolve(0), options.clock);
    this.indexed = new IndexedFields(options.fields);
  }

  /** The index, for those who compare it with the store. */
  get port(): IndexPort {
    return this.options.port;
  }

  index(batch: { crash: ProcessedCrash; run: number }[]): Promise<void> {
    return this.port.ask('index', this.rowsFor(batch));
  }

  remove(ids: CrashId[]): Promise<void> {
    return this.port.ask('remove', { ids });
  }

  async search(query: SearchQuery, { mayViewProtected, signal }: AskOptions): Promise<SearchResult> {
    signal?.throwIfAborted();
    const { clock, fields } = this.options;
    const began = clock.monotonic();
    const checked = checkSearchQuery(query, searchFields(fields.all(), mayViewProtected));
    const { indexed, ...answer } = await this.port.ask('search', checked, signal);
    const rows = await this.withStored(answer.rows, checked, signal);
    const completeness = await this.gaps.completeness(checked, indexed);
    return { ...answer, rows, milliseconds: clock.monotonic() - began, completeness };
  }

  async suggest(request: SuggestRequest, { mayViewProtected, signal }: AskOptions): Promise<Suggestion[]> {
    signal?.throwIfAborted();
    const fields = searchFields(this.options.fields.all(), mayViewProtected);
    return await this.port.ask('suggest', checkSuggest(request, fields), signal);
  }

  async status(): Promise<SearchStatus> {
    const { crashes, size, rebuild, newest, rowsByDay } = await this.indexStatus();
    return { crashes, size, rebuild, newest, days: rowsByDay.size };
  }

  indexStatus(): Promise<IndexStatus> {
    return this.port.ask('status', {});
  }

  /** @param options.total crashes to come, where that is known */
  async rebuild(
    crashes: AsyncIterable<{ crash: ProcessedCrash; run: number }>,
    signal: AbortSignal,
    { total = null, progress }: { total?: number | null; progress?: (done: number) => void | Promise<void> } = {},
  ): Promise<void> {
    const startedAt = new Date(this.options.clock.now()).toISOString();
    await this.port.ask('beginRebuild', { startedAt, total });
    try {
      await this.fill(crashes, signal, progress);
      await this.port.ask('finishRebuild', {});
    } catch (error) {
      await this.port.ask('dropRebuild', {});
      throw error;
    }
  }

  checkHealth(): Promise<void> {
    return this.options.probe();
  }

  close(): Promise<void> {
    return this.port.close();
  }

  private async fill(
    crashes: AsyncIterable<{ crash: ProcessedCrash; run: number }>,
    signal: AbortSignal,
    progress: ((done: number) => void | Promise<void>) | undefined,
  ): Promise<void> {
    let batch: { crash: ProcessedCrash; run: number }[] = [];
    let done = 0;
    const take = async () => {
      signal.throwIfAborted();
      await this.port.ask('takeRebuilt', this.rowsFor(batch));
      done += batch.length;
      batch = [];
      await progress?.(done);
    };
    for await (const entry of crashes) {
      batch.push(entry);
      if (batch.length >= batchSize) await take();
    }
    await take();
  }

  private rowsFor(batch: readonly { crash: ProcessedCrash; run: number }[]): RowBatch {
    const { fields, hashes } = this.indexed.current();
    return { rows: JSON.stringify(batch.map(({ crash, run }) => loggedRow(crash, run, fields))), hashes };
  }

  /** Columns that are not indexed come from the stored crashes. */
  private async withStored(
    rows: SearchRow[],
    { columns }: CheckedQuery,
    signal: AbortSignal | undefined,
  ): Promise<SearchRow[]> {
    const stored = columns.filter(({ field }) => !isSearchable(field));
    if (stored.length === 0) return rows;
    for (const row of rows) {
      signal?.throwIfAborted();
      const document = await this.options.storage.processedCrash(String(row['crash_id']));
      for (const { name, field } of stored) row[name] = asCell(document?.[field.id]);
    }
    return rows;
  }
}

/** What a table can show of a field that is not indexed. */
function asCell(value: unknown): SearchValue | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}
