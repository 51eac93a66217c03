import { CrashStorage, SearchEngine } from '@faultline/sdk';
import { fake, startTestHost } from '@faultline/server/testing';
import {
  MemoryCrashStorage,
  MemoryFieldDictionary,
  NaiveSearchEngine,
  sampleCrashId,
  samplePending,
  sampleRawCrash,
} from '@faultline/testing';
import { describe, expect, it } from 'vitest';

/** A server that is told to fill its folder. */
async function start(storage: MemoryCrashStorage) {
  const engine = new NaiveSearchEngine(new MemoryFieldDictionary([]));
  const host = await startTestHost({
    plugins: ['generator'],
    config: { generator: { fill: 60, days: 4 } },
    fakes: [fake(CrashStorage, storage), fake(SearchEngine, engine)],
  });
  return { host, found: async () => (await engine.status()).crashes };
}

describe('a server with generated crashes', () => {
  it('is filled while it runs, up to now, the newest with stacks to look at', async () => {
    const storage = new MemoryCrashStorage();
    const { host, found } = await start(storage);
    await expect.poll(found).toBe(60);
    let withStacks = 0;
    for await (const crash of storage.scanProcessed()) {
      expect(Date.parse(crash.submitted_timestamp)).toBeLessThan(Date.now());
      if (crash['json_dump'] !== undefined) withStacks++;
    }
    expect(withStacks).toBeGreaterThan(10);
    expect(withStacks).toBeLessThan(60);
    await host.stop();
  });

  it('leaves a folder alone that holds a report', async () => {
    const storage = new MemoryCrashStorage();
    const id = sampleCrashId(1);
    await storage.openDraft().commit({ raw: sampleRawCrash({ crashId: id }), pending: samplePending(id) });
    const { host, found } = await start(storage);
    await host.stop();
    expect(await found()).toBe(0);
  });
});
