import type { Clock, Milliseconds } from '@faultline/sdk';

/** Spaces work evenly: never more than `rate` a second, and nothing is saved up while it stood still. */
export class RateLimit {
  private free: Milliseconds;

  constructor(
    private readonly clock: Clock,
    private readonly rate: number,
  ) {
    this.free = clock.monotonic();
  }

  /** Resolves when one more may begin. Rejects when aborted. */
  async take(signal: AbortSignal): Promise<void> {
    const now = this.clock.monotonic();
    const begin = Math.max(now, this.free);
    this.free = begin + 1000 / this.rate;
    if (begin > now) await this.clock.sleep(begin - now, signal);
  }
}
