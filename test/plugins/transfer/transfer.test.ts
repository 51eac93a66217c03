import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  FakeClock,
  FakeRandom,
  MemoryCrashStorage,
  sampleCrashId,
  samplePending,
  sampleProcessed,
  sampleRawCrash,
  sampleRun,
} from '@faultline/testing';
import type { CrashId } from '@faultline/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exportCrashes } from '../../../plugins/transfer/src/export-crashes.ts';
import { importCrashes } from '../../../plugins/transfer/src/import-crashes.ts';
import { layouts, type LayoutName } from '../../../plugins/transfer/src/layouts.ts';

const never = new AbortController().signal;
let root: string;
let bad: string[];
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'faultline-transfer-'));
  bad = [];
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function store(storage: MemoryCrashStorage, seed: number): Promise<CrashId> {
  const crashId = sampleCrashId(seed);
  const draft = storage.openDraft();
  const parts = [];
  for (const name of ['upload_file_minidump', 'upload_file_minidump_browser', 'notes']) {
    const part = draft.addPart({ name, filename: `${name}.x`, contentType: 'text/x-thing' });
    await part.write(new FakeRandom(seed).bytes(2000));
    parts.push(await part.end());
  }
  const raw = sampleRawCrash({ crashId, parts });
  raw.metadata.dump_checksums = Object.fromEntries(parts.map(({ name, sha256 }) => [name, sha256]));
  await draft.commit({ raw, pending: samplePending(crashId) });
  await storage.commitRun({
    crashId,
    run: 1,
    expectedRun: 0,
    processed: sampleProcessed(crashId),
    record: sampleRun(1),
    sinks: [],
  });
  return crashId;
}

async function* each(ids: CrashId[]): AsyncIterable<CrashId> {
  yield* ids;
}

const exportTo = (layout: LayoutName, storage: MemoryCrashStorage, ids: CrashId[]) =>
  exportCrashes(each(ids), {
    root,
    layout: layouts[layout],
    storage,
    signal: never,
    onBad: (id, { code }) => bad.push(`${id} ${code}`),
    progress: () => {},
  });

const importFrom = (layout: LayoutName, storage: MemoryCrashStorage) =>
  importCrashes({
    root,
    layout: layouts[layout],
    storage,
    clock: new FakeClock(),
    signal: never,
    onBad: (id, { code }) => bad.push(`${id} ${code}`),
    progress: () => {},
  });

describe.each(['antenna', 'socorro'] as const)('A folder of %s', (layout) => {
  it('gives back every crash as it went, and nothing twice', async () => {
    const from = new MemoryCrashStorage();
    const ids = [await store(from, 1), await store(from, 2)];
    expect(await exportTo(layout, from, [...ids, sampleCrashId(9)])).toEqual({
      exported: 2,
      present: 0,
      unknown: 1,
      bad: 0,
    });
    expect(await exportTo(layout, from, ids)).toMatchObject({ exported: 0, present: 2 });
    const to = new MemoryCrashStorage();
    expect(await importFrom(layout, to)).toEqual({ imported: 2, present: 0, erased: 0, bad: 0 });
    expect(await importFrom(layout, to)).toEqual({ imported: 0, present: 2, erased: 0, bad: 0 });
    for (const id of ids) {
      expect(await to.rawCrash(id)).toEqual(await from.rawCrash(id));
      expect((await to.load(id))?.pending).toMatchObject({ run: 1, lane: 'reprocessing', state: 'pending' });
      for (const name of ['upload_file_minidump', 'notes']) {
        const read = async (storage: MemoryCrashStorage) => (await storage.openPart(id, name))?.read(0, 5000);
        expect(await read(to)).toEqual(await read(from));
      }
    }
    expect(bad).toEqual([]);
  });

  it('is taken without what is damaged, and says which and why', async () => {
    const from = new MemoryCrashStorage();
    const [whole, torn, cut, foreign, hostile] = await Promise.all([1, 2, 3, 4, 5].map((seed) => store(from, seed)));
    const all = [whole, torn, cut, foreign, hostile].map((id) => id ?? '');
    await exportTo(layout, from, all);
    const { raw, dump, dumpNames } = layouts[layout];
    await writeFile(dump(root, torn ?? '', 'notes'), 'not what it was');
    await rm(dump(root, cut ?? '', 'upload_file_minidump'));
    await writeFile(raw(root, foreign ?? ''), await readFile(raw(root, whole ?? ''), 'utf8'));
    await writeFile(dumpNames(root, hostile ?? ''), JSON.stringify(['../../etc/passwd']));
    await writeFile(path.join(path.dirname(raw(root, whole ?? '')), 'readme.txt'), 'no crash');
    const counts = await importFrom(layout, new MemoryCrashStorage());
    expect(counts).toEqual({ imported: 1, present: 0, erased: 0, bad: 5 });
    expect(bad.sort()).toEqual(
      [
        `${torn} IMPORT_DUMP_DAMAGED`,
        `${cut} IMPORT_DUMP_MISSING`,
        `${foreign} RAW_CRASH_INVALID`,
        `${hostile} IMPORT_DUMP_NAMES`,
        'readme.txt IMPORT_NAME',
      ].sort(),
    );
  });
});

it("takes what Antenna itself writes, deferred crashes as deferred, and keeps to Antenna's paths", async () => {
  const id = '0bba929f-8721-460c-dead-a43c11261122';
  const day = path.join(root, '20261122');
  for (const folder of ['raw_crash', 'dump_names', 'upload_file_minidump']) {
    await mkdir(path.join(day, folder), { recursive: true });
  }
  const raw = {
    ProductName: 'Firefox',
    Version: '120.0',
    metadata: { payload: 'multipart', throttle_rule: 'is_nightly', user_agent: 'None', dump_checksums: {} },
    submitted_timestamp: '2026-11-22T10:00:00.123456+00:00',
    uuid: id,
    version: 2,
  };
  await writeFile(path.join(day, 'raw_crash', `${id}.json`), JSON.stringify(raw));
  await writeFile(path.join(day, 'dump_names', `${id}.json`), '["upload_file_minidump"]');
  await writeFile(path.join(day, 'upload_file_minidump', id), 'MDMP');
  const storage = new MemoryCrashStorage();
  expect(await importFrom('antenna', storage)).toMatchObject({ imported: 1, bad: 0 });
  const stored = await storage.load(id);
  expect(stored?.raw.annotations).toEqual({ ProductName: 'Firefox', Version: '120.0' });
  expect(stored?.raw.metadata.identity).toMatchObject({ product: 'Firefox', version: '120.0' });
  expect(stored?.raw.submittedTimestamp).toBe('2026-11-22T10:00:00.123Z');
  expect(stored?.pending?.state).toBe('deferred');
  await rm(day, { recursive: true });
  await exportTo('antenna', storage, [id]);
  expect((await readdir(day)).sort()).toEqual(['dump_names', 'raw_crash', 'upload_file_minidump']);
  const written = JSON.parse(await readFile(path.join(day, 'raw_crash', `${id}.json`), 'utf8')) as object;
  expect(Object.keys(written)).toEqual([...Object.keys(written)].sort());
  expect(written).toMatchObject({ ProductName: 'Firefox', version: 2, uuid: id });
});

it('says so when the folder is not of that layout', async () => {
  await expect(importFrom('socorro', new MemoryCrashStorage())).rejects.toMatchObject({ code: 'IMPORT_FOLDER_EMPTY' });
});
