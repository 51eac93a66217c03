import type { Clock, CrashId, Milliseconds, ProcessedCrash } from '@faultline/sdk';

/** Longer, and the crash may have been erased or processed again meanwhile. */
const freshFor: Milliseconds = 2000;
/** A document with its stack walk may have several hundred kilobytes. */
const mostKept = 64;

/** Runs that were written a moment ago, for the sinks that take them: each would read and parse them again. */
export class FreshRuns {
  private readonly runs = new Map<CrashId, { crash: ProcessedCrash; run: number; until: Milliseconds }>();

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  add({ crash, run }: { crash: ProcessedCrash; run: number }): void {
    this.runs.delete(crash.crash_id);
    this.runs.set(crash.crash_id, { crash, run, until: this.clock.monotonic() + freshFor });
    const now = this.clock.monotonic();
    for (const [id, { until }] of this.runs) {
      if (this.runs.size <= mostKept && until > now) return;
      this.runs.delete(id);
    }
  }

  /** Null when it must be read. */
  get(id: CrashId, run: number): ProcessedCrash | null {
    const fresh = this.runs.get(id);
    return fresh !== undefined && fresh.run === run && fresh.until > this.clock.monotonic() ? fresh.crash : null;
  }
}
