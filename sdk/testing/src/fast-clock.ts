import type { Clock, Milliseconds, UnixMillis } from '@faultline/sdk';

/** Real time, so many times faster: for tests of parts that wait for each other, where moving a clock by hand can't help. */
export class FastClock implements Clock {
  private readonly begin = performance.now();

  constructor(
    private readonly speed: number,
    private readonly start: UnixMillis = Date.UTC(2026, 10, 22, 12),
  ) {}

  now(): UnixMillis {
    return Math.floor(this.start + this.monotonic());
  }

  monotonic(): Milliseconds {
    return (performance.now() - this.begin) * this.speed;
  }

  sleep(delay: Milliseconds, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      }, delay / this.speed);
      const abort = () => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', abort, { once: true });
    });
  }
}
