import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { FakeClock, FakeRandom, MemoryStateStore } from '@faultline/testing';
import { describeJob } from '@faultline/testing/suites';
import { afterAll, describe, expect, it } from 'vitest';
import { expiryJob } from '../../../plugins/symbols/src/store/expiry-job.js';
import { parseSymbolKey } from '../../../plugins/symbols/src/store/symbol-key.js';
import { SymbolRecords } from '../../../plugins/symbols/src/store/symbol-records.js';
import { SymbolStore } from '../../../plugins/symbols/src/store/symbol-store.js';
import { UploadSessions } from '../../../plugins/symbols/src/upload/upload-session.js';
import { symText } from './symbol-zip.js';

const retention = { unusedDays: 0, maxSize: 0, isPinned: () => Promise.resolve(() => false) };

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function openStore(maxBytes = 1_000_000) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'faultline-test-'));
  folders.push(folder);
  const clock = new FakeClock();
  const state = new MemoryStateStore(clock);
  const records = new SymbolRecords(state);
  const sessions = new UploadSessions(state, clock, new FakeRandom());
  const tryFolder = path.join(folder, 'try');
  return {
    folder,
    tryFolder,
    clock,
    records,
    sessions,
    store: new SymbolStore({ folder, tryFolder, records, clock, maxBytes }),
  };
}

const id = '5A9832E5287241C1838ED98914E9B7FF1';
const key = parseSymbolKey(`app.so/${id}/app.so.sym`);
const facts = { isTry: false, uploadId: 'u', uploadedBy: 'user:1' };

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += size) yield await Promise.resolve(Buffer.from(text.slice(at, at + size)));
}

describe('the symbol store', () => {
  it('takes a file in pieces of any size', async () => {
    const { store } = await openStore();
    const text = symText({ debugFile: 'app.so', debugId: id });
    for (const size of [1, 2, 7, 1000]) {
      const content = pieces(`${text}PUBLIC ${size} 0 x\n`, size);
      expect(await store.add({ key, content, ...facts })).toMatchObject({ outcome: 'stored' });
    }
  });

  it('takes a record without its file, or with another one, as none', async () => {
    const { store, folder } = await openStore();
    await store.add({ key, content: pieces(symText({ debugFile: 'app.so', debugId: id }), 100), ...facts });
    expect(await store.find(key, false)).not.toBeNull();
    await writeFile(path.join(folder, 'app.so', id, 'app.so.sym'), 'torn');
    expect(await store.find(key, false)).toBeNull();
    await rm(path.join(folder, 'app.so', id, 'app.so.sym'));
    expect(await store.find(key, false)).toBeNull();
  });

  it('refuses what unpacks beyond the limit, and leaves nothing of it', async () => {
    const { store, folder } = await openStore(1000);
    const content = pieces(symText({ debugFile: 'app.so', debugId: id }) + 'x'.repeat(2000), 100);
    expect(await store.add({ key, content, ...facts })).toEqual({
      outcome: 'rejected',
      reason: 'A symbol file is larger than 1000 bytes.',
    });
    expect(await readdir(path.join(folder, '.incoming'))).toEqual([]);
    expect(await readdir(folder)).toEqual(['.incoming']);
  });

  it('refuses a gzip that unpacks to hundreds of times its size long before it is done', async () => {
    const { store, folder } = await openStore(2 ** 40);
    const start = Buffer.from(`MODULE Linux x86_64 ${id} app.so\n`);
    const packed = gzipSync(Buffer.concat([start, Buffer.alloc(80 * 1024 * 1024)]));
    expect(packed.length).toBeLessThan(100_000);
    async function* content(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < packed.length; at += 1000) yield await Promise.resolve(packed.subarray(at, at + 1000));
    }
    const outcome = { outcome: 'rejected', reason: 'its gzip unpacks to over 500 times its size' };
    expect(await store.add({ key, content: content(), ...facts })).toEqual(outcome);
    expect(await readdir(folder)).toEqual(['.incoming']);
  });

  it('lets go of a source that fails, with its error', async () => {
    const { store, folder } = await openStore();
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from('MODULE'));
      throw new Error('the client went away');
    }
    await expect(store.add({ key, content: broken(), ...facts })).rejects.toThrow('the client went away');
    expect(await readdir(path.join(folder, '.incoming'))).toEqual([]);
  });
});

describe('the name of a stored file', () => {
  it.each([
    'a.pdb/XYZ/a.sym',
    'a.pdb//a.sym',
    '../AB/a.sym',
    'a/AB/..',
    'a/AB',
    'a/AB/c/d',
    'ä/AB/a.sym',
    'a|b/AB/c',
    `${'a'.repeat(300)}/AB/a`,
  ])('is not %s', (text) =>
    expect(() => parseSymbolKey(text)).toThrow(expect.objectContaining({ code: 'SYMBOL_KEY_INVALID' })),
  );
  it('has its id in upper case', () => expect(parseSymbolKey('a b+c.pdb/abc/x.sym').id).toBe('ABC'));
});

describeJob('the end of try symbols', async () => {
  const { store, records, sessions, clock, folder } = await openStore();
  const incoming = path.join(folder, '.incoming');
  const content = () => pieces(symText({ debugFile: 'app.so', debugId: id }), 100);
  await store.add({ key, content: content(), ...facts });
  await store.add({ key, content: content(), ...facts, isTry: true });
  await sessions.open({ isTry: false, by: 'user:1', files: {} });
  await clock.advance(29 * 86_400_000);
  const { session, secret } = await sessions.open({ isTry: false, by: 'user:1', files: {} });
  await store.add({ key: parseSymbolKey(`new.so/${id}/new.so.sym`), content: content(), ...facts, isTry: true });
  for (const [name, days] of [
    ['killed.tmp', 2],
    ['working.tmp', 0],
  ] as const) {
    await writeFile(path.join(incoming, name), '');
    const time = clock.now() / 1000 - days * 86_400;
    await utimes(path.join(incoming, name), time, time);
  }
  return {
    job: expiryJob(store, { records, sessions, clock, lifetime: 28 * 86_400_000, retention, workFolders: [incoming] }),
    async effect() {
      const left: string[] = [];
      for (const isTry of [false, true]) {
        for await (const record of records.files(isTry)) left.push(`${String(isTry)} ${record.key.debugFile}`);
      }
      expect(left).toEqual(['false app.so', 'true new.so']);
      expect(await readdir(incoming)).toEqual(['working.tmp']);
      expect((await sessions.require(session.id, secret)).id).toBe(session.id);
      return left;
    },
  };
});
