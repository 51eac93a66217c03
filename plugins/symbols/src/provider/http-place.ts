import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import type { ModuleIdentity, SymbolAttempt } from '@faultline/sdk/module-symbols';
import { codeInfoPath, identityOfPath, type SymbolPath } from '@faultline/symbols/symbol-path';
import { startAttempt, statusOf } from './attempt.js';
import type { DownloadCache } from './download-cache.js';
import { httpGet, type HttpAnswer } from './http-get.js';
import type { SymbolProviderOptions } from './options.js';
import type { PlaceAnswer, SymbolPlace } from './symbol-place.js';

/** A server that failed this often in a row is left alone for a while: a dump has a hundred modules. */
const failuresBeforePause = 2;
const pauseMilliseconds = 60_000;

/** A symbol server in Tecken's layout, `<base>/<debug file>/<DEBUG ID>/<name>.sym`. */
export class HttpPlace implements SymbolPlace {
  readonly name: string;
  private readonly base: string;
  private failures = 0;
  private pausedUntil = 0;

  constructor(
    base: string,
    private readonly cache: DownloadCache,
    private readonly options: SymbolProviderOptions,
    private readonly now: () => number = Date.now,
  ) {
    this.base = base.endsWith('/') ? base : `${base}/`;
    this.name = base;
  }

  async locate(_module: ModuleIdentity, wanted: SymbolPath, signal?: AbortSignal): Promise<PlaceAnswer> {
    const url = this.addressOf(wanted);
    const attempt = startAttempt(this.name, url);
    const skipped = this.reasonToSkip(wanted);
    if (skipped !== null) return { found: null, attempts: [attempt(skipped.status, 0, skipped.reason)] };
    let temporary: string | null = null;
    try {
      temporary = this.cache.temporaryFor(wanted);
      const answer = await this.download(url, temporary, signal);
      if (answer.status !== 200) {
        rmSync(temporary, { force: true });
        const { status, reason } = this.refusal(answer.status, wanted);
        return { found: null, attempts: [attempt(status, 0, reason)] };
      }
      this.failures = 0;
      const text = this.cache.keep(temporary, wanted, url);
      return { found: { text, origin: url, url }, attempts: [attempt('found', answer.bytes)] };
    } catch (error) {
      if (temporary !== null) rmSync(temporary, { force: true });
      return { found: null, attempts: [this.failed(attempt, error, signal)] };
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
    const skipped = this.reasonToSkip(wanted);
    if (skipped !== null) return { identity: null, attempt: attempt(skipped.status, 0, skipped.reason) };
    try {
      const answer = await httpGet(url, { ...this.options, maxBytes: 0, signal, stopAtRedirect: true }, () => {});
      const identity = answer.location === null ? null : identityOfPath(new URL(answer.location, url).pathname);
      if (identity !== null) return { identity, attempt: attempt('found', 0, `it is ${identity.debugFile}`) };
      const { status, reason } = this.refusal(answer.status, wanted);
      return { identity: null, attempt: attempt(status, 0, reason) };
    } catch (error) {
      return { identity: null, attempt: this.failed(attempt, error, signal) };
    }
  }

  private addressOf(wanted: SymbolPath): string {
    return this.base + [wanted.folder, wanted.id, wanted.file].map(encodeURIComponent).join('/');
  }

  private reasonToSkip(wanted: SymbolPath): { status: 'skipped' | 'not-found'; reason: string } | null {
    if (this.now() < this.pausedUntil) return { status: 'skipped', reason: 'the server failed a moment ago' };
    const miss = this.cache.missOf(this.name, wanted);
    if (miss === null) return null;
    return { status: 'not-found', reason: `it said so at ${new Date(miss).toISOString()}` };
  }

  private async download(url: string, temporary: string, signal?: AbortSignal): Promise<HttpAnswer> {
    const file = openSync(temporary, 'wx');
    try {
      const bounds = { ...this.options, maxBytes: this.options.maxDownloadBytes, signal };
      const answer = await httpGet(url, bounds, (piece) => {
        for (let done = 0; done < piece.length;) done += writeSync(file, piece, done);
      });
      if (answer.status === 200) fsyncSync(file);
      return answer;
    } finally {
      closeSync(file);
    }
  }

  private refusal(status: number, wanted: SymbolPath): { status: SymbolAttempt['status']; reason: string } {
    const reason = `HTTP ${status}`;
    if (status === 404 || status === 410) {
      this.failures = 0;
      this.cache.rememberMiss(this.name, wanted);
      return { status: 'not-found', reason };
    }
    if (status === 401 || status === 403) {
      // Object stores answer 403 for what is not there when listing is forbidden, so it is remembered, too.
      this.cache.rememberMiss(this.name, wanted);
      return { status: 'denied', reason };
    }
    this.countFailure();
    return { status: 'unavailable', reason };
  }

  private failed(attempt: ReturnType<typeof startAttempt>, error: unknown, signal?: AbortSignal): SymbolAttempt {
    const { status, reason } = statusOf(error);
    if (signal?.aborted === true) return attempt('skipped', 0, 'the walk was stopped');
    if (status === 'timeout' || status === 'unavailable') this.countFailure();
    return attempt(status, 0, reason);
  }

  private countFailure(): void {
    this.failures++;
    if (this.failures < failuresBeforePause) return;
    this.failures = 0;
    this.pausedUntil = this.now() + pauseMilliseconds;
  }
}
