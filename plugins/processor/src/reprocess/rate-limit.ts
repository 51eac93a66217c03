import type { Clock, Milliseconds } from '@faultline/sdk';

/** Timers are no finer: who is ahead by less goes on at once, and later ones wait the longer. */
const grain: Milliseconds = 10;

/** Spaces work evenly: never more than `rate` a second, and nothing is saved up while it stood still. */
export class RateLimit {
  private free: Milliseconds;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly clock: Clock,
    private readonly rate: number,
  ) {
    this.free = clock.monotonic();
  }

  /** Resolves when one more may begin, in the order of asking. Rejects when aborted. */
  async take(signal: AbortSignal): Promise<void> {
    const mine = this.turn.then(() => this.wait(signal));
    this.turn = mine.catch(() => {
      // Who asked hears of it.
    });
    await mine;
  }

  private async wait(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const now = this.clock.monotonic();
    const begin = Math.max(now, this.free);
    this.free = begin + 1000 / this.rate;
    if (begin - now >= grain) await this.clock.sleep(begin - now, signal);
  }
}
