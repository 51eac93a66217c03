import { afterEach, describe, expect, it, vi } from 'vitest';
import { LiveStream, type LiveEvent, type LiveState } from '../../../desktop/renderer/src/api/live-stream.js';

/** One at a time, in order of asking, as the browser's locks are. */
class FakeLocks {
  private readonly waiting: (() => Promise<void>)[] = [];
  private isHeld = false;

  request(_name: string, options: { signal: AbortSignal }, work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      options.signal.addEventListener('abort', () => reject(options.signal.reason as Error));
      this.waiting.push(() => work().then(resolve, reject));
      void this.next();
    });
  }

  private async next(): Promise<void> {
    if (this.isHeld) return;
    this.isHeld = true;
    for (let work = this.waiting.shift(); work !== undefined; work = this.waiting.shift()) await work();
    this.isHeld = false;
  }
}

class FakeSource extends EventTarget {
  static readonly opened: FakeSource[] = [];
  isClosed = false;

  constructor(readonly url: string) {
    super();
    FakeSource.opened.push(this);
  }

  close(): void {
    this.isClosed = true;
  }

  send(name: string, data: string): void {
    this.dispatchEvent(new MessageEvent(name, { data }));
  }
}

const streams: LiveStream[] = [];
let places = 0;

function tab(locks: FakeLocks | undefined, url: string) {
  const states: LiveState[] = [];
  const events: LiveEvent[] = [];
  const stream = new LiveStream({
    url,
    onState: (state) => states.push(state),
    locks: locks as unknown as LockManager | undefined,
    openSource: (address) => new FakeSource(address) as unknown as EventSource,
  });
  stream.listen((event) => events.push(event));
  stream.start();
  streams.push(stream);
  return { stream, states, events };
}

afterEach(() => {
  vi.useRealTimers();
  for (const stream of streams.splice(0)) stream.stop();
  FakeSource.opened.length = 0;
});

describe('LiveStream', () => {
  it('opens one stream for all tabs and passes its events to each', async () => {
    const locks = new FakeLocks();
    const url = `events-${(places += 1)}`;
    const [first, second] = [tab(locks, url), tab(locks, url)];
    await vi.waitFor(() => expect(FakeSource.opened).toHaveLength(1));
    FakeSource.opened[0]?.dispatchEvent(new Event('open'));
    FakeSource.opened[0]?.send('crash.processed', '{"crashId":"x"}');
    const heard = [{ event: 'crash.processed', data: { crashId: 'x' } }];
    expect(first.events).toEqual(heard);
    await vi.waitFor(() => expect(second.events).toEqual(heard));
    expect(second.states).toContain('live');
  });

  it('hands the stream to another tab when the first goes', async () => {
    const locks = new FakeLocks();
    const url = `events-${(places += 1)}`;
    const [first] = [tab(locks, url), tab(locks, url)];
    await vi.waitFor(() => expect(FakeSource.opened).toHaveLength(1));
    first.stream.stop();
    await vi.waitFor(() => expect(FakeSource.opened).toHaveLength(2));
    expect(FakeSource.opened.map((source) => source.isClosed)).toEqual([true, false]);
  });

  it('connects again after a break, and has everyone ask for what was missed', async () => {
    const only = tab(new FakeLocks(), `events-${(places += 1)}`);
    await vi.waitFor(() => expect(FakeSource.opened).toHaveLength(1));
    vi.useFakeTimers();
    FakeSource.opened[0]?.dispatchEvent(new Event('open'));
    FakeSource.opened[0]?.dispatchEvent(new Event('error'));
    expect(only.states.at(-1)).toBe('offline');
    vi.advanceTimersByTime(1000);
    FakeSource.opened[1]?.dispatchEvent(new Event('open'));
    expect(only.states.at(-1)).toBe('live');
    expect(only.events).toEqual([{ event: 'tick', data: {} }]);
  });

  it('polls where the browser has no locks', () => {
    vi.useFakeTimers();
    const only = tab(undefined, `events-${(places += 1)}`);
    expect(only.states).toEqual(['polling']);
    vi.advanceTimersByTime(10_000);
    expect(only.events).toEqual([{ event: 'tick', data: {} }]);
    expect(FakeSource.opened).toHaveLength(0);
  });

  it('skips an event that is not JSON', async () => {
    const only = tab(new FakeLocks(), `events-${(places += 1)}`);
    await vi.waitFor(() => expect(FakeSource.opened).toHaveLength(1));
    FakeSource.opened[0]?.send('crash.step', '{broken');
    FakeSource.opened[0]?.send('crash.step', '{"crashId":"y","step":"applying rules"}');
    expect(only.events).toEqual([{ event: 'crash.step', data: { crashId: 'y', step: 'applying rules' } }]);
  });
});
