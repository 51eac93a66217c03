/**
 * Puts pending marks back into the queues when their message was lost. A mark that is younger than the oldest message
 * of its lane is still in the queue, so a backlog is not doubled; deferred and dead ones wait to be asked for.
 */
import { lanes, processMessageId, subjects } from '@faultline/sdk';
import type { Bus, Clock, CrashStorage, Lane, Logger, Milliseconds, StateStore, UnixMillis } from '@faultline/sdk';
import { asFaultlineError } from '@faultline/sdk/errors';

/** A mark is written a moment before its message. */
const grace: Milliseconds = 10_000;
const leaseFor: Milliseconds = 60_000;

export interface ReconcilerOptions {
  storage: CrashStorage;
  bus: Bus;
  state: StateStore;
  clock: Clock;
  logger: Logger;
  /** Of the lease. */
  holder: string;
  every: Milliseconds;
  /** Messages a second. */
  rate: number;
}

export class Reconciler {
  constructor(private readonly options: ReconcilerOptions) {}

  /** At once, then every so often, until aborted. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, logger, every } = this.options;
    while (!signal.aborted) {
      try {
        await this.reconcile(signal);
      } catch (error) {
        if (!signal.aborted) logger.error({ error: asFaultlineError(error) }, 'Lost crashes could not be looked for');
      }
      await clock.sleep(every, signal).catch(() => {
        // Stopping: the loop looks by itself.
      });
    }
  }

  /** How many marks were put back; 0 when another process does it. */
  async reconcile(signal: AbortSignal): Promise<number> {
    const { storage, bus, state, clock, logger, holder, rate } = this.options;
    const lease = await state.acquireLease('reconcile', holder, leaseFor);
    if (lease === null) return 0;
    let count = 0;
    let renewed = clock.monotonic();
    try {
      const horizon = await this.horizons();
      const before = Math.max(...horizon.values());
      for await (const mark of storage.pending({ states: ['pending'], before })) {
        if (signal.aborted) return count;
        if (mark.since >= (horizon.get(mark.lane) ?? 0)) continue;
        const { crashId, run, ruleset, reason, lane } = mark;
        const message = { crashId, run, ruleset, reason };
        const { isDuplicate } = await bus.publish(
          subjects.process(lane),
          processMessageId(crashId, run, lane),
          message,
        );
        if (isDuplicate) continue;
        count += 1;
        if (count % rate === 0) await clock.sleep(1000, signal);
        if (clock.monotonic() - renewed > leaseFor / 3) {
          renewed = clock.monotonic();
          if (!(await lease.renew())) return count;
        }
      }
    } finally {
      await lease.release();
    }
    if (count > 0) logger.info({ count }, 'Crashes whose message was lost are in the queue again');
    return count;
  }

  /** Per lane: marks from before this time have no message any more. */
  private async horizons(): Promise<Map<Lane, UnixMillis>> {
    const { bus, clock } = this.options;
    const horizons = new Map<Lane, UnixMillis>();
    for (const lane of lanes) {
      const { oldest } = await bus.queueStatus(subjects.process(lane));
      horizons.set(lane, clock.now() - Math.max(grace, oldest ?? 0));
    }
    return horizons;
  }
}
