import type {
  ModuleIdentity,
  ModuleSymbols,
  SymbolAttempt,
  SymbolLookup,
  SymbolProvider,
} from '@faultline/sdk/module-symbols';

/** Asks one provider after the other until one has symbols; the attempts of all are reported together. */
export function combineProviders(providers: readonly SymbolProvider[]): SymbolProvider {
  const givenBy = new WeakMap<ModuleSymbols, SymbolProvider>();
  const find = async (module: ModuleIdentity, signal: AbortSignal | undefined): Promise<SymbolLookup> => {
    const attempts: SymbolAttempt[] = [];
    let isCorrupt = false;
    for (const provider of providers) {
      const lookup = await provider.find(module, signal);
      attempts.push(...lookup.attempts);
      isCorrupt ||= lookup.isCorrupt;
      if (lookup.symbols === null) continue;
      givenBy.set(lookup.symbols, provider);
      return { ...lookup, attempts };
    }
    return { symbols: null, attempts, isCorrupt, url: null };
  };
  return {
    find,
    async recover(module, failed, signal) {
      const again = await givenBy.get(failed)?.recover?.(module, failed, signal);
      return again ?? { symbols: null, attempts: [], isCorrupt: true, url: null };
    },
  };
}
