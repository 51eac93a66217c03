/** A server of native files: symsrv's layout (Microsoft's) or debuginfod's (distributions'). Asked by a job, never by a walk. */
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { asFaultlineError } from '@faultline/sdk/errors';
import type { Milliseconds } from '@faultline/sdk/units';
import { safeLeaf } from '@faultline/symbols/symbol-path';
import type { DownloadCache } from '../provider/download-cache.js';
import { httpGet, isUnwritable } from '../provider/http-get.js';
import { symbolKeyOf, type SymbolKey } from '../store/symbol-key.js';
import type { SymbolRecord } from '../store/symbol-records.js';
import type { SymbolStore, Verdict } from '../store/symbol-store.js';
import { identifyNative, nativeProblem } from './native-file.js';
import type { UpstreamHealth } from '../upstream/upstream-health.js';
import type { Upstream } from '../upstream/upstream.js';

/** What is known of a module that lacks symbols. */
export interface LackingModule {
  /** File name of the binary. */
  module: string;
  debugId: string;
  codeId: string;
}

export interface NativeUpstreamParts {
  upstream: Upstream;
  cache: Pick<DownloadCache, 'missOf' | 'rememberMiss' | 'newTemporary'>;
  health: UpstreamHealth;
  store: SymbolStore;
  bounds: {
    timeout: Milliseconds;
    idleTimeout: Milliseconds;
    maxBytes: number;
    maxRedirects: number;
    allowPrivateRedirects: boolean;
  };
}

/** One file as a server names it, and as it is kept. */
interface Wanted {
  /** Below the server's address. */
  path: string[];
  folder: string;
  id: string;
  file: string;
}

export class NativeUpstream {
  /** Whether names stand below their first two letters; null until the server has said so. */
  private isTwoTier: boolean | null = null;

  constructor(private readonly parts: NativeUpstreamParts) {}

  /** What the server has of a module, stored; empty when it has nothing, or is not asked now. */
  async fetch(module: LackingModule, signal: AbortSignal): Promise<SymbolRecord[]> {
    const name = safeLeaf(module.module);
    if (name === null) return [];
    return this.parts.upstream.layout === 'debuginfod'
      ? this.fetchByBuildId(name, module.codeId, signal)
      : this.fetchWindows(name, module, signal);
  }

  /** The binary names its PDB; where the crash has no code id, the PDB is taken to be called as the binary is. */
  private async fetchWindows(name: string, module: LackingModule, signal: AbortSignal): Promise<SymbolRecord[]> {
    const { codeId, debugId } = module;
    const binary = codeId === '' ? null : await this.take(symsrvFile(name, symsrvCodeId(codeId)), signal);
    const pdb = binary?.native?.debugFile ?? `${name.replace(/\.[^.]+$/, '')}.pdb`;
    const symbols = safeLeaf(pdb) === null ? null : await this.take(symsrvFile(pdb, debugId.toUpperCase()), signal);
    return [binary, symbols].filter((record) => record !== null);
  }

  private async fetchByBuildId(name: string, buildId: string, signal: AbortSignal): Promise<SymbolRecord[]> {
    if (!/^[0-9a-f]{8,64}$/i.test(buildId)) return [];
    const files = [];
    for (const kind of ['debuginfo', 'executable']) {
      const path = ['buildid', buildId.toLowerCase(), kind];
      const file = kind === 'debuginfo' ? `${name}.debug` : name;
      files.push(await this.take({ path, folder: name, id: buildId.toUpperCase(), file }, signal));
    }
    return files.filter((record) => record !== null);
  }

  private async take(wanted: Wanted, signal: AbortSignal): Promise<SymbolRecord | null> {
    const { cache, health, upstream } = this.parts;
    const key = symbolKeyOf(`${wanted.folder}/${wanted.id}/${wanted.file}`);
    if (key === null) return null;
    if (cache.missOf(upstream.url, wanted) !== null || health.refusal() !== null) return null;
    const temporary = cache.newTemporary();
    try {
      this.isTwoTier ??= await this.askForTiers(signal);
      if (this.isTwoTier === null) return null;
      const path = this.isTwoTier ? [wanted.folder.slice(0, 2), ...wanted.path] : wanted.path;
      const status = await this.download(path, temporary, signal);
      if (status === null) return null;
      if (status === 404 || status === 403 || status === 410 || status === 401) {
        health.answered('missed');
        cache.rememberMiss(upstream.url, wanted);
        return null;
      }
      if (status !== 200) {
        health.failed(`HTTP ${status}`);
        return null;
      }
      health.answered('found');
      // A page to sign in, a packed file, another module's: not asked for again for a while.
      const verdict = (await isNative(temporary)) ? await this.keep(key, temporary, signal) : null;
      if (verdict !== null && verdict.outcome !== 'rejected') return verdict.record;
      cache.rememberMiss(upstream.url, wanted);
      return null;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /**
   * Stores that symstore made for very many files tell it by a file `index2.txt` at their root, which debuggers ask for
   * first. Null when the server failed.
   */
  private async askForTiers(signal: AbortSignal): Promise<boolean | null> {
    if (this.parts.upstream.layout !== 'symsrv') return false;
    const temporary = this.parts.cache.newTemporary();
    try {
      const status = await this.download(['index2.txt'], temporary, signal);
      return status === null ? null : status === 200;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  private keep(key: SymbolKey, temporary: string, signal: AbortSignal): Promise<Verdict> {
    const { store, upstream } = this.parts;
    return store.add({
      key,
      name: key.fileName,
      content: createReadStream(temporary, { highWaterMark: 256 * 1024 }),
      isTry: false,
      uploadId: '',
      uploadedBy: upstream.url,
      signal,
    });
  }

  /** The answer's status; null when the server failed. What our own disk refuses is thrown. */
  private async download(path: readonly string[], temporary: string, signal: AbortSignal): Promise<number | null> {
    const { health, upstream, bounds } = this.parts;
    const base = upstream.url.endsWith('/') ? upstream.url : `${upstream.url}/`;
    const output = await open(temporary, 'wx');
    try {
      const { headers, timeout } = upstream;
      const options = { ...bounds, timeout: timeout ?? bounds.timeout, headers, signal, packing: 'identity' as const };
      const address = base + path.map(encodeURIComponent).join('/');
      return (await httpGet(address, options, (piece) => output.write(piece))).status;
    } catch (error) {
      if (signal.aborted || isUnwritable(error)) {
        health.abandoned();
        throw error;
      }
      health.failed(asFaultlineError(error).message);
      return null;
    } finally {
      await output.close();
    }
  }
}

/** What is wrong with the file is the server's affair: it has another one than was asked for. */
async function isNative(file: string): Promise<boolean> {
  try {
    return (await identifyNative(file)) !== null;
  } catch (error) {
    if (nativeProblem(error) === null) throw error;
    return false;
  }
}

function symsrvFile(name: string, id: string): Wanted {
  return { path: [name, id, name], folder: name, id: id.toUpperCase(), file: name };
}

/** Eight digits of the timestamp in capitals, then the size in small ones: how Microsoft's tools write it. */
function symsrvCodeId(codeId: string): string {
  return codeId.slice(0, 8).toUpperCase() + codeId.slice(8).toLowerCase();
}
