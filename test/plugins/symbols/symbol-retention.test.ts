import { existsSync, mkdtempSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { FakeClock, MemoryStateStore } from '@faultline/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pinnedBy } from '../../../plugins/symbols/src/cache/symbol-pins.js';
import { leastUsed, type RetentionRules } from '../../../plugins/symbols/src/store/retention.js';
import { SymbolRecords, type SymbolRecord } from '../../../plugins/symbols/src/store/symbol-records.js';
import { SymbolStore } from '../../../plugins/symbols/src/store/symbol-store.js';
import { resumeUploads } from '../../../plugins/symbols/src/upload/resume-uploads.js';
import { symText } from './symbol-zip.js';

const id = '5A9832E5287241C1838ED98914E9B7FF1';
const day = 86_400_000;
const now = Date.parse('2026-11-23T12:00:00Z');
let folder = '';
let clock: FakeClock;
let records: SymbolRecords;
let store: SymbolStore;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'faultline-retention-'));
  clock = new FakeClock(now);
  records = new SymbolRecords(new MemoryStateStore(clock));
  const folders = { folder: path.join(folder, 'symbols'), tryFolder: path.join(folder, 'try') };
  store = new SymbolStore({ ...folders, records, clock, maxBytes: 1e6 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A stored file, uploaded and used so many days ago. */
async function put(name: string, { uploaded, used }: { uploaded: number; used: number }): Promise<number> {
  const text = symText({ debugFile: name, debugId: id });
  async function* content() {
    yield Buffer.from(text);
  }
  const verdict = await store.add({ key: null, content: content(), isTry: false, uploadId: '', uploadedBy: 'x' });
  if (verdict.outcome !== 'stored') throw new Error('not stored');
  const record = { ...verdict.record, uploadedAt: now - uploaded * day };
  await records.put(record);
  const file = store.fileOf(record);
  const time = (now - used * day) / 1000;
  utimesSync(file, time, (now - uploaded * day) / 1000);
  return statSync(file).size;
}

const rules = (more: Partial<RetentionRules>): RetentionRules => ({
  unusedDays: 0,
  maxSize: 0,
  isPinned: () => Promise.resolve(pinnedBy([{ debugFile: 'pinned', debugId: '' }])),
  ...more,
});
const going = async (more: Partial<RetentionRules>) =>
  (await leastUsed(records, store, rules(more), now)).map(({ key }) => key.debugFile);

describe('a zip that was being read when the server was killed', () => {
  it('is told to those who wait for what it had stored, and stands in the list as one that did not end', async () => {
    const text = symText({ debugFile: 'cut.so', debugId: id });
    const content = Readable.from([Buffer.from(text)]);
    await store.add({ key: null, content, isTry: false, uploadId: 'cut', uploadedBy: 'x' });
    const facts = {
      name: 'a.zip',
      size: 1,
      isTry: false,
      createdAt: now,
      by: 'x',
      stored: 0,
      skipped: 0,
      rejected: [],
    };
    await records.putUpload({ id: 'cut', ...facts, completedAt: null });
    await records.putUpload({ id: 'whole', ...facts, completedAt: now });
    await records.putUpload({ id: 'announced', ...facts, completedAt: null, announced: 3 });
    const noted: string[] = [];
    const arrivals = {
      note: (files: readonly SymbolRecord[]) =>
        Promise.resolve(void noted.push(...files.map(({ key }) => key.debugFile))),
    };
    await resumeUploads(records, arrivals, clock);
    expect(noted).toEqual(['cut.so']);
    expect(await records.uploads(10)).toMatchObject([
      { id: 'whole', completedAt: now },
      { id: 'cut', stored: 1, completedAt: now, problem: 'The server ended while it was read.' },
      { id: 'announced', completedAt: null },
    ]);
    await resumeUploads(records, arrivals, clock);
    expect(noted).toHaveLength(1);
  });
});

describe('uploaded symbols', () => {
  it('go when nobody has used them for so long, however long ago they came', async () => {
    await put('old-and-used', { uploaded: 400, used: 3 });
    await put('old', { uploaded: 400, used: 200 });
    await put('pinned', { uploaded: 400, used: 200 });
    await put('young', { uploaded: 20, used: 20 });
    expect(await going({ unusedDays: 90 })).toEqual(['old']);
    expect(await going({})).toEqual([]);
  });

  it('go beyond the quota, those used longest ago first, but not the ones that just came', async () => {
    const size = await put('a', { uploaded: 30, used: 20 });
    await put('b', { uploaded: 30, used: 2 });
    await put('c', { uploaded: 30, used: 10 });
    await put('new', { uploaded: 0, used: 0 });
    expect(await going({ maxSize: size * 2 + 20 })).toEqual(['a', 'c']);
    expect(await going({ maxSize: 1 })).toEqual(['a', 'c', 'b']);
  });

  it('say when they were given out last', async () => {
    await put('a', { uploaded: 30, used: 20 });
    const record = await records.get({ debugFile: 'a', id, fileName: 'a.sym' }, false);
    if (record === null) throw new Error('no record');
    expect(await store.lastUsed(record)).toBe(now - 20 * day);
    for await (const chunk of store.read(record)) expect(chunk.length).toBeGreaterThan(0);
    expect(await store.lastUsed(record)).toBeGreaterThan(Date.now() - 60_000);
    await store.remove(record);
    expect(existsSync(store.fileOf(record))).toBe(false);
  });
});
