import { appendFile, cp, mkdtemp, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { FieldDefinition, ProcessedCrash } from '@faultline/sdk';
import {
  MemoryFieldDictionary,
  sampleCrashId,
  samplePending,
  sampleProcessed,
  sampleRawCrash,
} from '@faultline/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { RowLog } from '../../../plugins/search-local/src/row-log.js';
import { checkIndex } from '../../../plugins/search-local/src/self-check.js';
import { openEngine } from './open-engine.js';

const day = 86_400_000;
const start = Date.UTC(2026, 10, 10);

const signature: FieldDefinition = {
  id: 'signature',
  title: 'Signature',
  type: 'string',
  description: '',
  permission: 'public',
};
const product: FieldDefinition = { ...signature, id: 'product', type: 'keyword' };

function crash(seed: number, more: Partial<ProcessedCrash> = {}): ProcessedCrash {
  const time = start + (seed % 5) * day + seed * 1000;
  const stamp = new Date(time).toISOString();
  return sampleProcessed(sampleCrashId(seed, time), {
    submitted_timestamp: stamp,
    completed_datetime: stamp,
    signature: `Signature ${seed % 7}`,
    product: `Product ${seed % 3}`,
    ...more,
  });
}

const runs = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ crash: crash(from + index), run: 1 }));

type Opened = Awaited<ReturnType<typeof openEngine>>;

const all = {
  filter: null,
  from: '2026-11-01T00:00:00Z',
  to: '2026-12-01T00:00:00Z',
  sort: [],
  limit: 10_000,
  cursor: null,
  columns: ['signature', 'product'],
  facets: [{ kind: 'terms' as const, name: 's', field: 'signature', size: 100 }],
};
const ask = ({ engine }: Opened) => engine.search(all, { mayViewProtected: true });

describe('the index on disk', () => {
  const open: Opened[] = [];
  const fields = new MemoryFieldDictionary([signature, product]);
  const start_ = async (at?: string, config = {}, dictionary = fields) => {
    const opened = await openEngine(dictionary, config, at);
    open.push(opened);
    return opened;
  };
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

  it('answers the same after a stop and a start', async () => {
    const first = await start_();
    await first.engine.index(runs(300));
    const before = await ask(first);
    await first.engine.close();
    const again = await start_(first.folder);
    expect(await ask(again)).toMatchObject({ total: 300, rows: before.rows, facets: before.facets });
    expect((await again.engine.status()).newest).toBe((await first.engine.status()).newest);
  });

  it('answers after a restart about a field that no crash has had a value for', async () => {
    const dictionary = new MemoryFieldDictionary([signature, product, { ...product, id: 'install' }]);
    const first = await start_(undefined, {}, dictionary);
    const installs = { ...all, facets: [{ kind: 'cardinality' as const, name: 'i', field: 'install' }] };
    const count = async ({ engine }: Opened) => (await engine.search(installs, { mayViewProtected: true })).facets['i'];
    await first.engine.index(runs(10));
    expect(await count(first)).toEqual({ kind: 'cardinality', value: 0 });
    await first.engine.close();
    const second = await start_(first.folder, {}, dictionary);
    expect(await count(second)).toEqual({ kind: 'cardinality', value: 0 });
    await second.engine.close();
    expect(await count(await start_(first.folder, {}, dictionary))).toEqual({ kind: 'cardinality', value: 0 });
  });

  it('has everything that was acknowledged after a kill, flushed or not', async () => {
    const first = await start_(undefined, { flushRows: 100 });
    await first.engine.index(runs(150));
    await first.engine.index(runs(30, 150));
    await first.engine.index([{ crash: crash(3, { signature: 'reprocessed' }), run: 2 }]);
    await first.engine.remove([crash(4).crash_id]);
    const before = await ask(first);
    const again = await start_(await asLeftByAKill(first));
    expect(await ask(again)).toMatchObject({ total: 179, rows: before.rows, facets: before.facets });
  });

  it('drops a batch whose record was cut, and nothing before it', async () => {
    const first = await start_();
    await first.engine.index(runs(20));
    await first.engine.index(runs(20, 20));
    const folder = await asLeftByAKill(first);
    const log = join(folder, 'index', '1', '0.log');
    const { length } = await readFile(log);
    await truncate(log, length - 5);
    const again = await start_(folder);
    expect((await ask(again)).total).toBe(20);
    await again.engine.index(runs(20, 20));
    expect((await readFile(log)).length).toBe(length);
    expect((await ask(again)).total).toBe(40);
  });

  it('sweeps what a flush or merge that was cut short left behind', async () => {
    const first = await start_();
    await first.engine.index(runs(50));
    await first.engine.close();
    const folder = join(first.folder, 'index', '1');
    await writeFile(join(folder, '2026-11-10', '999.seg'), 'half a segment');
    await writeFile(join(folder, 'catalog.json.tmp'), '{');
    await appendFile(join(folder, 'strings', 'signature.strings'), 'never committed');
    const again = await start_(first.folder);
    expect((await ask(again)).total).toBe(50);
    expect(await readdir(join(folder, '2026-11-10'))).not.toContain('999.seg');
    await again.engine.index([{ crash: crash(1000, { signature: 'new after it' }), run: 1 }]);
    await again.engine.close();
    expect((await ask(await start_(first.folder))).total).toBe(51);
  });

  it('merges segments while it answers, and keeps deletions that come meanwhile', async () => {
    const opened = await start_(undefined, { flushRows: 100 });
    for (let batch = 0; batch < 12; batch++) {
      await opened.engine.index(runs(100, batch * 100));
      await opened.engine.remove([crash(batch * 100).crash_id]);
      expect((await ask(opened)).total).toBe((batch + 1) * 99);
    }
    const segments = async () => {
      const files = await readdir(join(opened.folder, 'index', '1'), { recursive: true });
      return files.filter((name) => name.endsWith('.seg')).length;
    };
    // Sixty were written; of each day fewer than four of one size stay.
    await expect.poll(segments).toBeLessThan(5 * 4);
    await opened.engine.close();
    expect((await ask(await start_(opened.folder))).total).toBe(12 * 99);
  });

  it('asks again what is gone or new, though it keeps the rows of a filter', async () => {
    const opened = await start_(undefined, { flushRows: 100 });
    await opened.engine.index(runs(300));
    const filter = { kind: 'field', field: 'product', operator: 'is', value: 'Product 1' } as const;
    const ids = async () => {
      const { rows } = await opened.engine.search({ ...all, filter }, { mayViewProtected: true });
      return rows.map((row) => String(row['crash_id'])).sort();
    };
    const before = await ids();
    expect(before).toHaveLength(100);
    expect(await ids()).toEqual(before);
    await opened.engine.remove([crash(1).crash_id]);
    await opened.engine.index([{ crash: crash(4, { product: 'Product 2' }), run: 2 }]);
    await opened.engine.index([{ crash: crash(3, { product: 'Product 1' }), run: 2 }]);
    const after = [...before.filter((id) => id !== crash(1).crash_id && id !== crash(4).crash_id), crash(3).crash_id];
    expect(await ids()).toEqual(after.sort());
    await opened.engine.port.ask('flush', {});
    expect(await ids()).toEqual(after.sort());
  });

  it('leaves no byte of removed crashes in its folder, and keeps what others share with them', async () => {
    const opened = await start_(undefined, { flushRows: 100 });
    const secret = (seed: number, run: number) => ({
      crash: crash(seed, { signature: `canary of run ${run}`, product: `canary product ${run}` }),
      run,
    });
    await opened.engine.index([...runs(250), secret(300, 1), secret(301, 1)]);
    await opened.engine.port.ask('flush', {});
    // The older run's row is gone from answers, but still in a segment; the newest is in the log only.
    await opened.engine.index([secret(300, 2), secret(301, 2)]);
    const ids = [crash(300).crash_id, crash(301).crash_id, crash(7).crash_id];
    const others = opened.engine.index(runs(50, 400));
    await opened.engine.remove(ids);
    await others;
    expect(
      await filesHolding(opened.folder, ['canary', ids[0] ?? '', idHex(ids[0] ?? ''), idHex(ids[2] ?? '')]),
    ).toEqual([]);
    const before = await ask(opened);
    expect(before.total).toBe(299);
    expect(before.rows.every((row) => row['signature'] !== null && row['product'] !== null)).toBe(true);
    await opened.engine.index([secret(302, 1)]);
    await opened.engine.close();
    const again = await start_(opened.folder);
    expect((await ask(again)).total).toBe(300);
    await again.engine.remove([crash(302).crash_id]);
    expect(await ask(again)).toMatchObject({ rows: before.rows, facets: before.facets });
    expect(await filesHolding(opened.folder, ['canary'])).toEqual([]);
  });

  it('ends an erasure that a kill cut short', async () => {
    const first = await start_();
    await first.engine.index([...runs(20), { crash: crash(30, { signature: 'canary' }), run: 1 }]);
    await first.engine.port.ask('flush', {});
    await first.engine.close();
    const log = await RowLog.open(join(first.folder, 'index', '1', `${await lastLog(first.folder)}.log`), () =>
      Promise.resolve(),
    );
    await log.append({ kind: 'remove', ids: [crash(30).crash_id] });
    await log.close();
    expect(await filesHolding(first.folder, ['canary'])).not.toEqual([]);
    const again = await start_(first.folder);
    expect((await ask(again)).total).toBe(20);
    await expect.poll(() => filesHolding(first.folder, ['canary'])).toEqual([]);
  });

  it('builds itself anew from the stored crashes when a segment is damaged', async () => {
    const first = await start_();
    await first.engine.index(runs(60));
    await first.engine.close();
    const folder = join(first.folder, 'index', '1', '2026-11-12');
    const [segment = ''] = (await readdir(folder)).filter((name) => name.endsWith('.seg'));
    const bytes = await readFile(join(folder, segment));
    bytes.fill(0xff, bytes.length - 200);
    await writeFile(join(folder, segment), bytes);

    const again = await start_(first.folder);
    await expect(ask(again)).rejects.toMatchObject({ kind: 'Unavailable', code: 'SEARCH_INDEX_DAMAGED' });
    await store(again, 60);
    await check(again);
    expect(await ask(again)).toMatchObject({ total: 60, completeness: 1 });
  });

  it('answers and takes crashes while it is built anew, and misses none of them', async () => {
    const opened = await start_();
    await opened.engine.index(runs(100));
    let rebuildIsOver = false;
    let begin: () => void = () => undefined;
    const hasBegun = new Promise<void>((resolve) => (begin = resolve));
    const slowly = async function* () {
      await hasBegun;
      for (const [index, run] of runs(100).entries()) {
        if (index % 10 === 0) await setImmediate();
        yield run;
      }
    };
    const { signal } = new AbortController();
    const rebuild = opened.engine.rebuild(slowly(), signal).finally(() => (rebuildIsOver = true));
    await expect(opened.engine.rebuild(slowly(), signal)).rejects.toMatchObject({ code: 'SEARCH_REBUILD_RUNNING' });
    // What came before it began is in the store that it reads; what comes later must not be missed.
    await expect.poll(async () => (await opened.engine.status()).rebuild).not.toBeNull();
    begin();
    let seed = 100;
    while (!rebuildIsOver) {
      await opened.engine.index([{ crash: crash(seed++), run: 1 }]);
      await opened.engine.remove([crash(seed - 101).crash_id]);
      expect((await ask(opened)).total).toBe(100);
    }
    await rebuild;
    const { total, rows } = await ask(opened);
    const expected = Array.from({ length: 100 }, (_, index) => crash(seed - 100 + index).crash_id);
    expect(rows.map((row) => row['crash_id']).sort()).toEqual(expected.sort());
    expect(total).toBe(100);
    expect((await readdir(join(opened.folder, 'index'))).sort()).toEqual(['2', 'current.json']);
  });

  it('starts anew when its catalog is not readable', async () => {
    const first = await start_();
    await first.engine.index(runs(10));
    await first.engine.close();
    await writeFile(join(first.folder, 'index', '1', 'catalog.json'), '{"format": 99}');
    const again = await start_(first.folder);
    expect((await again.engine.indexStatus()).isDamaged).toBe(true);
    await store(again, 10);
    await check(again);
    expect((await ask(again)).total).toBe(10);
    expect((await again.engine.indexStatus()).isDamaged).toBe(false);
  });

  it('fills in what it missed, newer runs too, and forgets what is gone', async () => {
    const opened = await start_();
    await opened.engine.index(runs(20));
    await opened.engine.index([{ crash: crash(500), run: 1 }]);
    await store(opened, 30);
    const newer = crash(2, { signature: 'second run', completed_datetime: '2026-11-20T00:00:00.000Z' });
    await opened.storage.commitRun({ ...runCommit(newer, 2), expectedRun: 1 });
    await check(opened);
    const { total, rows } = await ask(opened);
    expect(total).toBe(30);
    expect(rows.map((row) => row['crash_id'])).not.toContain(crash(500).crash_id);
    expect(rows.find((row) => row['crash_id'] === newer.crash_id)?.['signature']).toBe('second run');
  });

  it('says how complete it is while crashes are on their way', async () => {
    const opened = await start_();
    await opened.engine.index(runs(30));
    opened.engine.gaps.set('2026-11-12', 10);
    expect((await ask(opened)).completeness).toBe(0.75);
    const before = { ...all, to: '2026-11-12T00:00:00Z' };
    expect((await opened.engine.search(before, { mayViewProtected: true })).completeness).toBe(1);
  });

  it('indexes a field that was added or changed, and leaves the others alone', async () => {
    const dictionary = new MemoryFieldDictionary([signature]);
    const opened = await start_(undefined, {}, dictionary);
    await store(opened, 40);
    await opened.engine.index(runs(40));
    await opened.engine.port.ask('flush', {});
    const version: FieldDefinition = { ...product, id: 'version' };
    dictionary.fields = [{ ...signature, type: 'keyword' }, product, version];
    const unfilled = await ask(opened);
    expect(unfilled.rows[0]).toMatchObject({ signature: null, product: null });
    await opened.engine.index([{ crash: crash(40), run: 1 }]);
    await store(opened, 1, 40);
    await check(opened);
    const filled = await ask(opened);
    expect(filled.total).toBe(41);
    expect(filled.rows.every((row) => row['product'] !== null && row['signature'] !== null)).toBe(true);
  });
});

async function check(opened: Opened): Promise<void> {
  const { engine, storage, logger } = opened;
  await checkIndex({ engine, storage, logger, signal: new AbortController().signal });
}

/** The files as they are now, without anything having been closed. */
async function asLeftByAKill({ folder }: Opened): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'faultline-search-'));
  await cp(folder, copy, { recursive: true });
  return copy;
}

/** Names of files with one of the texts in them. */
async function filesHolding(folder: string, texts: readonly string[]): Promise<string[]> {
  const holding: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    if (texts.some((text) => bytes.includes(text) || bytes.includes(Buffer.from(text, 'latin1')))) {
      holding.push(entry.name);
    }
  }
  return holding;
}

/** The id as segments hold it. */
function idHex(id: string): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('latin1');
}

async function lastLog(folder: string): Promise<number> {
  const names = await readdir(join(folder, 'index', '1'));
  return Math.max(...names.flatMap((name) => (name.endsWith('.log') ? [Number.parseInt(name, 10)] : [])));
}

function runCommit(processed: ProcessedCrash, run = 1) {
  return {
    crashId: processed.crash_id,
    run,
    expectedRun: 0,
    processed,
    record: {
      run,
      ruleset: 'default',
      reason: 'received' as const,
      started: processed.started_datetime,
      completed: processed.completed_datetime,
      status: processed.status,
      signature: processed.signature,
      stackwalk: null,
      rules: [],
      notes: [],
      changed: [],
      host: '',
    },
    sinks: [],
  };
}

async function store({ storage }: Opened, count: number, from = 0): Promise<void> {
  for (const { crash: processed } of runs(count, from)) {
    const raw = sampleRawCrash({ crashId: processed.crash_id });
    await storage.openDraft().commit({ raw, pending: samplePending(processed.crash_id) });
    await storage.commitRun(runCommit(processed));
  }
}
