import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MemoryLogger } from '@faultline/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { History } from '../../../plugins/ops/src/history/history.ts';
import { RingFile, type RingOptions } from '../../../plugins/ops/src/history/ring-file.ts';

const options: RingOptions = {
  levels: [
    { step: 1000, rows: 10 },
    { step: 5000, rows: 4 },
  ],
  mostSeries: 3,
  mayWrite: true,
};
const of = (values: Record<string, number>) => new Map(Object.entries(values));

describe('The ring file', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'faultline-ring-'));
    file = path.join(folder, 'history.ring');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function writer(): Promise<RingFile> {
    const ring = await RingFile.open(file, options);
    if (ring === null) throw new Error('a writer always has a ring');
    return ring;
  }

  it('gives back what was written, NaN where nothing was, and forgets what is older than its rows', async () => {
    const ring = await writer();
    for (let slot = 100; slot < 115; slot++) if (slot !== 109) await ring.write(0, slot, of({ a: slot }));
    expect([...(await ring.read('a', 0, 103, 116))]).toEqual([
      NaN,
      NaN,
      105,
      106,
      107,
      108,
      NaN,
      110,
      111,
      112,
      113,
      114,
      NaN,
      NaN,
    ]);
    await ring.close();
  });

  it('knows a series that came later, and one that was not told', async () => {
    const ring = await writer();
    await ring.write(0, 5, of({ a: 1 }));
    await ring.write(0, 6, of({ a: 2, 'b.é': 7 }));
    await ring.write(0, 7, of({ 'b.é': 8 }));
    expect([...(await ring.read('b.é', 0, 5, 7))]).toEqual([NaN, 7, 8]);
    expect([...(await ring.read('a', 0, 5, 7))]).toEqual([1, 2, NaN]);
    expect([...(await ring.read('unknown', 0, 5, 6))]).toEqual([NaN, NaN]);
    await ring.close();
  });

  it('leaves series out beyond the most, and never grows beyond its size', async () => {
    const ring = await writer();
    for (let slot = 0; slot < 50; slot++) await ring.write(0, slot, of({ a: 1, b: 2, c: 3, d: 4 }));
    expect(ring.names()).toEqual(['a', 'b', 'c']);
    expect((await stat(file)).size).toBeLessThanOrEqual(RingFile.sizeOf(options));
    await ring.close();
  });

  it('is read by another process while it is written', async () => {
    const ring = await writer();
    await ring.write(1, 3, of({ a: 1 }));
    const reader = await RingFile.open(file, { ...options, mayWrite: false });
    await ring.write(1, 4, of({ a: 2, b: 5 }));
    await reader?.refresh();
    expect([...((await reader?.read('b', 1, 3, 4)) ?? [])]).toEqual([NaN, 5]);
    await reader?.close();
    await ring.close();
  });

  it('goes on after a restart, and leaves what it skipped empty', async () => {
    const first = await writer();
    await first.write(0, 20, of({ a: 1 }));
    await first.close();
    const second = await writer();
    await second.write(0, 24, of({ a: 2 }));
    expect([...(await second.read('a', 0, 20, 24))]).toEqual([1, NaN, NaN, NaN, 2]);
    await second.write(0, 90, of({ a: 3 }));
    expect([...(await second.read('a', 0, 84, 90))]).toEqual([NaN, NaN, NaN, NaN, NaN, NaN, 3]);
    await second.close();
  });

  it('takes a clock that was set back, and no longer tells what lies after it', async () => {
    const ring = await writer();
    for (const slot of [30, 31, 32, 33]) await ring.write(0, slot, of({ a: slot }));
    await ring.write(0, 31, of({ a: 99 }));
    await ring.write(0, 34, of({ a: 34 }));
    expect([...(await ring.read('a', 0, 30, 34))]).toEqual([30, 99, NaN, NaN, 34]);
    await ring.close();
  });

  it('is made anew when it is damaged or of another shape', async () => {
    await writeFile(file, 'this is no ring');
    expect(await RingFile.open(file, { ...options, mayWrite: false })).toBeNull();
    const ring = await writer();
    expect(ring.names()).toEqual([]);
    await ring.write(0, 1, of({ a: 1 }));
    await ring.close();
    const other = await RingFile.open(file, { ...options, levels: [{ step: 1000, rows: 20 }] });
    expect(other?.names()).toEqual([]);
    await other?.close();
  });
});

describe('The history', () => {
  it('keeps ten seconds for hours and minutes for two weeks, under 50 MB', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'faultline-history-'));
    const history = new History(path.join(folder, 'history.ring'), new MemoryLogger());
    const start = Date.UTC(2026, 10, 23);
    for (let second = 0; second <= 600; second += 5) {
      await history.record(start + second * 1000, of({ load: Math.floor(second / 60) }));
    }
    const now = start + 600_000;
    const fine = await history.read({ names: ['load'], from: start, to: now, now, points: 100 });
    expect(fine.step).toBe(10_000);
    expect(fine.series[0]?.values.slice(0, 7)).toEqual([0, 0, 0, 0, 0, 0, 1]);
    const weeks = await history.read({
      names: ['load', 'none'],
      from: now - 14 * 86_400_000,
      to: now,
      now,
      points: 400,
    });
    expect(weeks.series[0]?.values.at(-1)).toBe(4.5);
    expect(weeks.series[0]?.values.length).toBeLessThanOrEqual(400);
    expect(weeks.series[1]?.values.every((value) => value === null)).toBe(true);
    expect(weeks.known).toEqual(['load']);
    await history.close();
    const reader = new History(path.join(folder, 'history.ring'), new MemoryLogger());
    const later = await reader.read({ names: ['load'], from: start, to: now, now: now + 86_400_000, points: 100 });
    expect(later.step).toBe(60_000);
    expect(later.series[0]?.values.slice(0, 3)).toEqual([0, 1, 2]);
    await reader.close();
    await rm(folder, { recursive: true });
  });
});
