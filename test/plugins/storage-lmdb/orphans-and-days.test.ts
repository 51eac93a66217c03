import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  FakeRandom,
  sampleCrashId,
  samplePending,
  sampleProcessed,
  sampleRawCrash,
  sampleRun,
} from '@faultline/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EmbeddedStore } from '../../../plugins/storage-lmdb/src/embedded-store.ts';
import { openStore } from './open-store.ts';

const day = 86_400_000;
const today = Date.UTC(2026, 10, 22, 12);

async function storeReport(store: EmbeddedStore, seed: number, at = today, size = 100) {
  const crashId = sampleCrashId(seed, at);
  const draft = store.crashes.openDraft();
  const part = draft.addPart({ name: 'd', filename: '', contentType: '' });
  await part.write(new FakeRandom(seed).bytes(size));
  const parts = [await part.end()];
  await draft.commit({ raw: sampleRawCrash({ crashId, parts }), pending: samplePending(crashId, { since: at }) });
  return crashId;
}

describe('Sweeping orphans', () => {
  let opened: Awaited<ReturnType<typeof openStore>>;
  beforeEach(async () => {
    opened = await openStore({ config: { largePart: 10_000 } });
  });
  afterEach(() => opened.dispose());

  async function sweep() {
    const swept = opened.store.sweep(new AbortController().signal);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await opened.clock.advance(3_600_001);
    return await swept;
  }

  it('removes parts and files without a report, an hour after it first saw them, and nothing else', async () => {
    const { store, folder } = opened;
    const small = await storeReport(store, 1);
    const large = await storeReport(store, 2, today, 20_000);
    const lost = sampleCrashId(3);
    const largeFolder = path.join(folder, 'crashes/2026-11-22/large');
    await writeFile(path.join(largeFolder, `${lost}.d`), 'orphan');
    await writeFile(path.join(folder, 'incoming', '1-dead-0'), 'orphan');
    await store.environments.makeDumps('2026-11-22', (dumps) =>
      dumps.write(({ parts }) => parts.put(`${lost}/d`, new Uint8Array(5))),
    );
    expect(await sweep()).toEqual({ parts: 1, files: 2 });
    expect(await readdir(path.join(folder, 'incoming'))).toEqual([]);
    expect(await readdir(largeFolder)).toEqual([`${large}.d`]);
    expect(await store.crashes.locatePart(small, 'd')).toHaveProperty('bytes');
    expect(await store.crashes.openPart(lost, 'd')).toBeNull();
  });

  it('looks through a large day in pieces, resting between them, and finds what it finds in a small one', async () => {
    const { store, clock, folder } = opened;
    const large = await storeReport(store, 1, today, 20_000);
    const largeFolder = path.join(folder, 'crashes/2026-11-22/large');
    const lost = Array.from({ length: 1200 }, (_, n) => sampleCrashId(n + 2));
    await Promise.all(lost.map((id) => writeFile(path.join(largeFolder, `${id}.d`), '')));
    await store.environments.makeDumps('2026-11-22', (dumps) =>
      dumps.write(({ parts }) => Promise.all(lost.map((id) => parts.put(`${id}/d`, new Uint8Array(5))))),
    );
    const swept = store.sweep(new AbortController().signal);
    const passSleeps = async (count: number, time: number) => {
      for (let n = 0; n < count; n++) {
        await vi.waitFor(() => expect(clock.sleeping).toBe(1));
        await clock.advance(time);
      }
    };
    await passSleeps(12 + 12, 100);
    await passSleeps(1, 3_600_000);
    await passSleeps(12 + 12, 100);
    expect(await swept).toEqual({ parts: 1200, files: 1200 });
    expect(await readdir(largeFolder)).toEqual([`${large}.d`]);
  });

  it('keeps what got its report within the hour, and what is arriving here', async () => {
    const { store, clock, folder } = opened;
    const id = sampleCrashId(4);
    await store.environments.makeDumps('2026-11-22', (dumps) =>
      dumps.write(({ parts }) => parts.put(`${id}/d`, new Uint8Array(5))),
    );
    await store.environments.makeReports('2026-11-22', (reports) => reports.probe());
    const arriving = store.crashes.openDraft();
    const part = arriving.addPart({ name: 'd', filename: '', contentType: '' });
    await part.write(new Uint8Array(50_000));
    await part.spool();
    const swept = store.sweep(new AbortController().signal);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const draft = store.crashes.openDraft();
    await draft.commit({ raw: sampleRawCrash({ crashId: id }), pending: samplePending(id) });
    await clock.advance(3_600_001);
    expect(await swept).toEqual({ parts: 0, files: 0 });
    expect(await readdir(path.join(folder, 'incoming'))).toHaveLength(1);
    await arriving.discard();
    expect(await readdir(path.join(folder, 'incoming'))).toHaveLength(0);
  });
});

describe('Days', () => {
  it('are opened when asked for, the least recently used closed beyond the limit, all usable at once', async () => {
    const { store, dispose } = await openStore({ config: { openEnvironments: 4 } });
    const ids = await Promise.all(Array.from({ length: 12 }, (_, n) => storeReport(store, n, today - n * day)));
    expect(store.environments.openCount).toBeLessThanOrEqual(4);
    const loaded = await Promise.all(ids.map((id) => store.crashes.load(id)));
    expect(loaded.map((crash) => crash?.raw.crashId)).toEqual(ids);
    expect(await Promise.all(ids.map((id) => store.crashes.locatePart(id, 'd')))).not.toContain(null);
    expect(store.environments.openCount).toBeLessThanOrEqual(4);
    await dispose();
  });

  it('without pending marks and outbox rows are not opened after a restart', async () => {
    const { store, clock, reopen, dispose } = await openStore();
    clock.setDate(today + 30 * day);
    for (let n = 0; n < 6; n++) {
      const crashId = await storeReport(store, n, today - n * day);
      if (n === 3) continue;
      const sinks = n === 4 ? ['search'] : [];
      const processed = sampleProcessed(crashId);
      await store.crashes.commitRun({ crashId, run: 1, expectedRun: 0, processed, record: sampleRun(1), sinks });
    }
    for await (const _mark of store.crashes.pending()) void _mark;
    await store.outbox.backlog();
    const again = await reopen();
    const marks = [];
    for await (const mark of again.crashes.pending()) marks.push(mark.crashId);
    expect(marks).toEqual([sampleCrashId(3, today - 3 * day)]);
    expect(Object.keys(await again.outbox.backlog())).toEqual(['search']);
    expect(again.environments.openCount).toBe(2);
    await dispose();
  });

  it('tell how many rows each sink has yet to get, however many', async () => {
    const { store, dispose } = await openStore();
    const sinks = (n: number) => [
      ...(n < 1300 ? ['away'] : []),
      ...(n < 1100 ? ['late'] : []),
      ...(n < 7 ? ['well'] : []),
    ];
    await Promise.all(
      Array.from({ length: 1300 }, async (_, n) => {
        const crashId = sampleCrashId(n, today);
        await store.crashes.openDraft().commit({ raw: sampleRawCrash({ crashId }), pending: samplePending(crashId) });
        const processed = sampleProcessed(crashId);
        const commit = { crashId, run: 1, expectedRun: 0, processed, record: sampleRun(1), sinks: sinks(n) };
        await store.crashes.commitRun(commit);
      }),
    );
    const backlog = await store.outbox.backlog();
    expect(Object.entries(backlog).map(([sink, { rows }]) => [sink, rows])).toEqual([
      ['away', 1300],
      ['late', 1100],
      ['well', 7],
    ]);
    await dispose();
  });

  it('are not opened again and again for a sink, and give its rows by when they are due', async () => {
    const { store, clock, dispose } = await openStore();
    clock.setDate(today + 30 * day);
    const old = await storeReport(store, 1);
    const older = await storeReport(store, 2, today - day);
    const commit = async (crashId: string, run: number, completed: number) =>
      await store.crashes.commitRun({
        crashId,
        run,
        expectedRun: run - 1,
        processed: sampleProcessed(crashId),
        record: { ...sampleRun(run), completed: new Date(completed).toISOString() },
        sinks: ['search'],
      });
    await commit(old, 1, today + 1000);
    await commit(older, 1, today + 2000);
    const due = async (limit: number) => await store.outbox.due('search', clock.now(), limit);
    let looks = 0;
    const reports = store.environments.reports.bind(store.environments);
    store.environments.reports = (name, use) => {
      looks += 1;
      return reports(name, use);
    };
    expect((await due(1)).map(({ crashId }) => crashId)).toEqual([old]);
    expect(looks).toBe(2);
    expect((await due(1)).map(({ crashId }) => crashId)).toEqual([old]);
    expect(looks).toBe(3);
    await commit(older, 2, today + 500);
    expect((await due(1)).map(({ crashId, run }) => [crashId, run])).toEqual([[older, 2]]);
    await store.outbox.done(await due(10));
    expect(await due(10)).toEqual([]);
    looks = 0;
    for (let asked = 0; asked < 10; asked++) await due(10);
    expect(looks).toBe(0);
    // Another process may have written; a day that stays empty leaves the list.
    await clock.advance(5000);
    expect(await due(10)).toEqual([]);
    expect(looks).toBeGreaterThan(0);
    await clock.advance(5000);
    looks = 0;
    expect(await due(10)).toEqual([]);
    expect(looks).toBe(0);
    await dispose();
  });

  it('keep a mark that is written while its day is struck off', async () => {
    const { store, clock, dispose } = await openStore();
    clock.setDate(today + 30 * day);
    const first = await storeReport(store, 1);
    const processed = sampleProcessed(first);
    await store.crashes.commitRun({
      crashId: first,
      run: 1,
      expectedRun: 0,
      processed,
      record: sampleRun(1),
      sinks: [],
    });
    const read = async () => {
      const ids = [];
      for await (const { crashId } of store.crashes.pending()) ids.push(crashId);
      return ids;
    };
    const [, second] = await Promise.all([read(), storeReport(store, 2), read()]);
    expect(await read()).toEqual([second]);
    await dispose();
  });
});
