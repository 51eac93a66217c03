import type { Bus, Logger, Milliseconds } from '@faultline/sdk';
import { asFaultlineError } from '@faultline/sdk/errors';
import type { LaneReader } from '../lanes/lane-reader.js';
import type { CrashWorker } from './crash-worker.js';

/** How long a failed look into the lanes waits for the next. */
const retryAfter: Milliseconds = 1000;

export interface ProcessorOptions {
  bus: Bus;
  lanes: LaneReader;
  worker: CrashWorker;
  logger: Logger;
  concurrency: number;
  ackWait: Milliseconds;
  /** What is in hand gets so long to finish at a stop. */
  drainFor: Milliseconds;
}

/** Keeps a number of crashes in hand until it is stopped. */
export class Processor {
  /** No new work. */
  private readonly stopping = new AbortController();
  /** Work in hand is to be given back. */
  private readonly giveBack = new AbortController();
  private slots: Promise<void>[] = [];

  constructor(private readonly options: ProcessorOptions) {}

  async start(): Promise<void> {
    await this.options.lanes.open(this.options.bus, this.options.ackWait);
    this.slots = Array.from({ length: this.options.concurrency }, () => this.slot());
  }

  /** Finishes what is in hand; what takes too long is handed back for another start. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const patience = setTimeout(() => this.giveBack.abort(), this.options.drainFor);
    await Promise.all(this.slots);
    clearTimeout(patience);
    await this.options.lanes.close();
  }

  private async slot(): Promise<void> {
    const { lanes, worker, logger } = this.options;
    while (!this.stopping.signal.aborted) {
      try {
        const next = await lanes.next(this.stopping.signal);
        if (next !== null) await worker.handle(next.message, this.giveBack.signal, this.stopping.signal);
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        logger.error({ error: asFaultlineError(error) }, 'No work could be taken from the bus');
        await new Promise((resolve) => setTimeout(resolve, retryAfter));
      }
    }
  }
}
