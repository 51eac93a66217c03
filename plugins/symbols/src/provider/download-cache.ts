/**
 * Symbol files that were downloaded, and what servers said they do not have. Laid out for people and for other tools:
 * `symbols/<debug file>/<DEBUG ID>/<name>.sym` as the server sent it (gzip or plain), with `<name>.sym.origin.json`
 * beside it. Files appear whole: written under a temporary name, fsynced, renamed; any number of processes share it.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { systemErrorCode } from '@faultline/sdk/errors';
import type { SymbolPath } from '@faultline/symbols/symbol-path';
import { markUsed } from '../cache/last-used.js';
import { sweepTemporaries, temporaryName } from '../index-store/temporary-files.js';
import { startAttempt } from './attempt.js';
import type { PlaceAnswer, SymbolPlace } from './symbol-place.js';
import type { ModuleIdentity } from '@faultline/sdk/module-symbols';

export class DownloadCache implements SymbolPlace {
  readonly name = 'cache';

  constructor(
    readonly folder: string,
    private readonly missLifetime: number,
    private readonly now: () => number = Date.now,
    private readonly noteWritten: (bytes: number) => void = () => {},
  ) {}

  locate(_module: ModuleIdentity, wanted: SymbolPath): PlaceAnswer {
    const text = this.pathOf(wanted);
    const attempt = startAttempt(this.name, text);
    const stat = statSync(text, { throwIfNoEntry: false });
    if (stat === undefined) return { found: null, attempts: [attempt('not-found')] };
    markUsed(text, this.now());
    const url = readOrigin(text);
    return { found: { text, origin: url ?? text, url }, attempts: [attempt('found', stat.size)] };
  }

  pathOf(wanted: SymbolPath): string {
    return path.join(this.folder, 'symbols', wanted.folder, wanted.id, wanted.file);
  }

  /** A new file to download into, apart from the rest: what a server does not have leaves no folder behind. */
  newTemporary(): string {
    const incoming = path.join(this.folder, 'incoming');
    mkdirSync(incoming, { recursive: true });
    sweepTemporaries(incoming, this.now());
    return temporaryName(path.join(incoming, 'file'));
  }

  /** Makes a finished download visible. The last of several downloads of one file stays. */
  keep(temporary: string, wanted: SymbolPath, url: string): string {
    const target = this.pathOf(wanted);
    const origin = `${temporary}.origin.tmp`;
    writeFileSync(origin, JSON.stringify({ url }));
    // Between making the folder and the rename a sweep may take it away again: it is empty.
    for (let attempt = 1; ; attempt++) {
      mkdirSync(path.dirname(target), { recursive: true });
      try {
        renameSync(temporary, target);
        renameSync(origin, `${target}.origin.json`);
        break;
      } catch (error) {
        if (attempt === 3 || systemErrorCode(error) !== 'ENOENT') throw error;
      }
    }
    this.noteWritten(statSync(target, { throwIfNoEntry: false })?.size ?? 0);
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

  forgetMiss(server: string, wanted: SymbolPath): void {
    rmSync(this.missPath(server, wanted), { force: true });
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
