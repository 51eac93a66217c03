/** When symbols arrive, the crashes that waited for them are found and processed again. */
import {
  subjects,
  type Bus,
  type Clock,
  type JobRunner,
  type Logger,
  type Milliseconds,
  type SearchEngine,
} from '@faultline/sdk';
import { asFaultlineError } from '@faultline/sdk/errors';
import { startMending, type Mendings } from './mendings.js';
import { parseMissingSymbols } from './missing-symbols.js';

/** Uploads come in by the thousand: they are answered together, once it is quiet for so long. */
const quiet: Milliseconds = 2_000;
/** Crashes that were being processed, or not yet searchable, when the symbols came. */
const secondLook: Milliseconds = 15_000;
/** Crashes of one run of the job. */
const mostAtOnce = 10_000;
const pageSize = 1_000;

export interface SymbolMenderOptions {
  bus: Bus;
  clock: Clock;
  logger: Logger;
  engine(): SearchEngine;
  runner(): JobRunner;
  mendings: Mendings;
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

  /** Listens until the returned function is called, which waits for what is in hand. */
  listen(): () => Promise<void> {
    const { bus, clock } = this.options;
    const deaf = bus.on<{ debugId: string }>(subjects.symbolsUploaded, ({ debugId }) => {
      this.arrived.add(debugId.toUpperCase());
      this.lastArrival = clock.monotonic();
      this.running ??= this.run().finally(() => (this.running = null));
    });
    return async () => {
      deaf();
      this.stop.abort();
      await this.running;
    };
  }

  /** The crashes that lack one of these symbols, newest first. */
  async find(debugIds: ReadonlySet<string>): Promise<MendedCrashes> {
    const found: MendedCrashes = { debugIds: [], modules: [], crashIds: [] };
    const mended = new Map<string, string>();
    let cursor: string | null = null;
    do {
      const page = await this.page(cursor);
      for (const row of page.rows) {
        const missing = parseMissingSymbols(String(row['missing_symbols'] ?? ''));
        const arrived = missing.filter(({ debugId }) => debugIds.has(debugId));
        if (arrived.length === 0) continue;
        for (const { debugId, module } of arrived) mended.set(debugId, module);
        found.crashIds.push(String(row['crash_id']));
      }
      ({ cursor } = page);
    } while (cursor !== null && found.crashIds.length < mostAtOnce);
    found.debugIds = [...mended.keys()];
    found.modules = [...new Set(mended.values())].slice(0, 20);
    return found;
  }

  private page(cursor: string | null) {
    const { clock, engine } = this.options;
    return engine().search(
      {
        filter: { kind: 'field', field: 'missing_symbols', operator: 'exists' },
        from: '1970-01-01T00:00:00.000Z',
        to: new Date(clock.now() + 86_400_000).toISOString(),
        sort: [],
        limit: pageSize,
        cursor,
        columns: ['missing_symbols'],
        facets: [],
      },
      { mayViewProtected: false, signal: this.stop.signal },
    );
  }

  private async run(): Promise<void> {
    const { clock, logger } = this.options;
    const { signal } = this.stop;
    try {
      while (this.arrived.size > 0) {
        do await clock.sleep(quiet, signal);
        while (clock.monotonic() - this.lastArrival < quiet);
        const debugIds = new Set(this.arrived);
        this.arrived.clear();
        const asked = await this.mend(debugIds, new Set());
        await clock.sleep(secondLook, signal);
        await this.mend(debugIds, asked);
      }
    } catch (error) {
      if (!signal.aborted)
        logger.error({ error: asFaultlineError(error) }, 'Crashes for new symbols could not be found');
    }
  }

  /** The crashes asked for, those before included. */
  private async mend(debugIds: ReadonlySet<string>, before: ReadonlySet<string>): Promise<Set<string>> {
    const { isAutomatic, logger, mendings, rate, runner } = this.options;
    const found = await this.find(debugIds);
    const crashIds = found.crashIds.filter((id) => !before.has(id)).slice(0, mostAtOnce);
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
