/**
 * What a walker's child process and the commands import: no zod, nothing of the host. The `SymbolSource` contribution
 * names this module, and its `createSymbolProvider` gets the contribution's options.
 */
import { currentBundle } from './current-bundle.js';
import type * as providers from './provider/create-symbol-provider.js';

export type { ClosableSymbolProvider } from './provider/create-symbol-provider.js';
export type { SymbolProviderOptions } from './provider/options.js';

const bundle = currentBundle('create-symbol-provider');

export const { createSymbolProvider } = (
  bundle === null ? await import('./provider/create-symbol-provider.js') : await import(bundle)
) as typeof providers;
