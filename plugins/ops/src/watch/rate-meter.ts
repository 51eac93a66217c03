import type { Milliseconds } from '@faultline/sdk';

const bucket: Milliseconds = 10_000;
const minute = 6;
const hour = 360;

/** Counts what happens, by 10 seconds of the last hour. Times are of the monotonic clock. */
export class RateMeter {
  private readonly buckets = new Float64Array(hour);
  private newest: number;
  #total = 0;

  constructor(now: Milliseconds) {
    this.newest = Math.floor(now / bucket);
  }

  add(amount: number, now: Milliseconds): void {
    this.advance(now);
    const place = this.newest % hour;
    this.buckets[place] = (this.buckets[place] ?? 0) + amount;
    this.#total += amount;
  }

  /** All that was ever added. */
  get total(): number {
    return this.#total;
  }

  /** In the last minute, to a bucket. */
  lastMinute(now: Milliseconds): number {
    return this.last(minute, now);
  }

  lastTenMinutes(now: Milliseconds): number {
    return this.last(10 * minute, now);
  }

  lastHour(now: Milliseconds): number {
    return this.last(hour, now);
  }

  private last(count: number, now: Milliseconds): number {
    this.advance(now);
    let sum = 0;
    for (let back = 0; back < count; back++) sum += this.buckets[(this.newest - back + hour * 2) % hour] ?? 0;
    return sum;
  }

  private advance(now: Milliseconds): void {
    const current = Math.floor(now / bucket);
    const steps = Math.min(current - this.newest, hour);
    for (let step = 1; step <= steps; step++) this.buckets[(this.newest + step) % hour] = 0;
    if (current > this.newest) this.newest = current;
  }
}
