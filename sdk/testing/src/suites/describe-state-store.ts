import type { StateStore } from '@faultline/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeClock } from '../fake-clock.js';

export interface StateStoreUnderTest {
  store: StateStore;
  /** The clock that the store reads. */
  clock: FakeClock;
  /** Another handle on the same data, as another process has; needed when it is shared. */
  another?: () => Promise<StateStore>;
  dispose(): Promise<void>;
}

/** What every `StateStore` promises. */
export function describeStateStore(
  name: string,
  open: () => Promise<StateStoreUnderTest>,
  options: { isShared: boolean },
): void {
  describe(`${name} keeps the contract of StateStore`, () => {
    let subject: StateStoreUnderTest;
    let store: StateStore;
    beforeEach(async () => {
      subject = await open();
      store = subject.store;
    });
    afterEach(() => subject.dispose());

    const keysBelow = async (prefix: Parameters<StateStore['range']>[0]) => {
      const keys: unknown[] = [];
      for await (const entry of store.range(prefix)) keys.push(entry.key.at(-1));
      return keys;
    };

    it('answers null for a key that was never written', async () => {
      expect(await store.get(['auth', 'user', 'nobody'])).toBeNull();
    });

    it('counts the versions of each key from one', async () => {
      expect(await store.set(['jobs', 'a'], { at: 1 })).toBe(1);
      expect(await store.set(['jobs', 'a'], { at: 2 })).toBe(2);
      expect(await store.set(['jobs', 'b'], [])).toBe(1);
      expect(await store.get(['jobs', 'a'])).toEqual({ key: ['jobs', 'a'], value: { at: 2 }, version: 2 });
    });

    it('writes by compare-and-set only over the version that the writer saw', async () => {
      expect(await store.compareAndSet(['g', 'x'], 1, 'early')).toBeNull();
      expect(await store.compareAndSet(['g', 'x'], 0, 'first')).toBe(1);
      expect(await store.compareAndSet(['g', 'x'], 0, 'again')).toBeNull();
      expect(await store.compareAndSet(['g', 'x'], 1, 'second')).toBe(2);
      expect((await store.get(['g', 'x']))?.value).toBe('second');
    });

    it('lets one of many racing writers win', async () => {
      const wins = await Promise.all(Array.from({ length: 20 }, (_, n) => store.compareAndSet(['race'], 0, n)));
      expect(wins.filter((version) => version !== null)).toEqual([1]);
    });

    it('loses no increment of writers that retry', async () => {
      const increment = async (): Promise<void> => {
        const entry = await store.get<number>(['count']);
        const won = await store.compareAndSet(['count'], entry?.version ?? 0, (entry?.value ?? 0) + 1);
        if (won === null) await increment();
      };
      await Promise.all(Array.from({ length: 12 }, increment));
      expect((await store.get(['count']))?.value).toBe(12);
    });

    it('deletes, on demand only the version that the caller saw', async () => {
      await store.set(['a'], 1);
      expect(await store.delete(['a'], 7)).toBe(false);
      expect(await store.delete(['a'], 1)).toBe(true);
      expect(await store.delete(['a'])).toBe(false);
      expect(await store.get(['a'])).toBeNull();
    });

    it('lists what begins with a prefix, in key order, numbers by size and before strings', async () => {
      for (const part of ['b', 10, 'a', 9, -1, 2.5, 'ä', 'aa', '\u0000x', 'a\u0000b'])
        await store.set(['list', part], 1);
      await store.set(['lis'], 1);
      await store.set(['list2', 'x'], 1);
      expect(await keysBelow({ prefix: ['list'] })).toEqual([
        -1,
        2.5,
        9,
        10,
        '\u0000x',
        'a',
        'a\u0000b',
        'aa',
        'b',
        'ä',
      ]);
    });

    it('pages through a range, forwards and backwards', async () => {
      for (let n = 0; n < 7; n++) await store.set(['page', n], { n });
      expect(await keysBelow({ prefix: ['page'], limit: 3 })).toEqual([0, 1, 2]);
      expect(await keysBelow({ prefix: ['page'], after: ['page', 2], limit: 3 })).toEqual([3, 4, 5]);
      expect(await keysBelow({ prefix: ['page'], reverse: true, limit: 2 })).toEqual([6, 5]);
      expect(await keysBelow({ prefix: ['page'], reverse: true, after: ['page', 5], limit: 2 })).toEqual([4, 3]);
      expect(await keysBelow({ prefix: ['page'], limit: 0 })).toEqual([]);
    });

    it('gives values that nobody can change from outside', async () => {
      const value = { list: [1] };
      await store.set(['copy'], value);
      value.list.push(2);
      const read = await store.get<{ list: number[] }>(['copy']);
      read?.value.list.push(3);
      expect((await store.get(['copy']))?.value).toEqual({ list: [1] });
    });

    it('takes a value of 1 MB', async () => {
      const text = 'x'.repeat(1_000_000);
      await store.set(['big'], { text });
      expect((await store.get<{ text: string }>(['big']))?.value.text).toBe(text);
    });

    it('refuses a key that is too long', async () => {
      await expect(async () => await store.set(['k', 'x'.repeat(5000)], 1)).rejects.toMatchObject({
        code: 'STATE_KEY_INVALID',
      });
    });

    it('tells watchers of writes below their prefix until they leave', async () => {
      const stop = new AbortController();
      const heard = vi.fn();
      store.watch(['watched'], heard, stop.signal);
      await store.set(['elsewhere'], 1);
      await store.set(['watched', 'x'], 1);
      await vi.waitFor(() => expect(heard).toHaveBeenCalled());
      const calls = heard.mock.calls.length;
      stop.abort();
      await store.set(['watched', 'x'], 2);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(heard.mock.calls.length).toBe(calls);
    });

    it('gives a lease to one holder at a time', async () => {
      const first = await store.acquireLease('reconcile', 'one', 1000);
      expect(first?.name).toBe('reconcile');
      expect(await store.acquireLease('reconcile', 'two', 1000)).toBeNull();
      expect(await store.acquireLease('other', 'two', 1000)).not.toBeNull();
      await first?.release();
      const second = await store.acquireLease('reconcile', 'two', 1000);
      expect(second?.fence).toBeGreaterThan(first?.fence ?? Infinity);
    });

    it('passes an expired lease on, with a greater fence, and the old holder learns it', async () => {
      const first = await store.acquireLease('head', 'one', 1000);
      await subject.clock.advance(600);
      expect(await first?.renew()).toBe(true);
      await subject.clock.advance(600);
      expect(await store.acquireLease('head', 'two', 1000)).toBeNull();
      await subject.clock.advance(1001);
      const second = await store.acquireLease('head', 'two', 1000);
      expect(second?.fence).toBeGreaterThan(first?.fence ?? Infinity);
      expect(await first?.renew()).toBe(false);
      await first?.release();
      expect(await store.acquireLease('head', 'three', 1000)).toBeNull();
    });

    it('keeps leases over jumps of the wall clock', async () => {
      await store.acquireLease('head', 'one', 1000);
      subject.clock.setDate(subject.clock.now() + 86_400_000);
      expect(await store.acquireLease('head', 'two', 1000)).toBeNull();
    });

    if (options.isShared)
      it('shares everything with another handle at once', async () => {
        if (subject.another === undefined) throw new Error('A shared one has other handles: give another');
        const other = await subject.another();
        await store.set(['shared'], 1);
        expect((await other.get(['shared']))?.version).toBe(1);
        expect(await other.compareAndSet(['shared'], 1, 2)).toBe(2);
        expect(await store.compareAndSet(['shared'], 1, 3)).toBeNull();
        await store.acquireLease('one-of-us', 'a', 1000);
        expect(await other.acquireLease('one-of-us', 'b', 1000)).toBeNull();
      });

    it('is healthy', async () => {
      await expect(store.checkHealth()).resolves.toBeUndefined();
    });
  });
}
