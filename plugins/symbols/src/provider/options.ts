import { FaultlineError } from '@faultline/sdk/errors';
import type { Bytes, Milliseconds } from '@faultline/sdk/units';
import { plainUpstream, upstreamLayouts, type Upstream } from '../upstream/upstream.js';

/** What a child process needs to find symbols; plain JSON, because it crosses processes. */
export interface SymbolProviderOptions {
  /** Folders in Breakpad's layout, or single `.sym` files; asked first, in order. */
  paths: string[];
  /** Base addresses of symbol servers, asked in order after paths and cache. */
  urls: string[];
  /** Servers that more is known of, asked after `urls`; only those in Breakpad's layout are asked by a walk. */
  upstreams: Upstream[];
  /** Of `paths`, those whose files' last use is kept: the stores of uploads. */
  keptPaths: string[];
  /** Downloads are kept here, shared by any number of processes. Null: they are not kept. */
  cacheFolder: string | null;
  /**
   * Indexes are kept here; left out: in the cache folder, or the user's own cache where there is none, so that the
   * second run of a command is fast. Null: they are not kept.
   */
  indexFolder?: string | null;
  /** Downloads and indexes together; what was used longest ago goes first. Null: no quota. */
  cacheMaxBytes: Bytes | null;
  /** Of the disk: so much stays free for others. */
  cacheKeepFree: Bytes;
  /** Per request, from its start to its last byte. */
  timeout: Milliseconds;
  /** Nothing came for so long: the server hangs. */
  idleTimeout: Milliseconds;
  /** Larger downloads are refused. */
  maxDownloadBytes: Bytes;
  /** Larger symbol texts, after gzip, are refused. */
  maxTextBytes: Bytes;
  maxRedirects: number;
  /** How long a server's "not found" is believed. */
  missLifetime: Milliseconds;
  /** Redirects to addresses of private networks are followed. */
  allowPrivateRedirects: boolean;
  /** Worker threads for the index of one large file; 0 or 1 builds on the calling thread. */
  buildThreads: number;
}

const defaultSymbolProviderOptions: SymbolProviderOptions = {
  paths: [],
  urls: [],
  upstreams: [],
  keptPaths: [],
  cacheFolder: null,
  cacheMaxBytes: null,
  cacheKeepFree: 0,
  timeout: 120_000,
  idleTimeout: 30_000,
  maxDownloadBytes: 2 * 2 ** 30,
  maxTextBytes: 4 * 2 ** 30,
  maxRedirects: 5,
  missLifetime: 60 * 60 * 1000,
  allowPrivateRedirects: false,
  buildThreads: 2,
};

/**
 * Fills in defaults and checks what came as JSON.
 * @throws FaultlineError `SYMBOL_OPTIONS_INVALID`, naming the key
 */
export function checkOptions(given: Partial<SymbolProviderOptions>): SymbolProviderOptions {
  const options = { ...defaultSymbolProviderOptions, ...given };
  for (const key of ['paths', 'urls', 'keptPaths'] as const) {
    const list: unknown = options[key];
    if (!Array.isArray(list) || !list.every((each) => typeof each === 'string')) throw invalid(key, 'a list of texts');
  }
  const servers = [...options.urls.map(plainUpstream), ...options.upstreams];
  for (const { url, layout } of servers) {
    if (!/^https?:\/\/[^/]/.test(url) || !URL.canParse(url)) throw invalid('urls', 'http or https addresses');
    if (!upstreamLayouts.includes(layout)) throw invalid('upstreams', `of the layouts ${upstreamLayouts.join(', ')}`);
  }
  for (const [key, value] of Object.entries(options)) {
    const isNumber = typeof defaultSymbolProviderOptions[key as keyof SymbolProviderOptions] === 'number';
    if (isNumber && !(typeof value === 'number' && value >= 0)) throw invalid(key, 'a number from 0 on');
  }
  const { indexFolder = null, cacheMaxBytes } = options;
  if (cacheMaxBytes !== null && !(cacheMaxBytes >= 0)) throw invalid('cacheMaxBytes', 'a number from 0 on');
  if (indexFolder !== null && typeof indexFolder !== 'string') throw invalid('indexFolder', 'a folder');
  if (options.cacheFolder !== null && typeof options.cacheFolder !== 'string') throw invalid('cacheFolder', 'a folder');
  return options;
}

function invalid(key: string, what: string): FaultlineError {
  return new FaultlineError('Malformed', 'SYMBOL_OPTIONS_INVALID', `The symbol option "${key}" must be ${what}.`, {
    details: { key },
  });
}
