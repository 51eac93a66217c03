/**
 * What a walker's child process and the commands import: no zod, nothing of the host. The `SymbolSource` contribution
 * names this module, and its `createSymbolProvider` gets the contribution's options.
 */
export { createSymbolProvider, type ClosableSymbolProvider } from './provider/create-symbol-provider.js';
export { defaultSymbolProviderOptions, type SymbolProviderOptions } from './provider/options.js';
export { defaultCacheFolder } from './default-cache-folder.js';
