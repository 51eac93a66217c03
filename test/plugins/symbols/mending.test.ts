import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JobRunner, JobRunState, SearchEngine, SearchResult } from '@faultline/sdk';
import { subjects } from '@faultline/sdk';
import { createSymbolProvider } from '@faultline/plugin-symbols/sources';
import { SymbolMendingList } from '@faultline/sdk/api';
import { FakeClock, FakeRandom, MemoryBus, MemoryLogger, MemoryStateStore } from '@faultline/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { ArrivedSymbols } from '../../../plugins/symbols/src/missing/arrived-symbols.js';
import { Mendings } from '../../../plugins/symbols/src/missing/mendings.js';
import { SymbolMender } from '../../../plugins/symbols/src/missing/symbol-mender.js';
import { mendingRoutes } from '../../../plugins/symbols/src/routes/mending-routes.js';
import { IndexAhead } from '../../../plugins/symbols/src/symbolicate/index-ahead.js';
import { lookUp } from '../../../plugins/symbols/src/symbolicate/look-up.js';
import { SymbolRecords } from '../../../plugins/symbols/src/store/symbol-records.js';
import { startSymbolServer } from './symbol-server.js';
import { symText } from './symbol-zip.js';

const id = '5A9832E5287241C1838ED98914E9B7FF1';
const other = '1234567890ABCDEF1234567890ABCDEF0';
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

/** Two crashes: one lacks app.pdb, one lacks that and another module. */
async function start(isAutomatic: boolean, before: readonly string[] = []) {
  const clock = new FakeClock(Date.parse('2026-11-23T12:00:00Z'));
  const bus = new MemoryBus(clock);
  const rows = [
    { crash_id: 'one', missing_symbols: `app.pdb/1.0/${id}` },
    { crash_id: 'two', missing_symbols: `app.pdb/1.0/${id};lib.so/None/${other}` },
    { crash_id: 'three', missing_symbols: `lib.so/None/${other}` },
  ];
  let faults = 0;
  const search = () =>
    faults-- > 0
      ? Promise.reject(new Error('the index is away'))
      : Promise.resolve({ rows, cursor: null } as unknown as SearchResult);
  const started: { job: string; params: unknown; by: string }[] = [];
  const runner = {
    start(job: string, params: unknown, by: string) {
      started.push({ job, params, by });
      return Promise.resolve({ id: `run-${started.length}` } as JobRunState);
    },
    get: (run: string) =>
      Promise.resolve({ id: run, status: 'running', progress: { done: 1, total: 2 } } as JobRunState),
  } as unknown as JobRunner;
  const state = new MemoryStateStore(clock);
  const mendings = new Mendings(state, clock, new FakeRandom());
  const arrived = new ArrivedSymbols(state, clock);
  await arrived.add(before);
  const mender = new SymbolMender({
    bus,
    clock,
    logger: new MemoryLogger(),
    engine: () => ({ search }) as unknown as SearchEngine,
    runner: () => runner,
    mendings,
    arrived,
    isAutomatic,
    rate: 5,
  });
  undo.push(await mender.listen());
  const pass = async (steps: number) => {
    for (let step = 0; step < steps; step++) {
      await clock.advance(2_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const arrive = async (debugId: string) => {
    await arrived.add([debugId]);
    bus.emit(subjects.symbolsUploaded, { debugFile: 'app.pdb', debugId });
    await pass(10);
  };
  const routes = mendingRoutes({ mendings, mender, runner: () => runner, rate: 5 });
  const call = async (routeId: string, params: object = {}) => {
    const route = routes.find((one) => one.id === routeId);
    const answer = await route?.handle({ params, principal: { id: 'me', name: 'Me' } } as never);
    return SymbolMendingList.parse(answer?.body).mendings;
  };
  return { arrive, arrived, pass, started, call, fail: (times: number) => (faults = times) };
}

describe('crashes that new symbols mend', () => {
  it('are processed again by themselves, once, and somebody can see it', async () => {
    const { arrive, started, call } = await start(true);
    await arrive(id);
    expect(started).toEqual([
      {
        job: 'processor/reprocess',
        params: { crashIds: ['one', 'two'], ruleset: 'default', rate: 5, reason: 'symbols' },
        by: 'symbols',
      },
    ]);
    expect(await call('symbols/mendings')).toMatchObject([
      {
        modules: ['app.pdb'],
        symbols: 1,
        crashes: 2,
        state: 'started',
        run: 'run-1',
        job: { status: 'running', done: 1, total: 2 },
      },
    ]);
  });

  it('wait for a word where the configuration says so', async () => {
    const { arrive, started, call } = await start(false);
    await arrive(id);
    expect(started).toEqual([]);
    const [offer] = await call('symbols/mendings');
    expect(offer).toMatchObject({ crashes: 2, state: 'offered', run: null, job: null });
    const [begun] = await call('symbols/mending-start', { id: offer?.id });
    expect(begun).toMatchObject({ state: 'started', run: 'run-1' });
    expect(started).toMatchObject([{ by: 'me', params: { crashIds: ['one', 'two'] } }]);
    await expect(call('symbols/mending-start', { id: offer?.id })).rejects.toMatchObject({ code: 'MENDING_ANSWERED' });
    await expect(call('symbols/mending-start', { id: 'x' })).rejects.toMatchObject({ code: 'MENDING_UNKNOWN' });
  });

  it('are left as they are when somebody says so', async () => {
    const { arrive, started, call } = await start(false);
    await arrive(other);
    const [offer] = await call('symbols/mendings');
    expect(await call('symbols/mending-dismiss', { id: offer?.id })).toMatchObject([
      { state: 'dismissed', crashes: 2 },
    ]);
    expect(started).toEqual([]);
  });

  it('are none when nobody lacked the module', async () => {
    const { arrive, started, call } = await start(true);
    await arrive('F'.repeat(33));
    expect([started, await call('symbols/mendings')]).toEqual([[], []]);
  });
});

describe('symbols whose crashes were not looked for', () => {
  it('because the server was killed are taken up by the next one, and then no more', async () => {
    const { arrived, pass, started } = await start(true, [id]);
    await pass(10);
    expect(started).toMatchObject([{ params: { crashIds: ['one', 'two'] } }]);
    expect(await arrived.all()).toEqual([]);
  });

  it('because the index could not be asked are taken up later', async () => {
    const { arrive, arrived, fail, pass, started } = await start(true);
    fail(1);
    await arrive(id);
    expect([started, await arrived.all()]).toEqual([[], [id]]);
    await pass(45);
    expect(started).toHaveLength(1);
    expect(await arrived.all()).toEqual([]);
  });
});

describe('the look-up of one module', () => {
  const module = { codeFile: '', codeId: '', debugFile: 'app.so', debugId: id };

  it('says every place that was asked, and asks servers again when wanted', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'faultline-lookup-'));
    const server = await startSymbolServer({});
    const provider = createSymbolProvider({
      paths: [path.join(folder, 'own')],
      urls: [server.url],
      cacheFolder: folder,
    });
    undo.push(
      () => rmSync(folder, { recursive: true, force: true }),
      () => server.close(),
      () => provider.close(),
    );
    const first = await lookUp(provider, { module, isFresh: false });
    expect(first).toMatchObject({ isFound: false, problems: null });
    expect(first.attempts.map(({ status }) => status)).toEqual(['not-found', 'not-found', 'not-found']);
    await lookUp(provider, { module, isFresh: false });
    expect(server.asked).toHaveLength(1);
    await lookUp(provider, { module, isFresh: true });
    expect(server.asked).toHaveLength(2);
  });

  it('names the lines of a symbol file that can’t be used: the rest is used, and the store’s list says so', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'faultline-lookup-'));
    const text = symText({ debugFile: 'app.so', debugId: id }).replace('FILE 0', 'FUNC zz what is this\nFILE 0');
    mkdirSync(path.join(folder, 'app.so', id), { recursive: true });
    writeFileSync(path.join(folder, 'app.so', id, 'app.so.sym'), text);
    const provider = createSymbolProvider({ paths: [folder], cacheFolder: path.join(folder, 'cache') });
    undo.push(
      () => rmSync(folder, { recursive: true, force: true }),
      () => provider.close(),
    );
    const looked = await lookUp(provider, { module, isFresh: false });
    expect(looked).toMatchObject({ isFound: true, problems: { total: 1, first: [{ line: 3 }] } });
    const { symbols } = await provider.find(module);
    expect(await symbols?.symbolize(0x1000)).toMatchObject({ function: 'work' });

    const clock = new FakeClock(0);
    const bus = new MemoryBus(clock);
    const records = new SymbolRecords(new MemoryStateStore(new FakeClock(0)));
    const key = { debugFile: 'app.so', id, fileName: 'app.so.sym' };
    const facts = { size: 1, storedSize: 1, md5: '', isTry: false, codeFile: '', codeId: '', generator: '' };
    await records.put({ key, ...facts, uploadedAt: 0, uploadedBy: '', uploadId: '' });
    const thread = { lookUp: (wanted: typeof module) => lookUp(provider, { module: wanted, isFresh: false }) };
    undo.push(new IndexAhead(thread, records, new MemoryLogger()).listen(bus));
    bus.emit(subjects.symbolsUploaded, { debugFile: 'app.so', debugId: id });
    await expect
      .poll(async () => (await records.get(key, false))?.problems)
      .toMatchObject({ total: 1, first: [{ line: 3 }] });
  });
});
