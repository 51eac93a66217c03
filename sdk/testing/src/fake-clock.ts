import type { Clock, Milliseconds, UnixMillis } from '@faultline/sdk';

interface Sleeper {
  due: Milliseconds;
  wake(): void;
}

/** Time that stands still until a test moves it. */
export class FakeClock implements Clock {
  private elapsed: Milliseconds = 0;
  private date: UnixMillis;
  private readonly sleepers = new Set<Sleeper>();

  constructor(start: UnixMillis = Date.UTC(2026, 10, 22, 12, 0, 0)) {
    this.date = start;
  }

  now(): UnixMillis {
    return this.date;
  }

  monotonic(): Milliseconds {
    return this.elapsed;
  }

  sleep(delay: Milliseconds, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const abort = () => {
        this.sleepers.delete(sleeper);
        reject(signal?.reason as Error);
      };
      const sleeper: Sleeper = {
        due: this.elapsed + Math.max(0, delay),
        wake: () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.sleepers.add(sleeper);
    });
  }

  /** How many wait in `sleep`. */
  get sleeping(): number {
    return this.sleepers.size;
  }

  /** Moves both times on; wakes sleepers in the order of their times, each with the clock at its time. */
  async advance(by: Milliseconds): Promise<void> {
    const target = this.elapsed + by;
    for (;;) {
      await breathe();
      const next = [...this.sleepers].filter(({ due }) => due <= target).sort((a, b) => a.due - b.due)[0];
      if (next === undefined) break;
      this.move(Math.max(0, next.due - this.elapsed));
      this.sleepers.delete(next);
      next.wake();
    }
    this.move(target - this.elapsed);
    await breathe();
  }

  /** The date jumps, as when somebody sets the machine's clock; the monotonic time doesn't. */
  setDate(date: UnixMillis): void {
    this.date = date;
  }

  private move(by: Milliseconds): void {
    this.elapsed += by;
    this.date += by;
  }
}

/** Lets what was woken run until it waits again. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
