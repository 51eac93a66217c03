import { describe, expect, it } from 'vitest';
import { type DumpDescription, walkMinidump, writeMinidump } from '@faultline/minidump';
import type { SymbolProvider } from '@faultline/sdk/module-symbols';
import { bytesSource } from '@faultline/sdk/random-access-source';
import { smallDump } from '../described-dump.js';

/** Three threads with the same stack of three frames. */
const threeThreads: DumpDescription = {
  ...smallDump,
  threads: [1, 2, 3].flatMap((id) => (smallDump.threads ?? []).map((thread) => ({ ...thread, id }))),
};

/** Answers never, whatever the signal says. */
const silent: SymbolProvider = { find: () => new Promise(() => undefined) };

async function walk(symbols: SymbolProvider | null, totalMilliseconds: number, signal?: AbortSignal) {
  const source = bytesSource(await writeMinidump(threeThreads));
  return walkMinidump({ source, symbols, limits: { totalMilliseconds }, ...(signal && { signal }) });
}

describe('the time of a whole walk', () => {
  it('ends the wait for symbols, and gives what was found, and says so', async () => {
    const began = performance.now();
    const result = await walk(silent, 50);
    expect(performance.now() - began).toBeLessThan(2000);
    expect(result.threads.map(({ frames }) => frames.length)).toEqual([1, 1, 1]);
    expect(result.threads.map(({ summary }) => summary?.end)).toEqual(['time-limit', 'time-limit', 'time-limit']);
    expect(result.problems).toMatchObject([{ stream: 'walk', code: 'LIMIT_REACHED' }]);
    expect(result.problems[0]?.message).toContain('ran out: 3 of 3 threads');
    expect(result.symbols.get(0)?.attempts).toMatchObject([{ status: 'skipped', reason: 'the walk was stopped' }]);
  });

  it('costs nothing where it suffices', async () => {
    const result = await walk(null, 60_000);
    expect(result.threads.map(({ frames }) => frames.length)).toEqual([3, 3, 3]);
    expect(result.problems).toEqual([]);
  });

  it('of nothing at all still gives the first frame of each thread', async () => {
    const result = await walk(null, 0);
    expect(result.threads.map(({ frames }) => frames.length)).toEqual([1, 1, 1]);
  });

  it('is not the same as an abort, which rejects with its reason', async () => {
    const reason = new Error('enough');
    await expect(walk(silent, 60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
    const later = new AbortController();
    setTimeout(() => later.abort(reason), 20);
    await expect(walk(silent, 60_000, later.signal)).rejects.toBe(reason);
  });

  it('leaves nothing behind in a signal that outlives the walk', async () => {
    const { signal } = new AbortController();
    const heard: unknown[] = [];
    const held = new Set<unknown>();
    Object.assign(signal, {
      addEventListener: (_type: string, listener: unknown) => void (heard.push(listener), held.add(listener)),
      removeEventListener: (_type: string, listener: unknown) => void held.delete(listener),
    });
    for (let n = 0; n < 3; n++) await walk(null, 60_000, signal);
    expect(heard.length).toBeGreaterThanOrEqual(3);
    expect([...held]).toEqual([]);
  });
});
