import { walkJsonText, walkMinidump } from '@faultline/minidump';
import { isFaultlineError } from '@faultline/sdk/errors';
import type { SymbolProvider } from '@faultline/sdk/module-symbols';
import { bytesSource, type RandomAccessSource } from '@faultline/sdk/random-access-source';
import type { SourceReference, WalkReply, WalkRequest } from '../walk-protocol.js';
import { walkStatus } from '../walk-status.js';
import { combineProviders } from './combined-provider.js';
import { openFileSource } from './file-source.js';
import { knownFacts } from './known-facts.js';

/** A module named by a `SymbolSource`. */
interface ProviderModule {
  createSymbolProvider(options: unknown): SymbolProvider | Promise<SymbolProvider>;
}

/** Providers of earlier dumps: their open indexes stay warm. */
const providers = new Map<string, Promise<SymbolProvider>>();

/** Walks one dump. Resolves whatever the dump holds; what it can't read becomes a status. */
export async function walkDump(request: WalkRequest, version: string): Promise<WalkReply> {
  let source: RandomAccessSource | null = null;
  try {
    source = 'path' in request.dump ? openFileSource(request.dump.path) : bytesSource(request.dump.bytes);
    const symbols = combineProviders(await Promise.all(request.sources.map(providerOf)));
    const limits = { totalMilliseconds: request.timeBudget };
    const result = await walkMinidump({ source, symbols, limits, known: knownFacts(request.evil) });
    return { job: request.job, ok: true, json: walkJsonText(result), version };
  } catch (error) {
    const code = isFaultlineError(error) ? error.code : undefined;
    const message = error instanceof Error ? error.message : String(error);
    return { job: request.job, ok: false, status: walkStatus(code), message, version };
  } finally {
    await source?.close?.();
  }
}

function providerOf(reference: SourceReference): Promise<SymbolProvider> {
  const key = JSON.stringify(reference);
  let provider = providers.get(key);
  if (provider === undefined) {
    provider = import(reference.module).then((module: ProviderModule) =>
      module.createSymbolProvider(reference.options),
    );
    providers.set(key, provider);
    // One that can't be made is tried again with the next dump.
    provider.catch(() => providers.delete(key));
  }
  return provider;
}
