/** When symbols arrive, the crashes that waited for them are found and processed again. */
import {
  subjects,
  type Bus,
  type Clock,
  type JobRunner,
  type Logger,
  type Milliseconds,
  type SearchEngine,
  type SearchFilter,
} from '@faultline/sdk';
import { asFaultlineError } from '@faultline/sdk/errors';
import type { ArrivedSymbols } from './arrived-symbols.js';
import { startMending, type Mendings } from './mendings.js';
import { parseMissingSymbols } from './missing-symbols.js';

/** Uploads come in by the thousand: they are answered together, once it is quiet for so long. */
const quiet: Milliseconds = 2_000;
/** Crashes that were being processed, or not yet searchable, when the symbols came. */
const secondLook: Milliseconds = 15_000;
/** When the index can't be asked, or no job be begun. */
const secondTry: Milliseconds = 60_000;
const pageSize = 1_000;
/** So many are asked for by their ids; for more, every crash that lacks symbols is looked at. */
const mostAskedFor = 50;

export interface SymbolMenderOptions {
  bus: Bus;
  clock: Clock;
  logger: Logger;
  engine(): SearchEngine;
  runner(): JobRunner;
  mendings: Mendings;
  arrived: ArrivedSymbols;
  /** Without somebody's word. */
  isAutomatic: boolean;
  /** Most crashes a second. */
  rate: number;
}

/** Crashes that one or several uploads mend. */
export interface MendedCrashes {
  debugIds: string[];
  /** Names of those modules. */
  modules: string[];
  crashIds: string[];
}

export class SymbolMender {
  private readonly arrived = new Set<string>();
  private readonly stop = new AbortController();
  private running: Promise<void> | null = null;
  private lastArrival: Milliseconds = 0;

  constructor(private readonly options: SymbolMenderOptions) {}

  /**
   * Takes up what came while nobody listened, and listens until the returned function is called, which waits for what
   * is in hand.
   */
  async listen(): Promise<() => Promise<void>> {
    const { bus, arrived } = this.options;
    const deaf = bus.on<{ debugId: string }>(subjects.symbolsUploaded, ({ debugId }) => this.note([debugId]));
    this.note(await arrived.all());
    return async () => {
      deaf();
      this.stop.abort();
      await this.running;
    };
  }

  private note(debugIds: readonly string[]): void {
    for (const id of debugIds) this.arrived.add(id.toUpperCase());
    this.lastArrival = this.options.clock.monotonic();
    if (this.arrived.size > 0) this.running ??= this.run().finally(() => (this.running = null));
  }

  /** The crashes that lack one of these symbols, newest first. */
  async find(debugIds: ReadonlySet<string>): Promise<MendedCrashes> {
    const found: MendedCrashes = { debugIds: [], modules: [], crashIds: [] };
    const mended = new Map<string, string>();
    let cursor: string | null = null;
    do {
      const page = await this.page(debugIds, cursor);
      for (const row of page.rows) {
        const missing = parseMissingSymbols(String(row['missing_symbols'] ?? ''));
        const arrived = missing.filter(({ debugId }) => debugIds.has(debugId));
        if (arrived.length === 0) continue;
        for (const { debugId, module } of arrived) mended.set(debugId, module);
        found.crashIds.push(String(row['crash_id']));
      }
      ({ cursor } = page);
    } while (cursor !== null);
    found.debugIds = [...mended.keys()];
    found.modules = [...new Set(mended.values())].slice(0, 20);
    return found;
  }

  private page(debugIds: ReadonlySet<string>, cursor: string | null) {
    const { clock, engine } = this.options;
    const field = 'missing_symbols';
    const filter: SearchFilter =
      debugIds.size > mostAskedFor
        ? { kind: 'field', field, operator: 'exists' }
        : {
            kind: 'any',
            filters: [...debugIds].map((value) => ({ kind: 'field', field, operator: 'contains', value })),
          };
    return engine().search(
      {
        filter,
        from: '1970-01-01T00:00:00.000Z',
        to: new Date(clock.now() + 86_400_000).toISOString(),
        sort: [],
        limit: pageSize,
        cursor,
        columns: [field],
        facets: [],
      },
      { mayViewProtected: false, signal: this.stop.signal },
    );
  }

  private async run(): Promise<void> {
    const { arrived, clock, logger } = this.options;
    const { signal } = this.stop;
    let pause = quiet;
    while (this.arrived.size > 0 && !signal.aborted) {
      const debugIds = new Set<string>();
      try {
        do {
          await clock.sleep(pause, signal);
          pause = quiet;
        } while (clock.monotonic() - this.lastArrival < quiet);
        for (const id of this.arrived) debugIds.add(id);
        this.arrived.clear();
        const asked = await this.mend(debugIds, new Set());
        await clock.sleep(secondLook, signal);
        await this.mend(debugIds, asked);
        await arrived.remove(debugIds);
      } catch (error) {
        // A server that stops looks for them at its next start.
        if (signal.aborted) return;
        logger.error({ error: asFaultlineError(error) }, 'Crashes for new symbols could not be found; once more soon');
        for (const id of debugIds) this.arrived.add(id);
        pause = secondTry;
      }
    }
  }

  /** The crashes asked for, those before included. */
  private async mend(debugIds: ReadonlySet<string>, before: ReadonlySet<string>): Promise<Set<string>> {
    const { isAutomatic, logger, mendings, rate, runner } = this.options;
    const found = await this.find(debugIds);
    const crashIds = found.crashIds.filter((id) => !before.has(id));
    if (crashIds.length > 0) {
      const run = isAutomatic ? await startMending(runner(), crashIds, rate, 'symbols') : null;
      await mendings.add({
        debugIds: found.debugIds,
        modules: found.modules,
        crashes: crashIds.length,
        state: isAutomatic ? 'started' : 'offered',
        run,
      });
      const words = isAutomatic ? 'are processed again' : 'may be processed again: the Symbols screen asks';
      logger.info({ run, crashes: crashIds.length }, `New symbols: crashes that lacked them ${words}`);
    }
    return new Set([...before, ...crashIds]);
  }
}
