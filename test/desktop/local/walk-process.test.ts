import { afterEach, describe, expect, it, vi } from 'vitest';
import { WalkProcess, type WalkEnd } from '../../../desktop/renderer/src/local/walk/walk-process.js';
import type { ToPage, ToWorker, WalkOrder } from '../../../desktop/renderer/src/local/walk/walk-messages.js';
import { WorkerPool } from '../../../desktop/renderer/src/local/walk/worker-pool.js';

/** A worker whose program is a function; it is ready at once unless it fails to load. */
class FakeWorker extends EventTarget {
  isEnded = false;
  readonly received: ToWorker[] = [];
  constructor(
    private readonly program: (message: ToWorker, say: (message: ToPage) => void) => void,
    loads = true,
  ) {
    super();
    setTimeout(() => (loads ? this.say({ kind: 'ready' }) : this.dispatchEvent(new ErrorEvent('not loaded'))));
  }
  postMessage(message: ToWorker): void {
    this.received.push(message);
    this.program(message, (said) => this.say(said));
  }
  terminate(): void {
    this.isEnded = true;
  }
  private say(message: ToPage): void {
    setTimeout(() => {
      if (!this.isEnded) this.dispatchEvent(new MessageEvent('message', { data: message }));
    });
  }
}
class ErrorEvent extends Event {
  readonly message: string;
  constructor(message: string) {
    super('error', { cancelable: true });
    this.message = message;
  }
}

const order: WalkOrder = { file: new Blob(), microdumpIndex: 0, isSmall: false, hasSymbols: false, cacheQuota: 0 };

function setUp(
  program: (message: ToWorker, say: (message: ToPage) => void) => void,
  options: { loads?: boolean; size?: number } = {},
) {
  const workers: FakeWorker[] = [];
  const pool = new WorkerPool(
    () => undefined,
    () => {
      const worker = new FakeWorker(program, options.loads);
      workers.push(worker);
      return worker as EventTarget as Worker;
    },
    options.size ?? 1,
  );
  const handlers = {
    onProgress: () => undefined,
    onFrames: () => undefined,
    answer: () => Promise.resolve('answered'),
  };
  return { workers, pool, process: () => new WalkProcess(pool, handlers, 60) };
}

afterEach(() => {
  vi.useRealTimers();
});

const kindOf = ({ kind }: WalkEnd): string => kind;

describe('the worker of a dump', () => {
  it('is ended and replaced when it hangs, and the next walk gets another', async () => {
    let isHanging = true;
    const { workers, process } = setUp((message, say) => {
      if (message.kind === 'walk' && !isHanging) say({ kind: 'done', json: '{}', notes: [] });
    });
    const walk = process();
    const lost = await walk.walk(order);
    expect(lost).toMatchObject({ kind: 'lost', failure: { code: 'WALK_HUNG' } });
    expect(workers.map(({ isEnded }) => isEnded)).toEqual([true, false]);
    isHanging = false;
    expect(kindOf(await walk.walk(order))).toBe('done');
  });

  it('that tells of its progress, or waits for the page, does not hang', async () => {
    const { process } = setUp((message, say) => {
      if (message.kind === 'walk') say({ kind: 'ask', id: 1, name: 'symbols', ask: null });
      if (message.kind !== 'answer') return;
      expect(message.value).toBe('answered');
      let left = 4;
      const timer = setInterval(() => {
        say({ kind: 'progress', progress: { threadsDone: 0, threads: 1, frames: left, indexing: null } });
        if (left-- > 0) return;
        clearInterval(timer);
        say({ kind: 'done', json: '{}', notes: [] });
      }, 30);
    });
    vi.useFakeTimers();
    const ended = process().walk(order);
    await vi.advanceTimersByTimeAsync(1000);
    expect(kindOf(await ended)).toBe('done');
  });

  it('is stopped when asked, by force if it does not listen', async () => {
    const { workers, process } = setUp(() => undefined);
    const walk = process();
    const ended = walk.walk(order);
    await expect.poll(() => workers[0]?.received.length, { timeout: 10_000, interval: 1 }).toBe(1);
    walk.stop();
    expect(kindOf(await ended)).toBe('stopped');
    expect(workers[0]?.isEnded).toBe(true);
  });

  it('is not begun when it is stopped while no worker is ready', async () => {
    const { workers, process } = setUp(() => undefined);
    const walk = process();
    const ended = walk.walk(order);
    walk.stop();
    expect(kindOf(await ended)).toBe('stopped');
    expect(workers[0]?.received).toEqual([{ kind: 'reset' }]);
    expect(walk.isIdle).toBe(false);
  });

  it('that dies costs its own walk', async () => {
    const { workers, process } = setUp((message) => {
      if (message.kind === 'walk') setTimeout(() => workers[0]?.dispatchEvent(new ErrorEvent('out of memory')));
    });
    expect(await process().walk(order)).toMatchObject({
      kind: 'lost',
      failure: { code: 'WALKER_DIED', message: 'out of memory' },
    });
  });

  it('goes back to be used for another dump', async () => {
    const { workers, process } = setUp((message, say) => {
      if (message.kind === 'walk') say({ kind: 'done', json: '{}', notes: [] });
    });
    const first = process();
    await first.walk(order);
    const second = process();
    const waiting = second.walk(order);
    first.close();
    expect(kindOf(await waiting)).toBe('done');
    expect(workers).toHaveLength(1);
    expect(workers[0]?.received.map(({ kind }) => kind)).toEqual(['walk', 'reset', 'walk']);
  });

  it('that can’t be loaded is said in words', async () => {
    const { process } = setUp(() => undefined, { loads: false });
    expect(await process().walk(order)).toMatchObject({ kind: 'failed', failure: { code: 'WORKER_NOT_LOADED' } });
  });
});
