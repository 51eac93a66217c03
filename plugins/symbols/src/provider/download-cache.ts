/**
 * Symbol files that were downloaded, and what servers said they do not have. Laid out for people and for other tools:
 * `symbols/<debug file>/<DEBUG ID>/<name>.sym` as the server sent it (gzip or plain), with `<name>.sym.origin.json`
 * beside it. Files appear whole: written under a temporary name, fsynced, renamed; any number of processes share it.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SymbolPath } from '@faultline/symbols/symbol-path';
import { sweepTemporaries, temporaryName } from '../index-store/temporary-files.js';
import { startAttempt } from './attempt.js';
import type { PlaceAnswer, SymbolPlace } from './symbol-place.js';
import type { ModuleIdentity } from '@faultline/sdk/module-symbols';

export class DownloadCache implements SymbolPlace {
  readonly name = 'cache';

  constructor(
    private readonly folder: string,
    private readonly missLifetime: number,
    private readonly now: () => number = Date.now,
  ) {}

  locate(_module: ModuleIdentity, wanted: SymbolPath): PlaceAnswer {
    const text = this.pathOf(wanted);
    const attempt = startAttempt(this.name, text);
    const stat = statSync(text, { throwIfNoEntry: false });
    if (stat === undefined) return { found: null, attempts: [attempt('not-found')] };
    const url = readOrigin(text);
    return { found: { text, origin: url ?? text, url }, attempts: [attempt('found', stat.size)] };
  }

  pathOf(wanted: SymbolPath): string {
    return path.join(this.folder, 'symbols', wanted.folder, wanted.id, wanted.file);
  }

  /** A new file to download into, in the folder it will be renamed in. */
  temporaryFor(wanted: SymbolPath): string {
    const target = this.pathOf(wanted);
    mkdirSync(path.dirname(target), { recursive: true });
    sweepTemporaries(path.dirname(target), this.now());
    return temporaryName(target);
  }

  /** Makes a finished download visible. The last of several downloads of one file stays. */
  keep(temporary: string, wanted: SymbolPath, url: string): string {
    const target = this.pathOf(wanted);
    const origin = `${temporary}.origin.tmp`;
    writeFileSync(origin, JSON.stringify({ url }));
    renameSync(origin, `${target}.origin.json`);
    renameSync(temporary, target);
    return target;
  }

  /** Removes a download that turned out to be no symbol file. */
  discard(text: string): void {
    rmSync(text, { force: true });
    rmSync(`${text}.origin.json`, { force: true });
  }

  /** When a server said that it does not have this, if that is still believed. */
  missOf(server: string, wanted: SymbolPath): number | null {
    const stat = statSync(this.missPath(server, wanted), { throwIfNoEntry: false });
    if (stat === undefined || this.now() - stat.mtimeMs > this.missLifetime) return null;
    return stat.mtimeMs;
  }

  rememberMiss(server: string, wanted: SymbolPath): void {
    const file = this.missPath(server, wanted);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, '');
  }

  private missPath(server: string, wanted: SymbolPath): string {
    return path.join(this.folder, 'misses', encodeURIComponent(server), wanted.folder, wanted.id, wanted.file);
  }
}

function readOrigin(text: string): string | null {
  try {
    const origin: unknown = JSON.parse(readFileSync(`${text}.origin.json`, 'utf8'));
    const url: unknown = typeof origin === 'object' && origin !== null && 'url' in origin ? origin.url : null;
    return typeof url === 'string' ? url : null;
  } catch {
    // Put there by hand or by another tool: usable all the same, its address is not known.
    return null;
  }
}
