/**
 * Runs that walk nothing, written without a mark and without the queue: many of them share one sync of the disk, and a
 * hundred thousand crashes are signed again in minutes. A job that is killed looks at its last batch again.
 */
import { lanes, subjects } from '@faultline/sdk';
import type { Bus, CrashStorage } from '@faultline/sdk';
import { writeRun } from '../processing/write-run.js';
import type { RunWriterParts } from '../processing/write-run.js';
import type { Outcome } from './reprocess-one.js';
import type { WantedCrash } from './wanted-crashes.js';

export type StraightRunParts = RunWriterParts & {
  storage: Pick<CrashStorage, 'load' | 'commitRun'>;
  bus: Pick<Bus, 'emit' | 'queueStatus'>;
};

export class StraightRuns {
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
  async runOne({ id }: WantedCrash, ruleset: string, signal: AbortSignal): Promise<Outcome | 'queued'> {
    for (;;) {
      signal.throwIfAborted();
      const stored = await this.parts.storage.load(id);
      if (stored === null) return 'unknown';
      if (stored.processed === null || stored.pending !== null) return 'queued';
      const run = (stored.runs.at(-1)?.run ?? 0) + 1;
      const message = { run, ruleset, reason: 'reprocess' } as const;
      const written = await writeRun(this.parts, stored, message, { signal, onStep: () => {}, mayKeep: true });
      if (written === 'gone') return 'unknown';
      if (written !== 'superseded') return { from: stored.processed.signature, to: written.signature };
    }
  }
}
