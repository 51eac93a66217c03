import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { FieldDictionary } from '@faultline/sdk';
import {
  FakeClock,
  MemoryCrashStorage,
  MemoryFieldDictionary,
  MemoryLogger,
  sampleCrashId,
  sampleProcessed,
} from '@faultline/testing';
import { searchSuiteFields } from '@faultline/testing/suites';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LocalSearchEngine } from '../../../plugins/search-local/src/local-search-engine.js';
import { IndexThread } from '../../../plugins/search-local/src/thread/index-thread.js';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const everything = {
  filter: null,
  from: '2026-01-01T00:00:00Z',
  to: '2027-01-01T00:00:00Z',
  sort: [],
  limit: 10,
  cursor: null,
  columns: ['signature'],
  facets: [],
};
const asker = { mayViewProtected: true };

describe('the index in its thread', () => {
  let folder: string;
  let program: URL;
  const opened: IndexThread[] = [];
  const folders: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(repository, 'node_modules', '.search-thread-'));
    const outfile = join(folder, 'index-worker.mjs');
    await build({
      entryPoints: [join(repository, 'plugins/search-local/src/thread/index-worker.ts')],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      conditions: ['source'],
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      logLevel: 'error',
    });
    program = pathToFileURL(outfile);
  });
  afterEach(async () => {
    for (const thread of opened.splice(0)) await thread.close();
    for (const data of folders.splice(0)) await rm(data, { recursive: true, force: true });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function start(options: { idleAfter?: number; at?: string } = {}) {
    const at = options.at ?? (await mkdtemp(join(tmpdir(), 'faultline-search-')));
    folders.push(at);
    const fields: FieldDictionary = new MemoryFieldDictionary(searchSuiteFields);
    const port = new IndexThread({
      program,
      start: { folder: join(at, 'index'), cacheSize: 1 << 24, flushRows: 1000 },
      idleAfter: options.idleAfter ?? 0,
      logger: new MemoryLogger(),
      onDamage: () => undefined,
    });
    opened.push(port);
    const storage = new MemoryCrashStorage();
    const clock = new FakeClock();
    const engine = new LocalSearchEngine({ port, fields, storage, clock, probe: () => Promise.resolve() });
    return { engine, port, at };
  }

  const crashes = (count: number) =>
    Array.from({ length: count }, (_, seed) => ({
      crash: sampleProcessed(sampleCrashId(seed), { signature: `Signature ${seed % 5}` }),
      run: 1,
    }));

  it('takes crashes, finds them, and hands on errors as they are', async () => {
    const { engine, port } = await start();
    expect(port.isRunning).toBe(false);
    await engine.index(crashes(50));
    expect(await engine.search(everything, asker)).toMatchObject({ total: 50, completeness: 1 });
    expect(await engine.suggest({ field: 'signature', prefix: 'sig', limit: 2 }, asker)).toHaveLength(2);
    await expect(engine.search({ ...everything, cursor: 'forged' }, asker)).rejects.toMatchObject({
      kind: 'Malformed',
      code: 'SEARCH_CURSOR_INVALID',
      details: { place: 'cursor' },
    });
    expect(await engine.status()).toMatchObject({ crashes: 50, rebuild: null });
  });

  it('stops working on a question whose asker has gone', async () => {
    const { engine } = await start();
    await engine.index(crashes(2000));
    const gone = new AbortController();
    const filters = Array.from({ length: 1500 }, (_, index) => ({
      kind: 'field' as const,
      field: 'signature',
      operator: 'regex' as const,
      value: `(.*[a-z])+(.*[0-9])+${index}`,
    }));
    const heavy = { ...everything, filter: { kind: 'any' as const, filters } };
    const asked = engine.search(heavy, { ...asker, signal: gone.signal });
    setTimeout(() => gone.abort(new Error('gone')), 20);
    await expect(asked).rejects.toThrow('gone');
    // The thread is free for others long before the heavy question would have been answered.
    expect((await engine.search(everything, asker)).total).toBe(2000);
  });

  it('ends the thread when nobody asks, says how it is without waking it, and starts again with the next question', async () => {
    const { engine, port } = await start({ idleAfter: 30 });
    await engine.index(crashes(20));
    await expect.poll(() => port.isRunning, { timeout: 10_000 }).toBe(false);
    expect((await engine.status()).crashes).toBe(20);
    expect(port.isRunning).toBe(false);
    expect((await engine.search(everything, asker)).total).toBe(20);
    expect(port.isRunning).toBe(true);
  });

  it('refuses questions after it was closed, and has kept all it took', async () => {
    const first = await start();
    await first.engine.index(crashes(10));
    await first.engine.close();
    await expect(first.engine.search(everything, asker)).rejects.toMatchObject({ code: 'SEARCH_CLOSED' });
    const again = await start({ at: first.at });
    expect((await again.engine.search(everything, asker)).total).toBe(10);
  });
});
