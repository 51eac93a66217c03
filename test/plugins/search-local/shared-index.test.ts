import { FakeClock, MemoryBus, MemoryLogger, MemoryStateStore } from '@faultline/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IndexPort } from '../../../plugins/search-local/src/index-calls.ts';
import { HeadLease } from '../../../plugins/search-local/src/shared/head-lease.ts';
import { SharedIndexPort } from '../../../plugins/search-local/src/shared/shared-index-port.ts';

/** An index that only remembers what it was asked. */
class TalkingPort implements IndexPort {
  readonly asked: unknown[] = [];
  isClosed = false;

  ask(call: string, request: unknown): Promise<never> {
    this.asked.push([call, request]);
    return Promise.resolve(new Map([['day', [call]]]) as never);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

describe('The index of a shared folder', () => {
  const clock = new FakeClock();
  let bus: MemoryBus;
  beforeEach(() => {
    bus = new MemoryBus(clock);
  });
  afterEach(() => bus.close());
  const port = (isTrusted = () => true) => new SharedIndexPort({ bus, isTrusted });

  it('is asked where it is, with maps in questions and answers', async () => {
    const [head, other] = [port(), port()];
    const own = new TalkingPort();
    head.takeOver(own);
    const hashes = new Map([['signature', 'h']]);
    expect(await other.ask('outdated', { hashes })).toEqual(new Map([['day', ['outdated']]]));
    expect(own.asked).toEqual([['outdated', { hashes }]]);
    expect([head.isHead, other.isHead]).toEqual([true, false]);
  });

  it('says so when nobody has it, and when the head stood still too long', async () => {
    await expect(port().ask('status', {})).rejects.toMatchObject({ code: 'SEARCH_HEAD_MISSING', kind: 'Unavailable' });
    const stalled = port(() => false);
    stalled.takeOver(new TalkingPort());
    await expect(stalled.ask('status', {})).rejects.toMatchObject({ code: 'SEARCH_HEAD_LOST' });
    await expect(port().ask('status', {})).rejects.toMatchObject({ code: 'SEARCH_HEAD_LOST' });
  });

  it('is told when the asker of a search that runs elsewhere has gone', async () => {
    const [head, other] = [port(), port()];
    let stopped: AbortSignal | undefined;
    const own: IndexPort = {
      ask: (_call, _request, signal) => {
        stopped = signal;
        return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('stopped'))));
      },
      close: () => Promise.resolve(),
    };
    head.takeOver(own);
    const gone = new AbortController();
    const asked = other.ask('idsOfDay', { day: '2026-11-20' }, gone.signal);
    await expect.poll(() => stopped, { timeout: 10_000 }).toBeDefined();
    gone.abort(new Error('gone'));
    await expect(asked).rejects.toThrow('gone');
    await expect.poll(() => stopped?.aborted, { timeout: 10_000 }).toBe(true);
  });

  it('takes rows of a rebuild in pieces that the bus carries', async () => {
    const head = port();
    const own = new TalkingPort();
    head.takeOver(own);
    const rows = Array.from({ length: 20 }, (_, n) => ({ n, text: 'x'.repeat(100_000) }));
    await port().ask('takeRebuilt', { rows: JSON.stringify(rows), hashes: new Map() });
    const taken = own.asked.flatMap((asked) => {
      const [, request] = asked as [string, { rows: string }];
      expect(request.rows.length).toBeLessThan(700_000);
      return (JSON.parse(request.rows) as { n: number }[]).map(({ n }) => n);
    });
    expect(taken).toEqual(rows.map(({ n }) => n));
  });
});

describe('The head of the search index', () => {
  it('is one process, replaced when it dies, and steps down when it stood still', async () => {
    const clock = new FakeClock();
    const state = new MemoryStateStore(clock);
    const heads: string[] = [];
    const stop = new AbortController();
    const make = (nodeId: string) =>
      new HeadLease({
        state,
        clock,
        logger: new MemoryLogger(),
        nodeId,
        begin: () => Promise.resolve(void heads.push(nodeId)),
        end: () => Promise.resolve(void heads.splice(heads.indexOf(nodeId), 1)),
      });
    const dies = new AbortController();
    const [one, two] = [make('one'), make('two')];
    await one.campaign(dies.signal);
    const { ended } = await two.campaign(stop.signal);
    expect(heads).toEqual(['one']);
    await clock.advance(30_000);
    expect([heads, one.isTrusted, two.isTrusted]).toEqual([['one'], true, false]);

    // Stopped in order, it leaves at once.
    dies.abort();
    await clock.advance(4000);
    expect([heads, two.isTrusted]).toEqual([['two'], true]);

    // Somebody else took the lease while it stood still.
    await state.acquireLease('search.head', 'two', 0);
    await state.acquireLease('search.head', 'three', 60_000);
    await clock.advance(3000);
    expect([heads, two.isTrusted]).toEqual([[], false]);
    stop.abort();
    await clock.advance(3000);
    await ended;
  });
});
