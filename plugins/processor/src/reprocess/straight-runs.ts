/**
 * Runs that walk nothing, written without a mark and without the queue: many of them share one sync of the disk, and a
 * hundred thousand crashes are signed again in minutes. A job that is killed looks at its last batch again.
 */
import { lanes, subjects } from '@faultline/sdk';
import type { Bus, CrashStorage } from '@faultline/sdk';
import { processCrash } from '../processing/process-crash.js';
import { lastRunOf, storeRun } from '../processing/write-run.js';
import type { FinishedRun, RunWriterParts } from '../processing/write-run.js';
import { AtMost } from './at-most.js';
import type { Outcome } from './reprocess-one.js';
import type { WantedCrash } from './wanted-crashes.js';

/**
 * Documents in memory for the one thread of the rules, so that it never waits for the next. All others of a batch wait
 * unread, or for the disk with nothing but what is written: what waits outlives the young garbage, and is collected late.
 */
const mostAtTheRules = 4;

export type StraightRunParts = RunWriterParts & {
  storage: Pick<CrashStorage, 'load' | 'commitRun'>;
  bus: Pick<Bus, 'emit' | 'queueStatus'>;
};

export class StraightRuns {
  private readonly atTheRules = new AtMost(mostAtTheRules);

  constructor(private readonly parts: StraightRunParts) {}

  /** Whether the ruleset leaves the dumps alone. */
  suits(ruleset: string): boolean {
    return this.parts.pipeline.rulesets.get(ruleset)?.from === 'processed';
  }

  /** Whether crashes wait that somebody has just sent or asked for: they go first. */
  async isCrowded(): Promise<boolean> {
    const [priority, normal] = lanes;
    for (const lane of [priority, normal]) {
      if ((await this.parts.bus.queueStatus(subjects.process(lane))).depth > 0) return true;
    }
    return false;
  }

  /**
   * `queued` for a crash that has a run coming, or had none yet: that must go through the queue. Rejects when aborted,
   * and with what storage and rules throw.
   */
  async runOne(crash: WantedCrash, ruleset: string, signal: AbortSignal): Promise<Outcome | 'queued'> {
    for (;;) {
      const finished = await this.atTheRules.during(() => this.finish(crash, ruleset, signal));
      if (typeof finished === 'string') return finished;
      const { from, ...run } = finished;
      const written = await storeRun(this.parts, run);
      if (written === 'gone') return 'unknown';
      if (written !== 'superseded') return { from, to: written.signature };
    }
  }

  private async finish(
    { id }: WantedCrash,
    ruleset: string,
    signal: AbortSignal,
  ): Promise<(FinishedRun & { from: string }) | 'unknown' | 'queued'> {
    signal.throwIfAborted();
    const stored = await this.parts.storage.load(id);
    if (stored === null) return 'unknown';
    if (stored.processed === null || stored.pending !== null) return 'queued';
    const expectedRun = lastRunOf(stored);
    const message = { run: expectedRun + 1, ruleset, reason: 'reprocess' } as const;
    const options = { signal, onStep: () => {} };
    const { processed, record } = await processCrash(this.parts.pipeline, stored, message, options);
    // What was signed again to the same is in the store and with the sinks, but for the times of the run.
    return { processed, record, expectedRun, isSame: record.changed.length === 0, from: stored.processed.signature };
  }
}
