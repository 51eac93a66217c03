/** Modules whose files no quota and no retention takes. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { systemErrorCode } from '@faultline/sdk/errors';
import { temporaryName } from '../index-store/temporary-files.js';

/** A type, not an interface: it is a JSON value. */
export type SymbolPin = {
  debugFile: string;
  /** "" for every version of the module. */
  debugId: string;
};

export type IsPinned = (module: { debugFile: string; debugId: string }) => boolean;

/** Names are compared without case, as debuggers on Windows have them. */
export function pinnedBy(pins: readonly SymbolPin[]): IsPinned {
  const keys = new Set(pins.map(({ debugFile, debugId }) => keyOf(debugFile, debugId)));
  if (keys.size === 0) return () => false;
  return ({ debugFile, debugId }) => keys.has(keyOf(debugFile, '')) || keys.has(keyOf(debugFile, debugId));
}

/** A copy of the pins for processes that have no state store: the walkers. */
export function writePins(folder: string, pins: readonly SymbolPin[]): void {
  const file = path.join(folder, 'pins.json');
  const temporary = temporaryName(file);
  writeFileSync(temporary, JSON.stringify(pins), { flush: true });
  renameSync(temporary, file);
}

/**
 * None when there is no copy: nothing was ever pinned.
 * @throws what is wrong with a copy that can't be read: without the pins nothing may be let go
 */
export function readPins(folder: string): SymbolPin[] {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'pins.json'), 'utf8')) as SymbolPin[];
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function keyOf(debugFile: string, debugId: string): string {
  return `${debugFile.toLowerCase()}/${debugId.toUpperCase()}`;
}
