import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { isFaultlineError } from '@faultline/sdk/errors';
import type { ModuleIdentity, SymbolAttempt } from '@faultline/sdk/module-symbols';
import { codeInfoPath, identityOfPath, type SymbolPath } from '@faultline/symbols/symbol-path';
import { startAttempt, statusOf } from './attempt.js';
import type { DownloadCache } from './download-cache.js';
import { httpGet, isUnwritable, type HttpAnswer } from './http-get.js';
import type { SymbolProviderOptions } from './options.js';
import type { PlaceAnswer, SymbolPlace } from './symbol-place.js';
import type { HostSlots } from '../upstream/host-slots.js';
import { UpstreamHealth } from '../upstream/upstream-health.js';
import type { Upstream } from '../upstream/upstream.js';

export interface HttpPlaceParts {
  cache: DownloadCache;
  slots: HostSlots;
  options: SymbolProviderOptions;
  now?: () => number;
}

type Attempt = ReturnType<typeof startAttempt>;

/** A symbol server in Tecken's layout, `<base>/<debug file>/<DEBUG ID>/<name>.sym`. */
export class HttpPlace implements SymbolPlace {
  readonly name: string;
  private readonly base: string;
  private readonly host: string;
  private readonly health: UpstreamHealth;

  constructor(
    private readonly upstream: Upstream,
    private readonly parts: HttpPlaceParts,
  ) {
    const { url } = upstream;
    this.base = url.endsWith('/') ? url : `${url}/`;
    this.name = url;
    this.host = new URL(url).host;
    this.health = new UpstreamHealth(parts.cache.folder, url, parts.now);
  }

  async locate(_module: ModuleIdentity, wanted: SymbolPath, signal?: AbortSignal): Promise<PlaceAnswer> {
    const url = this.addressOf(wanted);
    const attempt = startAttempt(this.name, url);
    const miss = this.knownMiss(wanted);
    if (miss !== null) return { found: null, attempts: [attempt('not-found', 0, miss)] };
    return this.inLine(async () => {
      const refusal = this.health.refusal();
      if (refusal !== null) return { found: null, attempts: [attempt('skipped', 0, refusal)] };
      try {
        return await this.fetch(wanted, attempt, signal);
      } catch (error) {
        return { found: null, attempts: [this.failed(attempt, error, signal)] };
      }
    });
  }

  private async fetch(wanted: SymbolPath, attempt: Attempt, signal?: AbortSignal): Promise<PlaceAnswer> {
    const url = this.addressOf(wanted);
    const temporary = this.parts.cache.newTemporary();
    try {
      const answer = await this.download(url, temporary, signal);
      if (answer.status !== 200) {
        const { status, reason } = this.refusal(answer, wanted);
        return { found: null, attempts: [attempt(status, 0, reason)] };
      }
      this.health.answered('found');
      const text = this.parts.cache.keep(temporary, wanted, url);
      return { found: { text, origin: url, url }, attempts: [attempt('found', answer.bytes)] };
    } finally {
      rmSync(temporary, { force: true });
    }
  }

  /**
   * Asks for a module that has no debug id by its code file and code id; Tecken answers with a redirect to the debug
   * file's place, which is not followed but read.
   */
  async identify(
    module: ModuleIdentity,
    signal?: AbortSignal,
  ): Promise<{ identity: { debugFile: string; debugId: string } | null; attempt: SymbolAttempt | null }> {
    const wanted = codeInfoPath(module);
    if (wanted === null) return { identity: null, attempt: null };
    const url = this.addressOf(wanted);
    const attempt = startAttempt(this.name, url);
    const miss = this.knownMiss(wanted);
    if (miss !== null) return { identity: null, attempt: attempt('not-found', 0, miss) };
    return this.inLine(async () => {
      const refusal = this.health.refusal();
      if (refusal !== null) return { identity: null, attempt: attempt('skipped', 0, refusal) };
      try {
        const bounds = { ...this.bounds(signal), maxBytes: 0, stopAtRedirect: true };
        const answer = await httpGet(url, bounds, () => {});
        const identity = answer.location === null ? null : identityOfPath(new URL(answer.location, url).pathname);
        if (identity !== null) {
          this.health.answered('found');
          return { identity, attempt: attempt('found', 0, `it is ${identity.debugFile}`) };
        }
        const { status, reason } = this.refusal(answer, wanted);
        return { identity: null, attempt: attempt(status, 0, reason) };
      } catch (error) {
        return { identity: null, attempt: this.failed(attempt, error, signal) };
      }
    });
  }

  private addressOf(wanted: SymbolPath): string {
    return this.base + [wanted.folder, wanted.id, wanted.file].map(encodeURIComponent).join('/');
  }

  /** What the server said a while ago, if that is still believed. */
  private knownMiss(wanted: SymbolPath): string | null {
    const miss = this.parts.cache.missOf(this.name, wanted);
    return miss === null ? null : `it said so at ${new Date(miss).toISOString()}`;
  }

  private bounds(signal: AbortSignal | undefined) {
    const { options } = this.parts;
    const { headers, timeout } = this.upstream;
    return { ...options, timeout: timeout ?? options.timeout, headers, signal };
  }

  private inLine<T>(work: () => Promise<T>): Promise<T> {
    return this.parts.slots.use(this.host, this.upstream.maxConnections, work);
  }

  private async download(url: string, temporary: string, signal?: AbortSignal): Promise<HttpAnswer> {
    const bounds = { ...this.bounds(signal), maxBytes: this.parts.options.maxDownloadBytes };
    const file = openSync(temporary, 'wx');
    try {
      const answer = await httpGet(url, bounds, (piece) => {
        for (let done = 0; done < piece.length;) done += writeSync(file, piece, done);
      });
      if (answer.status === 200) fsyncSync(file);
      return answer;
    } finally {
      closeSync(file);
    }
  }

  private refusal(
    { status, retryAfter }: HttpAnswer,
    wanted: SymbolPath,
  ): { status: SymbolAttempt['status']; reason: string } {
    const reason = `HTTP ${status}`;
    if (status === 404 || status === 410) {
      this.health.answered('missed');
      this.parts.cache.rememberMiss(this.name, wanted);
      return { status: 'not-found', reason };
    }
    if (status === 401 || status === 403) {
      // Object stores answer 403 for what is not there when listing is forbidden, so it is remembered, too.
      this.health.answered('missed');
      this.parts.cache.rememberMiss(this.name, wanted);
      return { status: 'denied', reason };
    }
    this.health.failed(reason, status === 429 || status === 503 ? retryAfter : null);
    return { status: 'unavailable', reason };
  }

  private failed(attempt: Attempt, error: unknown, signal?: AbortSignal): SymbolAttempt {
    const { status, reason } = statusOf(error);
    if (signal?.aborted === true) {
      this.health.abandoned();
      return attempt('skipped', 0, 'the walk was stopped');
    }
    // What our own disk refuses is no failure of the server's.
    const isTheirs =
      (status === 'timeout' || status === 'unavailable') && isFaultlineError(error) && !isUnwritable(error);
    if (isTheirs) this.health.failed(reason);
    else this.health.abandoned();
    return attempt(status, 0, reason);
  }
}
