/**
 * What becomes of one message. It is ended in every case: acked when the run is written (or nobody wants it any more),
 * handed back with a growing delay when it failed, given up as dead beyond a number of attempts. While the store is
 * unavailable the crash stays in hand: an hour of full disk must not use up its attempts.
 */
import { subjects, underSignals } from '@faultline/sdk';
import type {
  Bus,
  Clock,
  CrashId,
  CrashStorage,
  CrashStepEvent,
  Logger,
  PendingMark,
  ProcessMessage,
  RunRecord,
  StoredCrash,
  WorkMessage,
} from '@faultline/sdk';
import { asFaultlineError } from '@faultline/sdk/errors';
import type { FaultlineError } from '@faultline/sdk/errors';
import { backoff } from '../backoff.js';
import type { ProcessorMetrics } from '../processor-metrics.js';
import type { BlackBox } from './black-box.js';
import type { ExclusiveGate } from './exclusive-gate.js';
import { writeRun } from './write-run.js';
import type { RunWriterParts } from './write-run.js';

export interface CrashWorkerParts extends RunWriterParts {
  storage: CrashStorage;
  bus: Bus;
  clock: Clock;
  logger: Logger;
  blackBox: BlackBox;
  gate: ExclusiveGate;
  metrics: ProcessorMetrics;
  limits: { ackWait: number; maxDeliveries: number; maxDeaths: number; quarantine: number };
}

export class CrashWorker {
  private readonly startedAt: number;

  constructor(private readonly parts: CrashWorkerParts) {
    this.startedAt = parts.clock.monotonic();
  }

  /**
   * @param signal aborted when the work in hand is to be given back
   * @param stopping aborted when no work is to begin any more: what only waits for another attempt is given back then
   */
  async handle(message: WorkMessage<ProcessMessage>, signal: AbortSignal, stopping = signal): Promise<void> {
    const { blackBox, gate, clock, logger, limits } = this.parts;
    const id = message.data.crashId;
    const stillAtIt = this.keepInHand(message);
    // What comes again may have been in the hand of a process that died.
    if (message.deliveries > 1) blackBox.lookAround();
    try {
      if (blackBox.deaths(id) >= limits.maxDeaths) {
        await this.giveUp(message, {
          code: 'PROCESSOR_DIED',
          message: `The processor died ${blackBox.deaths(id)} times while it had this crash in hand.`,
        });
        blackBox.end(id);
        return;
      }
      const quarantine = blackBox.deaths(id) > 0 ? this.quarantineLeft() : 0;
      if (quarantine > 0) {
        await message.nak(quarantine);
        return;
      }
      const work = () => this.work(message, signal, stopping);
      if (blackBox.deaths(id) > 0) await gate.byOneself(work);
      else await gate.together(work);
    } catch (error) {
      // Nothing more can be done with the message: the bus itself failed, and gives it out again by itself.
      logger.error({ crashId: id, error: asFaultlineError(error) }, 'A message could not be ended');
      await clock.sleep(backoff(message.deliveries), signal).catch(() => {
        // Stopping: somebody else waits.
      });
    } finally {
      stillAtIt.abort();
      this.parts.metrics.countHandled(message.subject);
    }
  }

  /**
   * Folklore: a machine whose power or container fails again and again kills whatever is in hand, and the crash that
   * comes first after each start looks guilty (seen with `kill -9` every half second). So a suspect waits until the
   * process has lived for a while without it.
   */
  private quarantineLeft(): number {
    return Math.max(0, this.startedAt + this.parts.limits.quarantine - this.parts.clock.monotonic());
  }

  private async work(message: WorkMessage<ProcessMessage>, signal: AbortSignal, stopping: AbortSignal): Promise<void> {
    const { blackBox, clock, logger, limits } = this.parts;
    const id = message.data.crashId;
    blackBox.begin(id);
    try {
      for (let attempt = 1; ; attempt++) {
        const failure = await this.attempt(message, signal);
        if (failure === null) {
          await message.ack();
          return;
        }
        if (signal.aborted || (failure.isRetryable && stopping.aborted)) {
          await message.nak(0);
          return;
        }
        if (!failure.isRetryable) {
          logger.warn({ crashId: id, deliveries: message.deliveries, code: failure.code }, 'Processing failed');
          if (message.deliveries >= limits.maxDeliveries || failure.kind === 'NotFound')
            await this.giveUp(message, failure);
          else await message.nak(backoff(message.deliveries));
          return;
        }
        logger.warn({ crashId: id, attempt, code: failure.code }, 'Processing waits');
        try {
          await underSignals([signal, stopping], (either) => clock.sleep(backoff(attempt), either));
        } catch {
          await message.nak(0);
          return;
        }
      }
    } finally {
      blackBox.end(id);
    }
  }

  /** Null when there is nothing left to do for the message. */
  private async attempt(message: WorkMessage<ProcessMessage>, signal: AbortSignal): Promise<FaultlineError | null> {
    try {
      if (signal.aborted) return asFaultlineError(signal.reason, 'STOPPING');
      await this.processOnce(message.data, signal);
      return null;
    } catch (error) {
      return asFaultlineError(error, 'PROCESSING_FAILED');
    }
  }

  private async processOnce(data: ProcessMessage, signal: AbortSignal): Promise<void> {
    const { storage, bus } = this.parts;
    const stored = await storage.load(data.crashId);
    if (stored === null || !isWanted(stored, data)) return;
    const onStep = (step: string) =>
      bus.emit(subjects.crashStep, { crashId: data.crashId, step } satisfies CrashStepEvent);
    const message = { run: data.run, ruleset: data.ruleset, reason: data.reason as RunRecord['reason'] };
    const written = await writeRun(this.parts, stored, message, { signal, onStep });
    // Somebody else wrote a run meanwhile: look again what is left to do.
    if (written === 'superseded') await this.processOnce(data, signal);
  }

  /** The dead mark is the dead letter; the event tells those who watch. */
  private async giveUp(message: WorkMessage<ProcessMessage>, error: { code: string; message: string }): Promise<void> {
    const { storage, bus, clock, logger } = this.parts;
    const { crashId, run } = message.data;
    const stored = await storage.load(crashId);
    if (stored !== null && isWanted(stored, message.data)) {
      const { code } = error;
      const mark: PendingMark = {
        ...(stored.pending ?? { ...message.data, lane: 'normal', reason: message.data.reason as RunRecord['reason'] }),
        run,
        since: clock.now(),
        state: 'dead',
        error: { code, message: error.message, deliveries: message.deliveries },
      };
      await storage.setPending(mark);
      bus.emit(subjects.crashDead, { crashId, run, code, deliveries: message.deliveries });
      logger.error({ crashId, code, deliveries: message.deliveries }, 'A crash was given up');
    }
    await message.term();
  }

  private keepInHand(message: WorkMessage<ProcessMessage>): AbortController {
    const { clock, logger, limits } = this.parts;
    const done = new AbortController();
    const beat = async () => {
      for (;;) {
        await clock.sleep(limits.ackWait / 3, done.signal);
        await message.working();
      }
    };
    beat().catch((error: unknown) => {
      if (!done.signal.aborted)
        logger.warn({ crashId: message.data.crashId, error: String(error) }, 'The bus did not hear of work in hand');
    });
    return done;
  }
}

/** False when the run is written already, or nobody waits for it: it was discarded, given up or never asked for. */
function isWanted(stored: StoredCrash, data: { run: number; crashId: CrashId }): boolean {
  if ((stored.runs.at(-1)?.run ?? 0) >= data.run) return false;
  return stored.pending === null || stored.pending.state === 'pending';
}
