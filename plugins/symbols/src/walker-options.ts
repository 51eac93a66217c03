import path from 'node:path';
import type { SymbolsConfig } from './config.js';
import type { SymbolProviderOptions } from './provider/options.js';
import { upstreamsOf } from './upstream/upstream-config.js';

/** As a type, not an interface: it travels to walkers as JSON. */
type WalkerOptions = { [Key in keyof SymbolProviderOptions]: SymbolProviderOptions[Key] };

/** What a walker's child process is told: the store of uploads first, then the configured folders, then servers. */
export function walkerOptions(
  config: SymbolsConfig,
  folders: { dataFolder: string; cacheFolder: string },
): WalkerOptions {
  const stores = [path.join(folders.dataFolder, 'symbols'), path.join(folders.dataFolder, 'symbols-try')];
  return {
    paths: [...stores, ...config.paths.map((each) => path.resolve(folders.dataFolder, each))],
    keptPaths: stores,
    urls: [],
    upstreams: upstreamsOf(config),
    cacheMaxBytes: config.cache.maxSize,
    cacheKeepFree: config.cache.keepFree,
    idleTimeout: config.idleTimeout,
    cacheFolder: folders.cacheFolder,
    indexFolder: folders.cacheFolder,
    timeout: config.timeout,
    maxDownloadBytes: config.maxDownloadSize,
    maxTextBytes: config.maxTextSize,
    maxRedirects: config.maxRedirects,
    missLifetime: config.missLifetime,
    allowPrivateRedirects: config.allowPrivateRedirects,
    buildThreads: config.buildThreads,
  };
}

/**
 * The same for dumps of a product that has symbol servers of its own, which are asked before the others. Null when it
 * has none, so that walkers keep one provider for all such products.
 */
export function optionsForProduct(
  options: WalkerOptions,
  servers: readonly string[],
  { credentials }: Pick<SymbolsConfig, 'credentials'>,
): WalkerOptions | null {
  if (servers.length === 0) return null;
  const own = upstreamsOf({ urls: [...servers], upstreams: [], credentials });
  return { ...options, upstreams: [...own, ...options.upstreams.filter(({ url }) => !servers.includes(url))] };
}
