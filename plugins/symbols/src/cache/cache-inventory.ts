/**
 * What lies in the cache. The folder itself is the only record of it: nothing has to be kept in step with files that
 * any number of processes add and remove, and a kill at any moment leaves nothing wrong.
 */
import { opendir, stat } from 'node:fs/promises';
import path from 'node:path';
import { nullWhenAbsent } from '@faultline/sdk/errors';
import type { Bytes, UnixMillis } from '@faultline/sdk/units';
import { lastUsed } from './last-used.js';

export const cacheKinds = ['symbols', 'indexes', 'misses'] as const;
export type CacheKind = (typeof cacheKinds)[number];

export interface CacheEntry {
  kind: CacheKind;
  file: string;
  /** Of the module; of a miss, of the module that a server did not have. */
  debugFile: string;
  debugId: string;
  /** As the disk counts: whole blocks. */
  bytes: Bytes;
  usedAt: UnixMillis;
  isTemporary: boolean;
}

const block = 4096;

/** Every file, in no order. What goes away meanwhile is left out. */
export async function* cacheEntries(folder: string): AsyncGenerator<CacheEntry> {
  for (const kind of cacheKinds) {
    for await (const file of filesBelow(path.join(folder, kind))) {
      if (file.endsWith('.origin.json')) continue;
      const found = await stat(file).catch(nullWhenAbsent);
      if (found === null) continue;
      const [debugId = '', debugFile = ''] = file.split(path.sep).slice(-3, -1).reverse();
      yield {
        kind,
        file,
        debugFile,
        debugId,
        bytes: Math.ceil(found.size / block) * block,
        usedAt: lastUsed(found),
        isTemporary: file.endsWith('.tmp'),
      };
    }
  }
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  const entries = await opendir(folder).catch(nullWhenAbsent);
  if (entries === null) return;
  for await (const entry of entries) {
    const inside = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(inside);
    else if (entry.isFile()) yield inside;
  }
}
