import path from 'node:path';
import type { SymbolsConfig } from './config.js';
import type { SymbolProviderOptions } from './provider/options.js';
import { upstreamsOf } from './upstream/upstream-config.js';

/** What a walker's child process is told: the store of uploads first, then the configured folders, then servers. */
export function walkerOptions(
  config: SymbolsConfig,
  folders: { dataFolder: string; cacheFolder: string },
): { [Key in keyof SymbolProviderOptions]: SymbolProviderOptions[Key] } {
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
