import type { ModuleSymbols, SymbolAttempt, SymbolLookup, SymbolProvider } from '@faultline/sdk/module-symbols';
import { asFaultlineError, FaultlineError } from '@faultline/sdk/errors';
import type { ModuleRecord } from '../model/module-record.js';

const nothing: SymbolLookup = { symbols: null, attempts: [], isCorrupt: false, url: null };

/** Asks a provider once per module of a walk; threads that need the same module wait for the same answer. */
export class SymbolLookups {
  private readonly running = new Map<number, Promise<SymbolLookup>>();
  private readonly recovering = new Map<number, Promise<SymbolLookup>>();
  /** Answers, by the module's position. A module that no frame touched is not in it. */
  readonly finished = new Map<number, SymbolLookup>();

  constructor(
    private readonly provider: SymbolProvider | null,
    /** Aborted when nobody waits any longer. */
    private readonly signal: AbortSignal,
  ) {}

  symbolsOf(module: ModuleRecord): ModuleSymbols | null | Promise<ModuleSymbols | null> {
    const known = this.finished.get(module.index);
    if (known !== undefined) return known.symbols;
    // Without a provider nobody looked for symbols, so no module is missing any.
    if (this.provider === null) return null;
    let lookup = this.running.get(module.index);
    if (lookup === undefined) {
      lookup = this.find(this.provider, module);
      this.running.set(module.index, lookup);
    }
    return lookup.then(({ symbols }) => symbols);
  }

  /**
   * Symbols in place of those that threw while they were read: the provider may make them anew, once; else there are
   * none. The failure is told as an attempt.
   */
  async symbolsInPlaceOf(module: ModuleRecord, failed: ModuleSymbols, error: unknown): Promise<ModuleSymbols | null> {
    let recovery = this.recovering.get(module.index);
    if (recovery === undefined) {
      recovery = this.recover(module, failed, error);
      this.recovering.set(module.index, recovery);
      return (await recovery).symbols;
    }
    const { symbols } = await recovery;
    if (symbols !== failed) return symbols;
    // What was made anew throws as well.
    this.finish(module, { ...nothing, isCorrupt: true, attempts: [failure(failed, error)] });
    return null;
  }

  private async recover(module: ModuleRecord, failed: ModuleSymbols, error: unknown): Promise<SymbolLookup> {
    const attempt = failure(failed, error);
    const again =
      this.provider?.recover === undefined
        ? { ...nothing, isCorrupt: true }
        : await this.guarded(() => this.provider?.recover?.(module, failed, this.signal));
    return this.finish(module, { ...again, attempts: [attempt, ...again.attempts] });
  }

  /** Keeps what was tried before. */
  private finish(module: ModuleRecord, lookup: SymbolLookup): SymbolLookup {
    const before = this.finished.get(module.index)?.attempts ?? [];
    const finished = { ...lookup, attempts: [...before, ...lookup.attempts] };
    this.finished.set(module.index, finished);
    return finished;
  }

  private async find(provider: SymbolProvider, module: ModuleRecord): Promise<SymbolLookup> {
    const lookup = await this.guarded(() => provider.find(module, this.signal));
    this.finished.set(module.index, lookup);
    return lookup;
  }

  /**
   * A provider that throws breaks its contract; that costs the module its symbols, and the reason is kept. One that
   * does not heed the signal is no longer waited for.
   */
  private async guarded(ask: () => Promise<SymbolLookup> | undefined): Promise<SymbolLookup> {
    let stop: (() => void) | undefined;
    try {
      const stopped = new Promise<never>((_, reject) => {
        stop = () =>
          reject(new FaultlineError('Timeout', 'WALK_STOPPED', 'The walk was stopped before an answer came'));
        if (this.signal.aborted) stop();
        else this.signal.addEventListener('abort', stop, { once: true });
      });
      // Handled by the race; this is for a provider that throws before it starts.
      stopped.catch(() => undefined);
      return (await Promise.race([ask(), stopped])) ?? nothing;
    } catch (error) {
      if (this.signal.aborted) return { ...nothing, attempts: [attemptOf({ source: 'provider', ...stoppedAttempt })] };
      const reason = asFaultlineError(error).message;
      return { ...nothing, attempts: [attemptOf({ source: 'provider', status: 'unavailable', reason })] };
    } finally {
      if (stop !== undefined) this.signal.removeEventListener('abort', stop);
    }
  }
}

const stoppedAttempt = { status: 'skipped', reason: 'the walk was stopped' } as const;

function failure({ origin }: ModuleSymbols, error: unknown): SymbolAttempt {
  const { kind, code, message } = asFaultlineError(error);
  const status = kind === 'Malformed' ? 'malformed' : 'unavailable';
  return { ...attemptOf({ source: 'reading', status, reason: `${message} (${code})` }), location: origin };
}

function attemptOf(told: Pick<SymbolAttempt, 'source' | 'status' | 'reason'>): SymbolAttempt {
  return { location: '', milliseconds: 0, bytes: 0, ...told };
}
