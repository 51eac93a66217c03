import type {
  ModuleIdentity,
  ModuleSymbols,
  SymbolAttempt,
  SymbolLookup,
  SymbolProvider,
} from '@faultline/sdk/module-symbols';
import type { SymbolIndexReader } from '@faultline/symbols';
import { breakpadPath, codeInfoPath, safeLeaf, type SymbolPath } from '@faultline/symbols/symbol-path';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CacheQuota } from '../cache/cache-quota.js';
import { defaultCacheFolder } from '../default-cache-folder.js';
import { IndexStore } from '../index-store/index-store.js';
import { startAttempt, statusOf } from './attempt.js';
import { DownloadCache } from './download-cache.js';
import { FolderPlace } from './folder-place.js';
import { OpenedModules } from './opened-modules.js';
import type { HttpPlace } from './http-place.js';
import { checkOptions, type SymbolProviderOptions } from './options.js';
import type { LocatedText, SymbolPlace } from './symbol-place.js';
import { plainUpstream } from '../upstream/upstream.js';

/** A provider that holds open files; close it when no walk uses its symbols any more. */
export interface ClosableSymbolProvider extends SymbolProvider {
  /** Servers are asked again for what they said they do not have of this module. */
  forgetMisses(module: ModuleIdentity): void;
  close(): Promise<void>;
}

/**
 * Symbols from folders, the cache and servers, in this order; the first usable file wins. Made for walker processes
 * and commands: files are read with blocking calls.
 * @throws FaultlineError `SYMBOL_OPTIONS_INVALID`
 */
export function createSymbolProvider(given: Partial<SymbolProviderOptions>): ClosableSymbolProvider {
  return new PlacesSymbolProvider(checkOptions(given));
}

class PlacesSymbolProvider implements ClosableSymbolProvider {
  private readonly localPlaces: SymbolPlace[];
  private servers: Promise<HttpPlace[]> | null = null;
  private readonly cache: DownloadCache | null;
  private readonly indexes: IndexStore;
  private readonly ownFolder: string | null;
  private readonly opened = new OpenedModules();
  private readonly finding = new Map<string, Promise<SymbolLookup>>();
  private quota: CacheQuota | null = null;

  constructor(private readonly options: SymbolProviderOptions) {
    // Downloads need a folder; without one to keep they get one that goes with this provider.
    this.ownFolder =
      options.cacheFolder === null && options.urls.length + options.upstreams.length > 0
        ? mkdtempSync(path.join(tmpdir(), 'faultline-symbols-'))
        : null;
    const downloads = options.cacheFolder ?? this.ownFolder;
    const noteWritten = (bytes: number) => void this.noteWritten(bytes);
    const cache = downloads === null ? null : new DownloadCache(downloads, options.missLifetime, Date.now, noteWritten);
    this.cache = cache;
    const folders = options.paths.map((root) => new FolderPlace(root, options.keptPaths.includes(root)));
    this.localPlaces = [...folders, ...(cache === null ? [] : [cache])];
    const indexFolder = options.indexFolder === undefined ? (downloads ?? defaultCacheFolder()) : options.indexFolder;
    this.indexes = new IndexStore({ ...options, indexFolder, noteWritten });
  }

  /** Two walks that ask for one module at the same time share one search. */
  find(module: ModuleIdentity, signal?: AbortSignal): Promise<SymbolLookup> {
    const key = JSON.stringify([module.debugFile, module.debugId, module.codeFile, module.codeId]);
    const shared = this.finding.get(key);
    if (shared !== undefined) return shared;
    const search = this.search(module, signal).finally(() => this.finding.delete(key));
    this.finding.set(key, search);
    return search;
  }

  /** A damaged index is made again from its text; a text that can't be read fails again, and then says why. */
  async recover(module: ModuleIdentity, failed: ModuleSymbols, signal?: AbortSignal): Promise<SymbolLookup> {
    this.indexes.discard(failed);
    await this.opened.drop(failed);
    return this.find(module, signal);
  }

  forgetMisses(module: ModuleIdentity): void {
    const servers = [...this.options.urls, ...this.options.upstreams.map(({ url }) => url)];
    for (const wanted of [breakpadPath(module), codeInfoPath(module)]) {
      if (wanted !== null) for (const server of servers) this.cache?.forgetMiss(server, wanted);
    }
  }

  async close(): Promise<void> {
    await this.opened.closeAll();
    await this.quota?.settled();
    if (this.ownFolder !== null) rmSync(this.ownFolder, { recursive: true, force: true });
  }

  private async search(module: ModuleIdentity, signal?: AbortSignal): Promise<SymbolLookup> {
    const attempts: SymbolAttempt[] = [];
    const identified = await this.identify(module, attempts, signal);
    if (identified === null) return { symbols: null, attempts, isCorrupt: false, url: null };
    const { wanted, redirectedTo } = identified;
    const more = redirectedTo === undefined ? {} : { redirectedTo };
    let isCorrupt = false;
    for await (const place of this.allPlaces()) {
      if (isStopped(signal)) break;
      const answer = await place.locate(module, wanted, signal);
      attempts.push(...answer.attempts);
      if (answer.found === null) continue;
      const symbols = await this.open(answer.found, wanted, place, attempts, signal);
      if (symbols !== null) return { symbols, attempts, isCorrupt: false, url: answer.found.url, ...more };
      isCorrupt ||= !isStopped(signal);
    }
    return { symbols: null, attempts, isCorrupt, url: null, ...more };
  }

  private async *allPlaces(): AsyncGenerator<SymbolPlace> {
    yield* this.localPlaces;
    yield* await this.loadServers();
  }

  /** HTTP is loaded by the first module that no folder has. */
  private loadServers(): Promise<HttpPlace[]> {
    const { cache, options } = this;
    const asked = options.upstreams.filter(({ layout }) => layout === 'breakpad');
    const upstreams = [...options.urls.map(plainUpstream), ...asked];
    if (cache === null || upstreams.length === 0) return Promise.resolve([]);
    this.servers ??= Promise.all([import('./http-place.js'), import('../upstream/host-slots.js')]).then(
      ([{ HttpPlace }, { HostSlots }]) => {
        const parts = { cache, options, slots: new HostSlots() };
        return upstreams.map((upstream) => new HttpPlace(upstream, parts));
      },
    );
    return this.servers;
  }

  /** What keeps the quota is loaded by the first process that writes. */
  private async noteWritten(bytes: number): Promise<void> {
    const { cacheFolder, cacheMaxBytes, cacheKeepFree, missLifetime } = this.options;
    if (cacheFolder === null || cacheMaxBytes === null) return;
    const { CacheQuota } = await import('../cache/cache-quota.js');
    this.quota ??= new CacheQuota({
      folder: cacheFolder,
      maxBytes: cacheMaxBytes,
      keepFree: cacheKeepFree,
      missLifetime,
    });
    this.quota.noteWritten(bytes);
  }

  /** The path to look for; for a module without a debug id, what a server knows its code id by. */
  private async identify(
    module: ModuleIdentity,
    attempts: SymbolAttempt[],
    signal?: AbortSignal,
  ): Promise<{ wanted: SymbolPath; redirectedTo?: { debugFile: string; debugId: string } } | null> {
    const wanted = breakpadPath(module);
    if (wanted !== null) return { wanted };
    if (safeLeaf(module.codeFile) !== null && module.codeId !== '') {
      for (const server of await this.loadServers()) {
        const { identity, attempt } = await server.identify(module, signal);
        if (attempt !== null) attempts.push(attempt);
        const path = identity === null ? null : breakpadPath({ ...module, ...identity });
        if (identity !== null && path !== null) return { wanted: path, redirectedTo: identity };
      }
    }
    const reason = module.debugId === '' ? 'the dump has no debug id for it' : 'its name or id can not be a file name';
    attempts.push(startAttempt('identity', safeLeaf(module.codeFile) ?? '')('skipped', 0, reason));
    return null;
  }

  private async open(
    found: LocatedText,
    wanted: SymbolPath,
    place: SymbolPlace,
    attempts: SymbolAttempt[],
    signal?: AbortSignal,
  ): Promise<SymbolIndexReader | null> {
    const key = openedKey(found.text);
    const known = this.opened.get(key);
    if (known !== null) return known;
    const attempt = startAttempt(place.name, found.text);
    try {
      const { symbols } = await this.indexes.open(found.text, wanted, found.origin, signal);
      if (!isUsable(symbols)) {
        await symbols.close();
        attempts.push(attempt('malformed', 0, 'it has no symbol records'));
        this.discard(found);
        return null;
      }
      this.opened.add(key, symbols);
      return symbols;
    } catch (error) {
      const { status, reason } = statusOf(error);
      if (isStopped(signal)) {
        attempts.push(attempt('skipped', 0, 'the walk was stopped'));
        return null;
      }
      attempts.push(attempt(status, 0, reason));
      this.discard(found);
      return null;
    }
  }

  /** A download that is no symbol file (a login page, say) must not answer for ever. */
  private discard(found: LocatedText): void {
    if (found.url === null || this.cache === null) return;
    this.cache.discard(found.text);
  }
}

function isUsable({ directory }: SymbolIndexReader): boolean {
  if (directory.moduleRecord.debugId !== '') return true;
  return Object.values(directory.tables).some((table) => table.count > 0);
}

function isStopped(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** A text that changed on disk is another one. */
function openedKey(text: string): string {
  const stat = statSync(text, { throwIfNoEntry: false });
  return `${text}\n${stat?.size}\n${stat?.mtimeMs}`;
}
