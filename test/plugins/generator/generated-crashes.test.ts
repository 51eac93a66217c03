import { crashIdDay, parseCrashId } from '@faultline/sdk/crash-id';
import { MemoryCrashStorage, MemoryFieldDictionary, NaiveSearchEngine } from '@faultline/testing';
import { searchSuiteFields } from '@faultline/testing/suites';
import { describe, expect, it } from 'vitest';
import { fillFolder, type FillOptions } from '../../../plugins/generator/src/fill-folder.js';
import { generatedCrashes } from '../../../plugins/generator/src/generated-crashes.js';

const end = Date.parse('2026-11-22T00:00:00Z');
const made = (more: { crashes?: number; days?: number; seed?: string } = {}) =>
  [...generatedCrashes({ crashes: 4_000, days: 30, seed: '1', end, ...more })].map(({ processed }) => processed);

describe('generated crashes', () => {
  const crashes = made();

  it('are the same for the same options, and others for another seed', () => {
    expect(made()).toEqual(crashes);
    expect(made({ seed: '2' })[0]).not.toEqual(crashes[0]);
  });

  it('are as many as were asked for, with ids of their own that carry their day', () => {
    expect(crashes).toHaveLength(4_000);
    expect(new Set(crashes.map(({ crash_id }) => crash_id)).size).toBe(4_000);
    for (const { crash_id, submitted_timestamp } of crashes) {
      expect(parseCrashId(crash_id)).toBe(crash_id);
      expect(crashIdDay(crash_id)).toBe(submitted_timestamp.slice(0, 10));
    }
    expect(new Set(crashes.map(({ crash_id }) => crashIdDay(crash_id))).size).toBe(30);
    expect(crashes.every(({ submitted_timestamp }) => Date.parse(submitted_timestamp) < end)).toBe(true);
  });

  it('have few frequent signatures and many rare ones', () => {
    const counts = new Map<string, number>();
    for (const { signature } of crashes) counts.set(signature, (counts.get(signature) ?? 0) + 1);
    const sorted = [...counts.values()].sort((a, b) => b - a);
    expect(sorted[0]).toBeGreaterThan(300);
    expect(sorted.filter((count) => count === 1).length).toBeGreaterThan(800);
  });

  it('fill at least sixty fields, some of them rarely, in some two kilobytes', () => {
    const filled = new Map<string, number>();
    for (const crash of crashes)
      for (const [field, value] of Object.entries(crash))
        if (value !== undefined) filled.set(field, (filled.get(field) ?? 0) + 1);
    expect(filled.size).toBeGreaterThanOrEqual(60);
    const size = crashes.reduce((sum, crash) => sum + JSON.stringify(crash).length, 0) / crashes.length;
    expect(size).toBeGreaterThan(1_500);
    expect(size).toBeLessThan(3_500);
    const withModules = crashes.filter(({ modules }) => Array.isArray(modules));
    expect(withModules.every(({ modules }) => Array.isArray(modules) && modules.length === 80)).toBe(true);
    expect(withModules.length / crashes.length).toBeCloseTo(0.45, 1);
    expect(Math.max(...crashes.map((crash) => String(crash['proto_signature'] ?? '').length))).toBe(600);
  });

  it('come from versions that rise while others fall', () => {
    const share = (version: string, from: number, to: number): number => {
      const within = crashes.filter(
        ({ product, release_channel: channel, submitted_timestamp: time }) =>
          product === 'Kestrel' &&
          channel === 'release' &&
          Date.parse(time) >= end - from * 86_400_000 &&
          Date.parse(time) < end - to * 86_400_000,
      );
      return within.filter((crash) => crash.version === version).length / within.length;
    };
    const versions = [...new Set(crashes.flatMap(({ version }) => version ?? []))];
    const rising = versions.filter((version) => share(version, 30, 20) < 0.1 && share(version, 10, 0) > 0.4);
    const falling = versions.filter((version) => share(version, 30, 20) > 0.4 && share(version, 10, 0) < 0.2);
    expect(rising.length).toBeGreaterThan(0);
    expect(falling.length).toBeGreaterThan(0);
  });

  it('come up to the middle of a day as they do on whole days', () => {
    const noon = end + 43_200_000;
    const times = [...generatedCrashes({ crashes: 4_000, days: 10, seed: '1', end: noon })].map(({ processed }) =>
      Date.parse(processed.submitted_timestamp),
    );
    const within = (hours: number) => times.filter((time) => time >= noon - hours * 3_600_000).length;
    expect(Math.max(...times)).toBeLessThan(noon);
    // Of 228 hours, one has a 228th; the last is like the others.
    expect(within(1)).toBeLessThan(60);
    expect(within(12)).toBeGreaterThan(100);
    expect(within(12)).toBeLessThan(320);
  });

  it('go to the store and the index once, however often they are asked for', async () => {
    const storage = new MemoryCrashStorage();
    const engine = new NaiveSearchEngine(new MemoryFieldDictionary(searchSuiteFields));
    const seen: number[] = [];
    const options: FillOptions = {
      crashes: 1_200,
      days: 3,
      seed: '1',
      end,
      storage,
      engine,
      wholeSince: 0,
      dumps: true,
      signal: new AbortController().signal,
      progress: (done) => seen.push(done),
    };
    expect(await fillFolder({ ...options, crashes: 300 })).toEqual({ stored: 300, known: 0 });
    expect(await fillFolder({ ...options, crashes: 300 })).toEqual({ stored: 0, known: 300 });
    expect((await engine.status()).crashes).toBe(300);
    const [{ processed } = { processed: null }] = [...generatedCrashes({ ...options, crashes: 300 })];
    const stored = await storage.load(processed?.crash_id ?? '');
    expect(stored).toMatchObject({ pending: null, runs: [{ run: 1 }], processed: { signature: processed?.signature } });
    expect(stored?.processed?.['json_dump']).toMatchObject({ status: 'OK', crashing_thread: { thread_index: 0 } });
    expect(stored?.raw.parts[0]?.size).toBeGreaterThan(1_000);
    expect(seen.at(-1)).toBe(300);
  });

  it('stop coming when it is aborted', async () => {
    const stop = new AbortController();
    const filling = fillFolder({
      crashes: 100_000,
      days: 3,
      seed: '1',
      end,
      storage: new MemoryCrashStorage(),
      engine: new NaiveSearchEngine(new MemoryFieldDictionary([])),
      wholeSince: Infinity,
      dumps: false,
      signal: stop.signal,
      progress: () => stop.abort(new Error('enough')),
    });
    await expect(filling).rejects.toThrow('enough');
  });
});
