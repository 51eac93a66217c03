import type { ModuleSymbols, SymbolLookup, SymbolProvider } from '@faultline/sdk/module-symbols';
import { asFaultlineError } from '@faultline/sdk/errors';
import type { ModuleRecord } from '../model/module-record.js';

const nothing: SymbolLookup = { symbols: null, attempts: [], isCorrupt: false, url: null };

/** Asks a provider once per module of a walk; threads that need the same module wait for the same answer. */
export class SymbolLookups {
  private readonly running = new Map<number, Promise<SymbolLookup>>();
  /** Answers, by the module's position. A module that no frame touched is not in it. */
  readonly finished = new Map<number, SymbolLookup>();

  constructor(
    private readonly provider: SymbolProvider | null,
    private readonly signal: AbortSignal | undefined,
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

  /** A provider that throws breaks its contract; that costs the module its symbols, and the reason is kept. */
  private async find(provider: SymbolProvider, module: ModuleRecord): Promise<SymbolLookup> {
    let lookup: SymbolLookup;
    try {
      lookup = await provider.find(module, this.signal);
    } catch (error) {
      const reason = asFaultlineError(error).message;
      const attempt = {
        source: 'provider',
        location: '',
        status: 'unavailable',
        milliseconds: 0,
        bytes: 0,
        reason,
      } as const;
      lookup = { ...nothing, attempts: [attempt] };
    }
    this.finished.set(module.index, lookup);
    return lookup;
  }
}
