/**
 * Three processes fill one cache of symbols over its quota and are killed with -9 at any moment, one after the other:
 * sweeps, locks, downloads and indexes are cut off in their midst. Nobody looks after it but those that write.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { CacheQuota } from '../../plugins/symbols/src/cache/cache-quota.js';
import { cacheStatus } from '../../plugins/symbols/src/cache/cache-status.js';
import { writePins } from '../../plugins/symbols/src/cache/symbol-pins.js';
import { IndexStore } from '../../plugins/symbols/src/index-store/index-store.js';
import { cleanUp, temporaryFolder } from './server-process.js';

/** Four here; `symbol-cache.long.test.ts` has two hundred. */
const kills = Number(process.env['FAULTLINE_CACHE_KILLS'] ?? 4);
const maxBytes = 8 * 2 ** 20;
const id = '5A9832E5287241C1838ED98914E9B7FF1';
const program = path.resolve('test/system/fill-symbol-cache.js');
const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  cleanUp();
});

it(
  'a cache of symbols stays whole and within its quota while those that fill it are killed',
  { timeout: 600_000 },
  async () => {
    const folder = temporaryFolder();
    const pinned = ['kept.so', 'version.so'].map((name) => oldFile(folder, name));
    writePins(folder, [
      { debugFile: 'Kept.so', debugId: '' },
      { debugFile: 'version.so', debugId: id },
    ]);

    let done = 0;
    let complaints = '';
    const start = async (prefix: string): Promise<ChildProcess> => {
      const child = spawn(process.execPath, [program, folder, String(maxBytes), prefix], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      children.add(child);
      child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
      // It has begun when it has told of its first module.
      await new Promise<void>((resolve) => {
        child.stdout.on('data', (text: Buffer) => {
          done += text.toString().split('\n').length - 1;
          resolve();
        });
        child.once('exit', () => resolve());
      });
      return child;
    };
    const end = async (child: ChildProcess): Promise<void> => {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGKILL');
      await ended;
      children.delete(child);
    };

    const running = await Promise.all(['a', 'b', 'c'].map(start));
    for (let kill = 0; kill < kills; kill++) {
      await wait(Math.random() * 200);
      const [victim] = running.splice(kill % running.length, 1);
      if (victim !== undefined) await end(victim);
      running.push(await start(`kill${kill}`));
    }
    await Promise.all(running.map(end));
    expect(complaints).toBe('');

    // Whoever writes next brings it below its quota, whatever was left by those that were killed.
    const quota = new CacheQuota({ folder, maxBytes, keepFree: 0, missLifetime: 60_000 }, () => Date.now() + 60_000);
    quota.noteWritten(1);
    await quota.settled();
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    expect(names.filter((name) => name.endsWith('.lock'))).toEqual([]);
    const files = names.filter((name) => /\.(sym|symx)$/.test(name));
    const bytes = files
      .map((name) => Math.ceil(statSync(path.join(folder, name)).size / 4096) * 4096)
      .reduce((a, b) => a + b);
    expect(bytes).toBeLessThanOrEqual(maxBytes);
    expect(files.length).toBeGreaterThan(100);
    expect(files).toEqual(expect.arrayContaining(pinned));

    const status = await cacheStatus({ folder, maxBytes, missLifetime: 60_000, upstreams: [], now: Date.now() });
    const pinnedBytes = pinned.map((name) => statSync(path.join(folder, name)).size).reduce((a, b) => a + b);
    expect(status).toMatchObject({ pinnedBytes });
    expect([status.downloads.files + status.indexes.files, status.downloads.bytes + status.indexes.bytes]).toEqual([
      files.length,
      bytes,
    ]);
    // A download and an index each, and those of the last module of who was killed; a killed sweep forgets one file.
    const created = pinned.length + 2 * done;
    const ended = kills + 3;
    expect(status.evicted.files).toBeGreaterThanOrEqual(created - files.length - ended);
    expect(status.evicted.files).toBeLessThanOrEqual(created - files.length + 2 * ended);

    const indexes = new IndexStore({ indexFolder: folder, maxTextBytes: 1e6, buildThreads: 1 });
    for (const file of files.filter((name) => name.endsWith('.sym') && !pinned.includes(name))) {
      const text = readFileSync(path.join(folder, file), 'utf8');
      const name = file.split(path.sep).at(-3) ?? '';
      expect(text).toMatch(new RegExp(`^MODULE Linux x86_64 ${id} ${name}\\n[^]* ${name}_end\\n$`));
      const hasIndex = files.some((one) => one.startsWith(path.join('indexes', name, id)));
      if (!hasIndex) continue;
      const opened = await indexes.open(path.join(folder, file), { folder: name, id, file: `${name}.sym` }, name);
      expect([opened.wasBuilt, (await opened.symbols.symbolize(0x18))?.function]).toEqual([false, `${name}_0`]);
      await opened.symbols.close();
    }
  },
);

/** Used longest ago of all: the first that would go. */
function oldFile(folder: string, name: string): string {
  const file = path.join('symbols', name, id, `${name}.sym`);
  const place = path.join(folder, file);
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, Buffer.alloc(4096));
  utimesSync(place, 1_000_000, 1_000_000);
  return file;
}
