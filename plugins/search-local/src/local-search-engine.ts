import { join } from 'node:path';
import type {
  Clock,
  CrashId,
  CrashStorage,
  FieldDictionary,
  Logger,
  ProcessedCrash,
  SearchEngine,
  SearchStatus,
  SuggestRequest,
  Suggestion,
} from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import { checkSearchQuery, checkSuggest, searchFields } from '@faultline/sdk/search';
import type { SearchQuery, SearchResult } from '@faultline/sdk/search-query';
import { requireLittleEndian } from './columns/column-bytes.js';
import type { SearchLocalConfig } from './config.js';
import { CrashIndex } from './crash-index.js';
import { DamageWatch } from './damage-watch.js';
import { columnHashes } from './field-hashes.js';
import { currentGeneration, freeGeneration, generationFolder, sweepGenerations, useGeneration } from './generations.js';
import { Gaps } from './gaps.js';
import { loggedRow } from './logged-row.js';
import { mayHold, runQuery } from './query/run-query.js';
import { runSuggest } from './query/suggest.js';

export interface LocalSearchOptions {
  folder: string;
  fields: FieldDictionary;
  storage: Pick<CrashStorage, 'processedCrash'>;
  clock: Clock;
  logger: Logger;
  config: SearchLocalConfig;
  /** Crashes that are processed and on their way to the index. */
  backlog?(): Promise<number>;
  /** The index turned out to be damaged while it was read; time to build it anew. */
  onDamage?(): void;
}

interface Rebuild {
  index: CrashIndex;
  removed: Set<CrashId>;
  done: number;
  startedAt: string;
}

/** Crashes of a rebuild that are indexed together. */
const batchSize = 500;

/** The search engine of one machine: column segments by day in a folder of its own. */
export class LocalSearchEngine implements SearchEngine {
  readonly gaps: Gaps;
  private isRebuilding = false;
  private rebuilding: Rebuild | null = null;
  private readonly running = new Set<Promise<unknown>>();

  private constructor(
    private readonly options: LocalSearchOptions,
    private readonly folder: string,
    private index_: CrashIndex,
    private readonly damage: DamageWatch,
  ) {
    this.gaps = new Gaps(() => options.backlog?.() ?? Promise.resolve(0), options.clock);
  }

  /** Opens what is there; an index that can't be read is put aside, and a new one begun. */
  static async open(options: LocalSearchOptions): Promise<LocalSearchEngine> {
    requireLittleEndian();
    const folder = join(options.folder, 'index');
    const damage = new DamageWatch(options.logger, () => options.onDamage?.());
    const known = await currentGeneration(folder);
    if (known !== null) {
      await sweepGenerations(folder, known);
      try {
        return new LocalSearchEngine(options, folder, await openIndex(options, folder, known, damage), damage);
      } catch (error) {
        options.logger.error({ error }, 'the search index is damaged and will be built anew');
        damage.isDamaged = true;
      }
    }
    const fresh = await freeGeneration(folder);
    const index = await openIndex(options, folder, fresh, damage);
    await useGeneration(folder, fresh);
    await sweepGenerations(folder, fresh);
    return new LocalSearchEngine(options, folder, index, damage);
  }

  /** The index that answers now. */
  get current(): CrashIndex {
    return this.index_;
  }

  get isDamaged(): boolean {
    return this.damage.isDamaged;
  }

  index(batch: { crash: ProcessedCrash; run: number }[]): Promise<void> {
    return this.tracked(async (index, rebuild) => {
      const fields = this.allFields();
      const rows = batch.map(({ crash, run }) => loggedRow(crash, run, fields));
      const hashes = columnHashes(fields);
      await index.index(rows, hashes);
      await rebuild?.index.index(rows, hashes);
    });
  }

  remove(ids: CrashId[]): Promise<void> {
    return this.tracked(async (index, rebuild) => {
      for (const id of ids) rebuild?.removed.add(id);
      await index.remove(ids);
      await rebuild?.index.remove(ids);
    });
  }

  search(query: SearchQuery, options: { mayViewProtected: boolean; signal?: AbortSignal }): Promise<SearchResult> {
    return this.tracked(async (index) => {
      const began = this.options.clock.monotonic();
      const fields = searchFields(this.options.fields.all(), options.mayViewProtected);
      const checked = checkSearchQuery(query, fields);
      const snapshot = index.snapshot((source) => mayHold(source, checked));
      try {
        const { storage } = this.options;
        const answer = await runQuery(checked, snapshot, {
          signal: options.signal,
          stored: (id) => storage.processedCrash(id),
        });
        const completeness = await this.gaps.completeness(checked, (day) => index.rowsOfDay(day), index.days);
        return { ...answer, milliseconds: this.options.clock.monotonic() - began, completeness };
      } catch (error) {
        throw this.damage.explained(error);
      } finally {
        await snapshot.release();
      }
    });
  }

  suggest(
    request: SuggestRequest,
    options: { mayViewProtected: boolean; signal?: AbortSignal },
  ): Promise<Suggestion[]> {
    return this.tracked(async (index) => {
      const checked = checkSuggest(request, searchFields(this.options.fields.all(), options.mayViewProtected));
      const snapshot = index.snapshot(() => true);
      try {
        return await runSuggest(checked, snapshot, options.signal);
      } catch (error) {
        throw this.damage.explained(error);
      } finally {
        await snapshot.release();
      }
    });
  }

  status(): Promise<SearchStatus> {
    const { rebuilding } = this;
    return Promise.resolve({
      crashes: this.index_.rows,
      days: this.index_.days.length,
      size: this.index_.size,
      rebuild: rebuilding === null ? null : { done: rebuilding.done, total: null, startedAt: rebuilding.startedAt },
      newest: this.index_.newest,
    });
  }

  async rebuild(crashes: AsyncIterable<{ crash: ProcessedCrash; run: number }>, signal: AbortSignal): Promise<void> {
    if (this.isRebuilding) {
      throw new FaultlineError('Conflict', 'SEARCH_REBUILD_RUNNING', 'The search index is being built anew already.');
    }
    this.isRebuilding = true;
    try {
      await this.buildAnew(crashes, signal);
    } finally {
      this.isRebuilding = false;
    }
  }

  async checkHealth(): Promise<void> {
    await this.index_.checkHealth();
  }

  async close(): Promise<void> {
    await this.rebuilding?.index.close();
    await this.index_.close();
  }

  private async buildAnew(
    crashes: AsyncIterable<{ crash: ProcessedCrash; run: number }>,
    signal: AbortSignal,
  ): Promise<void> {
    const generation = await freeGeneration(this.folder);
    const index = await openIndex(this.options, this.folder, generation, this.damage);
    const startedAt = new Date(this.options.clock.now()).toISOString();
    const rebuild: Rebuild = { index, removed: new Set(), done: 0, startedAt };
    this.rebuilding = rebuild;
    try {
      await this.fill(rebuild, crashes, signal);
      await index.flush();
      await useGeneration(this.folder, generation);
    } catch (error) {
      this.rebuilding = null;
      await index.close();
      const current = await currentGeneration(this.folder);
      if (current !== null) await sweepGenerations(this.folder, current);
      throw error;
    }
    const old = this.index_;
    this.index_ = index;
    this.rebuilding = null;
    this.damage.isDamaged = false;
    // Whoever began with the old one ends with it.
    await Promise.allSettled([...this.running]);
    await old.close().catch((error: unknown) => {
      this.options.logger.warn({ error }, 'the replaced search index did not close cleanly');
    });
    await sweepGenerations(this.folder, generation);
  }

  /** Work on the index of this moment, and on the one that is being built beside it. */
  private async tracked<T>(work: (index: CrashIndex, rebuild: Rebuild | null) => Promise<T>): Promise<T> {
    const running = work(this.index_, this.rebuilding);
    this.running.add(running);
    try {
      return await running;
    } finally {
      this.running.delete(running);
    }
  }

  private allFields() {
    return searchFields(this.options.fields.all(), true).all();
  }

  private async fill(
    rebuild: Rebuild,
    crashes: AsyncIterable<{ crash: ProcessedCrash; run: number }>,
    signal: AbortSignal,
  ): Promise<void> {
    const fields = this.allFields();
    const hashes = columnHashes(fields);
    let batch: { crash: ProcessedCrash; run: number }[] = [];
    const take = async () => {
      signal.throwIfAborted();
      const wanted = batch.filter(({ crash }) => !rebuild.removed.has(crash.crash_id));
      const rows = wanted.map(({ crash, run }) => loggedRow(crash, run, fields));
      await rebuild.index.index(rows, hashes);
      rebuild.done += batch.length;
      batch = [];
    };
    for await (const entry of crashes) {
      batch.push(entry);
      if (batch.length >= batchSize) await take();
    }
    await take();
  }
}

function openIndex(
  { config }: LocalSearchOptions,
  folder: string,
  generation: number,
  damage: DamageWatch,
): Promise<CrashIndex> {
  return CrashIndex.open({
    folder: generationFolder(folder, generation),
    cacheSize: config.cacheSize,
    flushRows: config.flushRows,
    onFailure: (error) => damage.report(error),
  });
}
