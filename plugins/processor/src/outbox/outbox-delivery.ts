/**
 * Brings processed crashes to the sinks. Each sink has a loop of its own, so that one that is down or slow delays no
 * other; what it did not take stays in the outbox and comes again later.
 */
import { underSignals } from '@faultline/sdk';
import type {
  Clock,
  ContributionList,
  CrashSink,
  CrashStorage,
  Logger,
  Milliseconds,
  Outbox,
  OutboxRow,
  ProcessedCrash,
} from '@faultline/sdk';
import { asFaultlineError, FaultlineError } from '@faultline/sdk/errors';
import { backoff } from '../backoff.js';
import type { ProcessorMetrics } from '../processor-metrics.js';
import { FreshRuns } from './fresh-runs.js';
import type { SinkTurns } from './sink-turns.js';

const batchSize = 100;
/** So many refused one by one, and the sink counts as down. */
const refusalLimit = 3;
/** A sink that takes longer has failed. */
const deliveryLimit: Milliseconds = 60_000;
/** Look again even when nobody said that there is something: retries become due. */
const idleWait: Milliseconds = 1000;

export interface OutboxDeliveryOptions {
  outbox: Outbox;
  storage: CrashStorage;
  sinks: ContributionList<CrashSink>;
  clock: Clock;
  logger: Logger;
  turns: SinkTurns;
  metrics: ProcessorMetrics;
}

export class OutboxDelivery {
  private readonly loops = new Map<CrashSink, { stop: AbortController; done: Promise<void> }>();
  private readonly sleepers = new Set<() => void>();
  private readonly fresh: FreshRuns;
  private readonly forget: () => void;

  constructor(private readonly options: OutboxDeliveryOptions) {
    this.fresh = new FreshRuns(options.clock);
    this.forget = options.sinks.onChange(() => this.follow());
    this.follow();
  }

  /** A run was written here: its sinks need not read it again. One that no sink gets is no news. */
  wake({ sinks, ...run }: { crash: ProcessedCrash; run: number; sinks: readonly string[] }): void {
    if (sinks.length === 0) return;
    this.fresh.add(run, sinks.length);
    for (const wake of this.sleepers) wake();
  }

  async stop(): Promise<void> {
    this.forget();
    const loops = [...this.loops.values()];
    for (const { stop } of loops) stop.abort();
    await Promise.all(loops.map(({ done }) => done));
    await this.options.turns.release();
  }

  private follow(): void {
    const sinks = new Set(this.options.sinks.all().map(({ value }) => value));
    for (const [sink, { stop }] of this.loops) {
      if (sinks.has(sink)) continue;
      stop.abort();
      this.loops.delete(sink);
    }
    for (const sink of sinks) {
      if (this.loops.has(sink)) continue;
      const stop = new AbortController();
      this.loops.set(sink, { stop, done: this.run(sink, stop.signal) });
    }
  }

  private async run(sink: CrashSink, signal: AbortSignal): Promise<void> {
    const { outbox, clock, logger, turns } = this.options;
    let failures = 0;
    while (!signal.aborted) {
      try {
        if (sink.isHere?.() === false || !(await turns.isMine(sink.id))) {
          await this.sleep(idleWait, signal);
          continue;
        }
        const rows = await outbox.due(sink.id, clock.now(), batchSize);
        if (rows.length > 0) await this.deliver(sink, rows, signal);
        else this.fresh.letGo();
        failures = 0;
        if (rows.length < batchSize) await this.sleep(idleWait, signal);
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        logger.error({ sink: sink.id, error: asFaultlineError(error) }, 'The outbox can’t be read or written');
        await this.sleep(backoff(failures), signal);
      }
    }
  }

  private async deliver(sink: CrashSink, rows: OutboxRow[], signal: AbortSignal): Promise<void> {
    const error = await this.offer(sink, rows, signal);
    if (error === null || signal.aborted) return;
    if (rows.length === 1) return await this.putOff(sink, rows, error);
    // One crash that the sink can't digest must not hold the others back; a sink that is down refuses one by one too.
    let refused = 0;
    for (const [index, row] of rows.entries()) {
      if (signal.aborted) return;
      const rowError = await this.offer(sink, [row], signal);
      if (rowError === null) continue;
      refused += 1;
      const isDown = rowError.isRetryable || refused >= refusalLimit;
      await this.putOff(sink, isDown ? rows.slice(index) : [row], rowError);
      if (isDown) return;
    }
  }

  /** Null when the sink took them, and their rows are gone. */
  private async offer(sink: CrashSink, rows: OutboxRow[], signal: AbortSignal): Promise<FaultlineError | null> {
    const { outbox, metrics } = this.options;
    const batch: { crash: ProcessedCrash; run: number }[] = [];
    for (const { crashId, run } of rows) {
      // A sink that is behind reads alone: the others had it long ago.
      const crash = this.fresh.get(crashId, run) ?? (await this.options.storage.processedCrash(crashId));
      // Erased since: nobody is to have it.
      if (crash !== null) batch.push({ crash, run });
    }
    try {
      if (batch.length > 0) await withLimit(sink, (limit) => sink.deliver(batch, limit), signal);
    } catch (error) {
      return asFaultlineError(error, 'SINK_FAILED');
    }
    await outbox.done(rows);
    metrics.countDelivered(sink.id, rows.length);
    return null;
  }

  private async putOff(sink: CrashSink, rows: OutboxRow[], error: FaultlineError): Promise<void> {
    const { outbox, clock, logger, metrics } = this.options;
    const attempts = Math.max(...rows.map((row) => row.attempts)) + 1;
    const delay = backoff(attempts);
    logger.warn({ sink: sink.id, rows: rows.length, attempts, code: error.code, delay }, 'A sink did not take crashes');
    metrics.countRefused(sink.id, error.code, rows.length);
    await outbox.retry(rows, clock.now() + delay);
  }

  private async sleep(delay: Milliseconds, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    const wake = () => woken.abort();
    this.sleepers.add(wake);
    try {
      await underSignals([signal, woken.signal], (either) => this.options.clock.sleep(delay, either));
    } catch {
      // Woken early or told to stop: the loop looks by itself.
    } finally {
      this.sleepers.delete(wake);
    }
  }
}

async function withLimit(
  sink: CrashSink,
  deliver: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const limit = new AbortController();
  const message = `Sink "${sink.id}" took longer than ${deliveryLimit} ms.`;
  const timer = setTimeout(() => limit.abort(new FaultlineError('Timeout', 'SINK_TIMEOUT', message)), deliveryLimit);
  try {
    await underSignals([signal, limit.signal], async (either) => {
      const ended = new Promise<never>((_, reject) => {
        either.addEventListener('abort', () => reject(asFaultlineError(either.reason, 'SINK_STOPPED')));
      });
      await Promise.race([deliver(either), ended]);
    });
  } finally {
    clearTimeout(timer);
  }
}
