import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FieldDictionary } from '@faultline/sdk';
import { FakeClock, MemoryCrashStorage, MemoryLogger } from '@faultline/testing';
import { SearchLocalConfig } from '../../../plugins/search-local/src/config.js';
import { LocalIndex } from '../../../plugins/search-local/src/local-index.js';
import { LocalSearchEngine } from '../../../plugins/search-local/src/local-search-engine.js';

/** A real engine in a folder of its own. */
export async function openEngine(fields: FieldDictionary, config: Partial<SearchLocalConfig> = {}, at?: string) {
  const folder = at ?? (await mkdtemp(join(tmpdir(), 'faultline-search-')));
  const storage = new MemoryCrashStorage();
  const logger = new MemoryLogger();
  const { cacheSize, flushRows } = SearchLocalConfig.parse(config);
  const port = await LocalIndex.open({
    folder: join(folder, 'index'),
    cacheSize,
    flushRows,
    logger,
    onDamage: () => undefined,
  });
  const clock = new FakeClock();
  const engine = new LocalSearchEngine({ port, fields, storage, clock, probe: () => Promise.resolve() });
  return {
    engine,
    storage,
    logger,
    folder,
    close: async () => {
      await engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
