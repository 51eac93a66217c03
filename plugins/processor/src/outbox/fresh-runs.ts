import type { Bytes, Clock, CrashId, Milliseconds, ProcessedCrash } from '@faultline/sdk';

/** Longer, and the crash may have been erased or processed again meanwhile. */
const freshFor: Milliseconds = 2000;
/** Of what is kept, as `roughSize` sees it. */
const mostKept: Bytes = 24_000_000;

interface Fresh {
  crash: ProcessedCrash;
  run: number;
  until: Milliseconds;
  size: Bytes;
  /** Sinks that have not had it yet. */
  takers: number;
}

/**
 * Runs that were written a moment ago, for the sinks that take them: each would read and parse them again. Held no
 * longer than until the last of them has it, since documents that live for seconds are garbage that is collected late.
 */
export class FreshRuns {
  private readonly runs = new Map<CrashId, Fresh>();
  private size: Bytes = 0;

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  /** @param takers sinks that will ask for it, once each */
  add({ crash, run }: { crash: ProcessedCrash; run: number }, takers: number): void {
    this.forget(crash.crash_id);
    const size = roughSize(crash);
    this.runs.set(crash.crash_id, { crash, run, until: this.clock.monotonic() + freshFor, size, takers });
    this.size += size;
    this.letGo();
  }

  /** Forgets what is too old or too much: an idle server holds no documents. */
  letGo(): void {
    const now = this.clock.monotonic();
    for (const [id, { until }] of this.runs) {
      if (this.size <= mostKept && until > now) return;
      this.forget(id);
    }
  }

  /** Null when it must be read. */
  get(id: CrashId, run: number): ProcessedCrash | null {
    const fresh = this.runs.get(id);
    if (fresh === undefined || fresh.run !== run || fresh.until <= this.clock.monotonic()) return null;
    fresh.takers -= 1;
    if (fresh.takers <= 0) this.forget(id);
    return fresh.crash;
  }

  private forget(id: CrashId): void {
    this.size -= this.runs.get(id)?.size ?? 0;
    this.runs.delete(id);
  }
}

/** Frames and modules make a document large; measuring it exactly would cost as much as reading it. */
function roughSize({ json_dump: dump }: ProcessedCrash): Bytes {
  let items = 40;
  if (typeof dump === 'object' && dump !== null && !Array.isArray(dump)) {
    const { threads, modules } = dump;
    if (Array.isArray(modules)) items += modules.length;
    for (const thread of Array.isArray(threads) ? threads : []) {
      const frames = typeof thread === 'object' && thread !== null && !Array.isArray(thread) ? thread['frames'] : null;
      items += 2 + (Array.isArray(frames) ? frames.length : 0);
    }
  }
  return items * 500;
}
