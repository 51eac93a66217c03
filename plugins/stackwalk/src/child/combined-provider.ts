import type { ModuleIdentity, SymbolAttempt, SymbolLookup, SymbolProvider } from '@faultline/sdk/module-symbols';

/** Asks one provider after the other until one has symbols; the attempts of all are reported together. */
export function combineProviders(providers: readonly SymbolProvider[]): SymbolProvider {
  return { find: (module, signal) => findInOrder(providers, module, signal) };
}

async function findInOrder(
  providers: readonly SymbolProvider[],
  module: ModuleIdentity,
  signal: AbortSignal | undefined,
): Promise<SymbolLookup> {
  const attempts: SymbolAttempt[] = [];
  let isCorrupt = false;
  for (const provider of providers) {
    const lookup = await provider.find(module, signal);
    attempts.push(...lookup.attempts);
    isCorrupt ||= lookup.isCorrupt;
    if (lookup.symbols !== null) return { ...lookup, attempts };
  }
  return { symbols: null, attempts, isCorrupt, url: null };
}
