import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { createSymbolProvider } from '@faultline/plugin-symbols/sources';
import { startTestHost } from '@faultline/server/testing';
import { SymbolCacheStatus, SymbolPinList } from '@faultline/sdk/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CacheQuota, readTally } from '../../../plugins/symbols/src/cache/cache-quota.js';
import { writePins } from '../../../plugins/symbols/src/cache/symbol-pins.js';
import { startSymbolServer } from './symbol-server.js';
import { symText } from './symbol-zip.js';

const id = '5A9832E5287241C1838ED98914E9B7FF1';
const now = Date.now();
let folder = '';
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'faultline-cache-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A file of the cache, used so many minutes ago. */
function put(name: string, { bytes = 4096, minutesAgo = 60 }: { bytes?: number; minutesAgo?: number } = {}): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, Buffer.alloc(bytes));
  const time = (now - minutesAgo * 60_000) / 1000;
  utimesSync(file, time, time);
  return file;
}

const quota = (maxBytes: number, more: { keepFree?: number; missLifetime?: number } = {}) =>
  new CacheQuota({ folder, maxBytes, keepFree: 0, missLifetime: 3_600_000, ...more }, () => now);

describe('the quota of the cache', () => {
  it('lets go what was used longest ago, downloads and indexes alike, and leaves some room', async () => {
    const files = [
      put(`symbols/a/${id}/a.sym`, { minutesAgo: 50 }),
      put(`indexes/a/${id}/a.sym.1.symx`, { minutesAgo: 10 }),
      put(`symbols/b/${id}/b.sym`, { minutesAgo: 40 }),
      put(`indexes/c/${id}/c.sym.1.symx`, { minutesAgo: 30 }),
      put(`symbols/d/${id}/d.sym`, { minutesAgo: 20 }),
    ];
    put(`symbols/a/${id}/a.sym.origin.json`, { bytes: 10, minutesAgo: 50 });
    expect(await quota(4 * 4096).sweep()).toMatchObject({
      evictedFiles: 2,
      evictedBytes: 8192,
      bytes: 3 * 4096,
      files: 3,
    });
    expect(files.map((file) => existsSync(file))).toEqual([false, true, false, true, true]);
    expect(existsSync(path.join(folder, 'symbols/a'))).toBe(false);
    expect(readTally(folder)).toMatchObject({ evictedFiles: 2, evictedBytes: 8192 });
    expect(await quota(4 * 4096).sweep()).toMatchObject({ evictedFiles: 0 });
    expect(readTally(folder)).toMatchObject({ evictedFiles: 2 });
  });

  it('keeps what is pinned, and what somebody is about to open', async () => {
    const pinned = put(`symbols/Keep.pdb/${id}/Keep.sym`, { minutesAgo: 900 });
    const version = put(`symbols/two.so/${id}/two.so.sym`, { minutesAgo: 800 });
    const other = put('symbols/two.so/00000000000000000000000000000000A/two.so.sym', { minutesAgo: 800 });
    const fresh = put(`symbols/new.so/${id}/new.so.sym`, { minutesAgo: 0 });
    writePins(folder, [
      { debugFile: 'keep.pdb', debugId: '' },
      { debugFile: 'two.so', debugId: id },
    ]);
    await quota(0).sweep();
    expect([pinned, version, other, fresh].map((file) => existsSync(file))).toEqual([true, true, false, true]);
  });

  it('lets go more when the disk has too little room for others', async () => {
    put(`symbols/a/${id}/a.sym`);
    expect(await quota(2 ** 40, { keepFree: Number.MAX_SAFE_INTEGER }).sweep()).toMatchObject({
      evictedFiles: 1,
      bytes: 0,
    });
  });

  it('forgets old misses, and removes what killed downloads and builds left', async () => {
    const old = put(`misses/https%3A%2F%2Fx/a/${id}/a.sym`, { bytes: 0, minutesAgo: 90 });
    const young = put(`misses/https%3A%2F%2Fx/b/${id}/b.sym`, { bytes: 0, minutesAgo: 5 });
    const dead = put(`indexes/a/${id}/a.symx.1-x-1.tmp`, { minutesAgo: 90 });
    const living = put(`indexes/b/${id}/b.symx.1-x-1.tmp`, { minutesAgo: 1 });
    expect(await quota(2 ** 40).sweep()).toMatchObject({ expiredMisses: 1, evictedFiles: 0 });
    expect([old, young, dead, living].map((file) => existsSync(file))).toEqual([false, true, false, true]);
  });

  it('lets nothing go without the pins, and says which file it can’t remove', async () => {
    const old = put(`symbols/a/${id}/a.sym`);
    writeFileSync(path.join(folder, 'pins.json'), '{"torn');
    await expect(quota(0).sweep()).rejects.toThrow('JSON');
    writePins(folder, []);
    // In the place of a file, something that no unlink removes.
    const stuck = path.join(folder, `symbols/b/${id}/b.sym`);
    put(`symbols/b/${id}/b.sym`, { minutesAgo: 90 });
    const origin = `${stuck}.origin.json`;
    mkdirSync(origin);
    await expect(quota(0).sweep()).rejects.toThrow(/origin\.json/);
    expect([existsSync(old), existsSync(stuck)]).toEqual([false, true]);
    expect(readTally(folder)).toMatchObject({ evictedFiles: 1, evictedBytes: 4096 });
    expect(readdirSync(folder).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });

  it('is swept by one process at a time, and by the next when that one was killed', async () => {
    const lockOf = (pid: string | number) => path.join(folder, `sweep.${pid}-0-1000.lock`);
    writeFileSync(lockOf(process.pid), '');
    expect(await quota(0).sweep()).toBeNull();
    utimesSync(lockOf(process.pid), now / 1000 - 3600, now / 1000 - 3600);
    expect(await quota(0).sweep()).not.toBeNull();
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', 'process.stdout.write(String(process.pid))']);
    writeFileSync(lockOf(stdout), '');
    expect(await quota(0).sweep()).not.toBeNull();
    expect(readdirSync(folder).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });

  it('is kept by whoever downloads, without anybody to look after it', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const server = await startSymbolServer(
      Object.fromEntries(
        names.map((name) => [
          `/${name}/${id}/${name}.sym`,
          (_request, response) => void response.end(symText({ debugFile: name, debugId: id }) + '# \n'.repeat(3000)),
        ]),
      ),
    );
    put(`symbols/old/${id}/old.sym`, { bytes: 200_000 });
    const provider = createSymbolProvider({ urls: [server.url], cacheFolder: folder, cacheMaxBytes: 190_000 });
    try {
      for (const name of names) {
        const module = { codeFile: '', codeId: '', debugFile: name, debugId: id };
        expect((await provider.find(module)).symbols).not.toBeNull();
      }
      await expect
        .poll(() => existsSync(path.join(folder, `symbols/old/${id}/old.sym`)), { timeout: 10_000 })
        .toBe(false);
    } finally {
      await provider.close();
      await server.close();
    }
  });

  it('marks what a walk uses, and leaves the time of its content alone', async () => {
    const store = path.join(folder, 'store');
    const file = put(`store/a/${id}/a.sym`, { minutesAgo: 600 });
    writeFileSync(file, symText({ debugFile: 'a', debugId: id }));
    utimesSync(file, now / 1000 - 36_000, now / 1000 - 36_000);
    const provider = createSymbolProvider({ paths: [store], keptPaths: [store], cacheFolder: folder });
    const { symbols } = await provider.find({ codeFile: '', codeId: '', debugFile: 'a', debugId: id });
    expect(symbols).not.toBeNull();
    await provider.close();
    const stat = statSync(file);
    expect(now - stat.atimeMs).toBeLessThan(60_000);
    expect(now - stat.mtimeMs).toBeGreaterThan(30_000_000);
  });
});

describe('the cache over HTTP', () => {
  it('says how full it is, takes pins, and is emptied by who may', async () => {
    const host = await startTestHost({
      plugins: ['symbols', 'jobs'],
      config: { symbols: { cache: { maxSize: 1_000_000 } } },
    });
    try {
      const json = { 'content-type': 'application/json' };
      const body = JSON.stringify({ debugFile: 'app.pdb', debugId: '' });
      const pinned = await host.fetch('/api/v1/symbols/pins', { method: 'POST', body, headers: json, as: ['manage'] });
      expect(SymbolPinList.parse(await pinned.json())).toEqual({ pins: [{ debugFile: 'app.pdb', debugId: '' }] });
      const refused = await host.fetch('/api/v1/symbols/pins', { method: 'POST', body, headers: json, as: [] });
      expect(refused.status).toBe(403);
      const status = async () =>
        SymbolCacheStatus.parse(await (await host.fetch('/api/v1/symbols/cache', { as: [] })).json());
      expect(await status()).toMatchObject({ maxBytes: 1_000_000, downloads: { files: 0 }, evicted: { files: 0 } });
      const gone = await host.fetch('/api/v1/symbols/pins?debugFile=APP.pdb&debugId=', {
        method: 'DELETE',
        as: ['manage'],
      });
      expect(SymbolPinList.parse(await gone.json())).toEqual({ pins: [] });
      expect((await host.fetch('/api/v1/symbols/cache', { method: 'DELETE', as: ['manage'] })).status).toBe(204);
    } finally {
      await host.stop();
    }
  });
});
