import { sampleCrashId } from '@faultline/testing';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canary, day, filesWith, storeReport, type OpenedStore } from './marked-reports.ts';
import { openStore } from './open-store.ts';
import { removeBundle, startStoreProcess } from './start-store-process.ts';

const never = new AbortController().signal;

let opened: OpenedStore;
beforeEach(async () => {
  opened = await openStore({ config: { largePart: 10_000 } });
});
afterEach(() => opened.dispose());
afterAll(removeBundle);

describe('Other processes that have the day open', () => {
  it('lose nothing and go on while it is erased from and purged', { timeout: 60_000 }, async () => {
    const others = [
      await startStoreProcess(['beside', opened.folder, '3000']),
      await startStoreProcess(['beside', opened.folder, '120000']),
    ];
    for (const other of others) await other.until(() => other.events.filter(({ stored }) => stored).length > 5);
    const stored = (process: (typeof others)[number]) => process.events.filter((event) => event.stored !== undefined);
    for (let seed = 1; seed <= 3; seed++) {
      await storeReport(opened, seed, { text: canary });
      await opened.store.upkeep.erase([sampleCrashId(seed)], { signal: never });
    }
    const beforePurge = others.map((other) => stored(other).length);
    for (const other of others) expect(other.events.filter(({ wrong, refused }) => wrong ?? refused)).toEqual([]);
    await opened.store.upkeep.purge({ day, kind: 'reports' }, never);
    const afterPurge = others.map((other) => stored(other).length);
    for (const [index, other] of others.entries()) {
      await other.until(() => stored(other).length > (afterPurge[index] ?? 0) + 5);
      await other.kill('SIGKILL');
      expect(other.events.filter(({ refused }) => refused)).toEqual([]);
      // The one that was stored and read back while the day went; the rest must be there.
      expect(other.events.filter(({ wrong }) => wrong).length).toBeLessThanOrEqual(1);
      const after = stored(other).slice((afterPurge[index] ?? 0) + 2);
      for (const { stored: id } of after)
        expect((await opened.store.crashes.load(id ?? ''))?.raw.parts).toHaveLength(2);
      expect(beforePurge[index]).toBeGreaterThan(5);
    }
    expect(await filesWith(opened, canary)).toEqual([]);
    const check = await opened.store.upkeep.check({ repair: false, signal: never });
    expect(check.findings).toEqual([]);
  });
});
