import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleCrashId } from '@faultline/testing';
import { canary, filesWith, type OpenedStore } from './marked-reports.ts';
import { openStore } from './open-store.ts';
import { removeBundle, startStoreProcess } from './start-store-process.ts';

const never = new AbortController().signal;

let opened: OpenedStore;
beforeEach(async () => {
  opened = await openStore();
});
afterEach(() => opened.dispose());
afterAll(removeBundle);

const countOf = async () => (await opened.store.state.get<{ count: number }>(['test', 'count']))?.value.count ?? 0;

describe('Scrubbing the state', () => {
  it('leaves no byte of what was deleted or written over, and everything else as it was', async () => {
    const { state, upkeep } = opened.store;
    const keys = Array.from({ length: 300 }, (_, n) => ['test', 'row', n] as const);
    await Promise.all(keys.map((key) => state.set(key, { text: `${canary} ${'x'.repeat(key[2])}` })));
    await Promise.all(keys.slice(0, 100).map((key) => state.set(key, { text: 'harmless' })));
    await Promise.all(keys.slice(100).map((key) => state.delete(key)));
    await upkeep.erase([sampleCrashId(1)], { signal: never });
    const lease = await state.acquireLease('test', 'me', 60_000);
    expect(await filesWith(opened, canary)).not.toEqual([]);

    await upkeep.scrubState(never);
    expect(await filesWith(opened, canary)).toEqual([]);
    expect(await state.get(['test', 'row', 7])).toMatchObject({ value: { text: 'harmless' }, version: 2 });
    expect(await state.compareAndSet(['test', 'row', 7], 2, { text: 'again' })).toBe(3);
    expect(await lease?.renew()).toBe(true);
    const again = await opened.reopen();
    expect((await again.crashes.fate(sampleCrashId(1))).state).toBe('erased');
    expect((await again.state.get(['test', 'row', 7]))?.version).toBe(3);
  });

  it('takes copies along that upgrades made of it', async () => {
    const copy = path.join(opened.folder, 'state.format-0.mdb');
    writeFileSync(copy, canary);
    await opened.store.upkeep.scrubState(never);
    expect(existsSync(copy)).toBe(false);
  });

  it('loses no write of another process that has it open', async () => {
    const other = await startStoreProcess(['count', opened.folder]);
    const told = () => other.events.findLast(({ count }) => count !== undefined)?.count ?? 0;
    await other.until(() => told() > 0);
    for (let round = 0; round < 3; round++) {
      const before = told();
      await opened.store.upkeep.scrubState(never);
      expect(await countOf()).toBeGreaterThanOrEqual(before);
      const after = told();
      await other.until(() => told() > after + 5);
    }
    await other.kill('SIGKILL');
    expect(await countOf()).toBeGreaterThanOrEqual(told());
    expect(other.errors).toEqual([]);
  });

  it('is over when the process is killed that was at it', async () => {
    const other = await startStoreProcess(['scrub', opened.folder]);
    let count = 0;
    const counting = (async () => {
      while (count >= 0) await opened.store.state.set(['test', 'count'], { count: ++count });
    })();
    await other.until(() => other.events.filter(({ scrubbed }) => scrubbed !== undefined).length >= 2);
    await other.kill('SIGKILL');
    const at = count;
    await expect.poll(() => count, { timeout: 5000 }).toBeGreaterThan(at);
    const last = count;
    count = -Infinity;
    await counting;
    await opened.store.upkeep.scrubState(never);
    expect(last).toBeGreaterThan(0);
    expect(other.errors).toEqual([]);
  });
});
