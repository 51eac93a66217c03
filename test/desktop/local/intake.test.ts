import { describe, expect, it } from 'vitest';
import {
  readMeta,
  readWindowsMetadata,
  stateOfFolder,
} from '../../../desktop/renderer/src/local/intake/crashpad-database.js';
import { countMicrodumps, fileKind } from '../../../desktop/renderer/src/local/intake/file-kind.js';
import { SymbolTexts } from '../../../desktop/renderer/src/local/symbols/symbol-texts.js';
import { serverPlace } from '../../../desktop/renderer/src/local/symbols/server-place.js';

const debugId = '0123456789ABCDEF0123456789ABCDEF1';
const module = `MODULE Linux x86_64 ${debugId} app\nFUNC 10 10 0 work\n`;
const wanted = { codeFile: '/bin/app', codeId: '', debugFile: 'app', debugId };

describe('what a dropped file is', () => {
  const kind = (content: BlobPart, name: string) => fileKind(new Blob([content]), name);

  it('is told by its first bytes, whatever its name', async () => {
    expect(await kind('MDMP....', 'crash.bin')).toBe('dump');
    expect(await kind('PMDM....', 'big-endian')).toBe('dump');
    expect(await kind('PK\u0003\u0004', 'x.dmp')).toBe('zip');
    expect(await kind(module, 'whatever.txt')).toBe('symbols');
    expect(await kind(new Uint8Array([0xff, 0xfe, ...Buffer.from(module, 'utf16le')]), 'w.sym')).toBe('symbols');
    expect(await kind(new Uint8Array([0x1f, 0x8b, 8]), 'a.sym.gz')).toBe('packed-symbols');
  });

  it('is told by its name where the bytes say nothing: the walker says what is wrong', async () => {
    expect(await kind('', 'empty.dmp')).toBe('dump');
    expect(await kind('junk', 'broken.sym')).toBe('symbols');
    expect(await kind('Dear reader', 'letter.txt')).toBe('unknown');
  });

  it('is a log with microdumps, as many as it has', async () => {
    const one = '-----BEGIN BREAKPAD MICRODUMP-----\nV 1\n-----END BREAKPAD MICRODUMP-----\n';
    expect(await kind(`11-02 I/x: hello\n${one}`, 'logcat.txt')).toBe('microdumps');
    expect(await countMicrodumps(new Blob([one, 'noise\n', one]))).toBe(2);
  });
});

describe('a Crashpad database', () => {
  it('says of a report when it was made and whether it was sent (.meta)', () => {
    const bytes = new Uint8Array(32 + 5);
    const view = new DataView(bytes.buffer);
    view.setInt32(0, 1, true);
    view.setInt32(4, 3, true);
    view.setBigInt64(8, 1_700_000_100n, true);
    view.setBigInt64(16, 1_700_000_000n, true);
    view.setUint8(24, 3);
    bytes.set(Buffer.from('abc12'), 32);
    expect(readMeta(bytes, 'db/completed/2F3B.meta')).toEqual({
      report: '2f3b',
      state: 'completed',
      createdAt: 1_700_000_000,
      uploadAttempts: 3,
      lastUploadAttempt: 1_700_000_100,
      isUploaded: true,
      isUploadRequested: true,
      serverId: 'abc12',
    });
    expect(readMeta(bytes.subarray(0, 10), 'x.meta')).toBeNull();
    view.setInt32(0, 9, true);
    expect(readMeta(bytes, 'x.meta')).toBeNull();
  });

  it('keeps one file on Windows, whose count is not believed', () => {
    const texts = Buffer.from('a.dmp\0server-1\0');
    const bytes = new Uint8Array(16 + 56 + texts.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 0x43504144, true);
    view.setUint32(4, 1, true);
    view.setUint32(8, 1, true);
    view.setUint32(16 + 20, 6, true);
    view.setBigInt64(16 + 24, 1_600_000_000n, true);
    view.setInt32(16 + 44, 2, true);
    bytes.set(texts, 72);
    expect(readWindowsMetadata(bytes)).toMatchObject([
      { report: 'a', serverId: 'server-1', state: 'completed', createdAt: 1_600_000_000 },
    ]);
    view.setUint32(8, 0xffff_ffff, true);
    expect(readWindowsMetadata(bytes).length).toBeLessThanOrEqual(1);
    expect(readWindowsMetadata(new Uint8Array(5))).toEqual([]);
  });

  it('has a folder for each state', () => {
    expect(stateOfFolder('db/pending/x.dmp')).toBe('pending');
    expect(stateOfFolder('x.dmp')).toBe('');
  });
});

describe('symbols that were given', () => {
  it('are found by the id in their text, or by their place in a folder without being opened', async () => {
    const texts = new SymbolTexts();
    expect(await texts.add({ path: 'x.sym', file: new Blob([module]) })).toBeNull();
    expect(await texts.add({ path: 'y.sym', file: new Blob(['FUNC 1 1 0 a\n']) })).toBe('no-module-record');
    const { found } = await texts.find(wanted);
    expect(found).toMatchObject({ origin: 'x.sym', url: null });
    const other = 'F'.repeat(33);
    const lazy = {
      path: `root/lib.so/${other}/lib.so.sym`,
      file: () => Promise.reject(new Error('gone')),
      handle: null,
    };
    expect(texts.addByPath(lazy)).toBe(true);
    expect(texts.addByPath({ ...lazy, path: 'lib.so.sym' })).toBe(false);
    expect(texts.has([other])).toBe(true);
    const lost = await texts.find({ ...wanted, debugFile: 'lib.so', debugId: other });
    expect(lost).toMatchObject({ found: null, attempts: [{ status: 'denied', reason: 'gone' }] });
  });

  it('are asked of a server only where it is one of the places, and by its download routes', async () => {
    const asked: string[] = [];
    const fetch = (url: RequestInfo | URL, init?: RequestInit) => {
      asked.push(`${init?.method ?? 'GET'} ${String(url)}`);
      return Promise.resolve(new Response(module, { headers: { 'last-modified': 'then' } }));
    };
    const texts = new SymbolTexts();
    expect((await texts.find(wanted)).found).toBeNull();
    expect(asked).toEqual([]);
    texts.places = [serverPlace('https://s.example.org/', fetch)];
    const { found } = await texts.find(wanted);
    expect(found?.file).toBeNull();
    const { file } = await texts.download(found?.stamp ?? '');
    expect(await (file as Blob).text()).toBe(module);
    const address = `https://s.example.org/app/${debugId}/app.sym`;
    expect(asked).toEqual([`HEAD ${address}`, `GET ${address}`]);
  });

  it('say how a server refused', async () => {
    const statuses: [number, string][] = [
      [404, 'not-found'],
      [403, 'denied'],
      [500, 'unavailable'],
    ];
    for (const [status, word] of statuses) {
      const texts = new SymbolTexts();
      texts.places = [serverPlace('/', () => Promise.resolve(new Response(null, { status })))];
      expect((await texts.find(wanted)).attempts.at(-1)?.status).toBe(word);
    }
  });
});
