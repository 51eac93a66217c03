/** The index of one machine in numbered folders: which one answers, building the next one, and noticing damage. */
import type { CrashId, Logger, Suggestion } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import type { CheckedQuery, CheckedSuggest } from '@faultline/sdk/search';
import { requireLittleEndian } from './columns/column-bytes.js';
import { CrashIndex, type IndexSnapshot } from './crash-index.js';
import { DamageWatch } from './damage-watch.js';
import { currentGeneration, freeGeneration, generationFolder, sweepGenerations, useGeneration } from './generations.js';
import {
  dispatch,
  type CallAnswer,
  type CallRequest,
  type IndexAnswer,
  type IndexCall,
  type IndexCalls,
  type IndexPort,
  type IndexStatus,
  type RowBatch,
} from './index-calls.js';
import { mayHold, runQuery } from './query/run-query.js';
import { runSuggest } from './query/suggest.js';
import type { LoggedRow } from './row-log.js';
import type { RowSource } from './segments/row-source.js';

export interface LocalIndexOptions {
  folder: string;
  /** Bytes of columns kept in memory. */
  cacheSize: number;
  flushRows: number;
  logger: Logger;
  /** The index turned out to be damaged while it was read; time to build it anew. */
  onDamage(): void;
}

interface Rebuild {
  index: CrashIndex;
  generation: number;
  /** Went while the new index was built: not to be brought back by what was read before. */
  removed: Set<CrashId>;
  done: number;
  total: number | null;
  startedAt: string;
}

const dayLength = 86_400_000;

export class LocalIndex implements IndexCalls, IndexPort {
  private rebuilding: Rebuild | null = null;
  private isSwitching = false;
  private readonly running = new Set<Promise<unknown>>();

  private constructor(
    private readonly options: LocalIndexOptions,
    private current: CrashIndex,
    private readonly damage: DamageWatch,
  ) {}

  /** Opens what is there; an index that can't be read is put aside, and a new one begun. */
  static async open(options: LocalIndexOptions): Promise<LocalIndex> {
    requireLittleEndian();
    const { folder, logger } = options;
    const damage = new DamageWatch(logger, options.onDamage);
    const known = await currentGeneration(folder);
    if (known !== null) {
      await sweepGenerations(folder, known);
      try {
        return new LocalIndex(options, await openGeneration(options, known, damage), damage);
      } catch (error) {
        logger.error({ error }, 'the search index is damaged and will be built anew');
        damage.isDamaged = true;
      }
    }
    const fresh = await freeGeneration(folder);
    const index = await openGeneration(options, fresh, damage);
    await useGeneration(folder, fresh);
    await sweepGenerations(folder, fresh);
    return new LocalIndex(options, index, damage);
  }

  async ask<K extends IndexCall>(call: K, request: CallRequest<K>, signal?: AbortSignal): Promise<CallAnswer<K>> {
    return (await dispatch(this, call, request, signal)) as CallAnswer<K>;
  }

  index({ rows, hashes }: RowBatch): Promise<void> {
    return this.tracked(async (index, rebuild) => {
      const parsed = rowsOf(rows);
      await index.index(parsed, hashes, rows);
      await rebuild?.index.index(parsed, hashes, rows);
    });
  }

  remove({ ids }: { ids: readonly CrashId[] }): Promise<void> {
    return this.tracked(async (index, rebuild) => {
      for (const id of ids) rebuild?.removed.add(id);
      await index.remove(ids);
      await rebuild?.index.remove(ids);
    });
  }

  search(query: CheckedQuery, signal?: AbortSignal): Promise<IndexAnswer> {
    return this.reading(
      (source) => mayHold(source, query),
      async (snapshot, index) => {
        const answer = await runQuery(query, snapshot, signal);
        return { ...answer, indexed: indexedWithin(query, index) };
      },
    );
  }

  suggest(request: CheckedSuggest, signal?: AbortSignal): Promise<Suggestion[]> {
    return this.reading(
      () => true,
      (snapshot) => runSuggest(request, snapshot, signal),
    );
  }

  status(): Promise<IndexStatus> {
    const { rebuilding, current } = this;
    return Promise.resolve({
      crashes: current.rows,
      rowsByDay: new Map(current.days.map((day) => [day, current.rowsOfDay(day)])),
      size: current.size,
      memory: current.memory,
      rebuild:
        rebuilding === null
          ? null
          : { done: rebuilding.done, total: rebuilding.total, startedAt: rebuilding.startedAt },
      newest: current.newest,
      isDamaged: this.damage.isDamaged,
    });
  }

  runsOf({ ids }: { ids: readonly CrashId[] }): Promise<(number | null)[]> {
    return this.tracked((index) => this.explained(Promise.resolve().then(() => index.runsOf(ids))));
  }

  idsOfDay({ day }: { day: string }): Promise<CrashId[]> {
    return this.tracked((index) => this.explained(index.idsOfDay(day)));
  }

  outdated({ hashes }: { hashes: ReadonlyMap<string, string> }): Promise<Map<string, string[]>> {
    return Promise.resolve(this.current.outdated(hashes));
  }

  refill({ day, rows, hashes }: RowBatch & { day: string }): Promise<void> {
    return this.tracked((index) =>
      this.explained(index.refill(day, hashes, new Map(rowsOf(rows).map((row) => [row.id, row])))),
    );
  }

  flush(): Promise<void> {
    return this.tracked((index) => index.flush());
  }

  async beginRebuild({ startedAt, total }: { startedAt: string; total: number | null }): Promise<void> {
    if (this.rebuilding !== null || this.isSwitching) {
      throw new FaultlineError('Conflict', 'SEARCH_REBUILD_RUNNING', 'The search index is being built anew already.');
    }
    this.isSwitching = true;
    try {
      const generation = await freeGeneration(this.options.folder);
      const index = await openGeneration(this.options, generation, this.damage);
      this.rebuilding = { index, generation, removed: new Set(), done: 0, total, startedAt };
    } finally {
      this.isSwitching = false;
    }
  }

  async takeRebuilt({ rows, hashes }: RowBatch): Promise<void> {
    const rebuild = this.requireRebuild();
    const parsed = rowsOf(rows);
    await rebuild.index.index(
      parsed.filter(({ id }) => !rebuild.removed.has(id)),
      hashes,
    );
    rebuild.done += parsed.length;
  }

  async finishRebuild(): Promise<void> {
    const { index, generation } = this.requireRebuild();
    await index.flush();
    await useGeneration(this.options.folder, generation);
    const old = this.current;
    this.current = index;
    this.rebuilding = null;
    this.damage.isDamaged = false;
    // Whoever began with the old one ends with it.
    await Promise.allSettled([...this.running]);
    await old.close().catch((error: unknown) => {
      this.options.logger.warn({ error }, 'the replaced search index did not close cleanly');
    });
    await sweepGenerations(this.options.folder, generation);
  }

  async dropRebuild(): Promise<void> {
    const { index } = this.requireRebuild();
    this.rebuilding = null;
    await index.close();
    const current = await currentGeneration(this.options.folder);
    if (current !== null) await sweepGenerations(this.options.folder, current);
  }

  async close(): Promise<void> {
    await this.rebuilding?.index.close();
    await this.current.close();
  }

  private requireRebuild(): Rebuild {
    if (this.rebuilding !== null) return this.rebuilding;
    throw new FaultlineError('Conflict', 'SEARCH_REBUILD_ENDED', 'The search index is not being built anew.');
  }

  private reading<T>(
    isWanted: (source: RowSource) => boolean,
    read: (snapshot: IndexSnapshot, index: CrashIndex) => Promise<T>,
  ): Promise<T> {
    return this.tracked(async (index) => {
      const snapshot = index.snapshot(isWanted);
      try {
        return await this.explained(read(snapshot, index));
      } finally {
        await snapshot.release();
      }
    });
  }

  /** What an asker should get instead of the error of a damaged file. */
  private async explained<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw this.damage.explained(error);
    }
  }

  /** Work on the index of this moment, and on the one that is being built beside it. */
  private async tracked<T>(work: (index: CrashIndex, rebuild: Rebuild | null) => Promise<T>): Promise<T> {
    const running = work(this.current, this.rebuilding);
    this.running.add(running);
    try {
      return await running;
    } finally {
      this.running.delete(running);
    }
  }
}

function rowsOf(rows: string): LoggedRow[] {
  return JSON.parse(rows) as LoggedRow[];
}

function indexedWithin({ from, to }: CheckedQuery, index: CrashIndex): number {
  let indexed = 0;
  for (const day of index.days) {
    const start = Date.parse(`${day}T00:00:00Z`);
    if (start < to && start + dayLength > from) indexed += index.rowsOfDay(day);
  }
  return indexed;
}

function openGeneration(options: LocalIndexOptions, generation: number, damage: DamageWatch): Promise<CrashIndex> {
  return CrashIndex.open({
    folder: generationFolder(options.folder, generation),
    cacheSize: options.cacheSize,
    flushRows: options.flushRows,
    onFailure: (error) => damage.report(error),
  });
}
