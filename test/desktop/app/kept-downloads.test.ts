import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeptDownloads } from '../../../desktop/main/kept-downloads.js';

let folder: string;
let now: number;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-kept-'));
  now = 1_000_000;
});
afterEach(() => rmSync(folder, { recursive: true }));

const keptIn = (quota: number) => new KeptDownloads({ folder, quota, now: () => now });
async function* bytes(...sizes: number[]): AsyncGenerator<Uint8Array> {
  for (const size of sizes) yield await Promise.resolve(new Uint8Array(size).fill(65));
}
const there = (): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();

describe('downloads that are kept', () => {
  it('stand in their place whole, with their size', async () => {
    const kept = keptIn(100);
    const place = kept.place('server', 'app', 'app.sym');
    expect(await kept.use(place)).toBeNull();
    expect(await kept.keep(place, bytes(3, 4))).toBe(7);
    expect([await kept.use(place), readFileSync(place, 'utf8')]).toEqual([7, 'AAAAAAA']);
  });

  it('leave nothing of one that was torn, and the one before stays', async () => {
    const kept = keptIn(100);
    const place = kept.place('a.sym');
    await kept.keep(place, bytes(5));
    async function* torn(): AsyncGenerator<Uint8Array> {
      yield* bytes(3);
      throw new Error('the connection is gone');
    }
    await expect(kept.keep(place, torn())).rejects.toThrow('the connection is gone');
    expect([there(), await kept.use(place)]).toEqual([['a.sym'], 5]);
  });

  it('give way to new ones, the least recently used first, never the one that just came', async () => {
    const kept = keptIn(100);
    for (const name of ['a', 'b', 'c']) {
      await kept.keep(kept.place(name), bytes(30));
      await kept.use(kept.place(name));
      now += 10_000;
    }
    await kept.use(kept.place('a'));
    now += 10_000;
    await kept.keep(kept.place('d'), bytes(30));
    expect(there()).toEqual(['a', 'c', 'd']);
    await kept.keep(kept.place('huge'), bytes(500));
    expect(there()).toEqual(['huge']);
  });

  it('count what an earlier start of the app left', async () => {
    writeFileSync(path.join(folder, 'old'), 'x'.repeat(80));
    const kept = keptIn(100);
    await kept.keep(kept.place('new'), bytes(50));
    expect(there()).toEqual(['new']);
  });

  it('fit together when several come at once', async () => {
    const kept = keptIn(100);
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => kept.keep(kept.place(name), bytes(30))));
    expect(there().length).toBeLessThanOrEqual(3);
  });

  it('say that the disk failed, and go on when it is well again', async () => {
    const kept = keptIn(100);
    // A file stands where the folder should be: what the system says is what is said.
    writeFileSync(path.join(folder, 'server'), '');
    await expect(kept.keep(kept.place('server', 'a.sym'), bytes(5))).rejects.toThrow(/ENOTDIR|EEXIST/);
    rmSync(path.join(folder, 'server'));
    expect(await kept.keep(kept.place('server', 'a.sym'), bytes(5))).toBe(5);
    mkdirSync(kept.place('server', 'b.sym'));
    await expect(kept.keep(kept.place('server', 'b.sym'), bytes(5))).rejects.toMatchObject({ code: 'EISDIR' });
    expect(existsSync(kept.place('server', 'a.sym'))).toBe(true);
    expect(there()).toEqual(['a.sym']);
  });
});
