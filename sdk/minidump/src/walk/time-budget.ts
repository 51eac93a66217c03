import type { Milliseconds } from '@faultline/sdk/units';
import type { DumpProblem } from '../reader/dump-problem.js';
import type { UnwindLimits } from '../unwind/index.js';
import type { WalkedThread } from './walk-result.js';

/** Beyond it timers fire at once; such a time bounds threads only. */
const longestTimer = 2 ** 31 - 1;

/** Timers may fire a millisecond early: a thread that no longer waits for symbols must find its time over as well. */
const timerSlack: Milliseconds = 2;

/** The time that a whole walk may take, waiting for symbols included. End it, so that nothing outlives it. */
export class TimeBudget {
  private readonly ended = new AbortController();
  private readonly timer: ReturnType<typeof setTimeout> | null;
  private readonly deadline: Milliseconds;
  /** Aborted when the time is over, or the caller aborts: what waits for symbols waits no longer. */
  readonly signal = this.ended.signal;
  private readonly pass = (): void => this.ended.abort(this.callers?.reason);

  constructor(
    total: Milliseconds,
    private readonly callers: AbortSignal | undefined,
  ) {
    this.deadline = performance.now() + total;
    const isBounded = total <= longestTimer;
    this.timer = isBounded ? setTimeout(() => this.ended.abort(), Math.max(0, total) + timerSlack) : null;
    // Not `AbortSignal.any`: Node 20 keeps a mark of each walk in a caller's signal for as long as that lives.
    if (callers?.aborted === true) this.pass();
    else callers?.addEventListener('abort', this.pass, { once: true });
  }

  /** Limits of a thread that is walked now. */
  boundsOf(limits: UnwindLimits): UnwindLimits {
    const left = Math.max(0, this.deadline - performance.now());
    return left < limits.maxMilliseconds ? { ...limits, maxMilliseconds: left } : limits;
  }

  end(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.callers?.removeEventListener('abort', this.pass);
  }

  /** Says how many threads the time did not suffice for. */
  problems(threads: readonly WalkedThread[]): DumpProblem[] {
    if (performance.now() < this.deadline) return [];
    const cut = threads.filter(({ summary }) => summary?.end === 'time-limit').length;
    const message =
      `The time for the whole walk ran out: ${cut} of ${threads.length} threads are walked in part, ` +
      'and symbols that were not found by then are left out';
    return [{ stream: 'walk', code: 'LIMIT_REACHED', message }];
  }
}
