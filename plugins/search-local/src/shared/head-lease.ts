import type { Clock, Lease, Logger, Milliseconds, StateStore } from '@faultline/sdk';

/** A head that died is replaced after so long. */
const leaseFor: Milliseconds = 12_000;
const campaignEvery: Milliseconds = 2000;
/** Beyond this age of its last renewal a head writes no more: another may have taken over while it stood still. */
const trustedFor: Milliseconds = leaseFor * 0.75;

export interface HeadLeaseOptions {
  state: StateStore;
  clock: Clock;
  logger: Logger;
  nodeId: string;
  /** The lease was won: resolves when the index is open here. */
  begin(): Promise<void>;
  /** It is lost, or given up at a stop. */
  end(): Promise<void>;
}

/** One process of a shared folder has the index open, by the lease `search.head`; the others wait to take over. */
export class HeadLease {
  private lease: Lease | null = null;
  private renewed: Milliseconds = 0;

  constructor(private readonly options: HeadLeaseOptions) {}

  /** False when another process may be the head by now. */
  get isTrusted(): boolean {
    return this.lease !== null && this.options.clock.monotonic() - this.renewed < trustedFor;
  }

  /** Tries at once, then again and again until aborted. Resolves after the first try. */
  async campaign(signal: AbortSignal): Promise<{ ended: Promise<void> }> {
    await this.step();
    return { ended: this.follow(signal) };
  }

  private async follow(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.options;
    while (!signal.aborted) {
      await clock.sleep(campaignEvery, signal).catch(() => {
        // Stopping: the loop looks by itself.
      });
      if (signal.aborted) break;
      try {
        await this.step();
      } catch (error) {
        logger.error({ error: String(error) }, 'The head of the search index could not be settled');
      }
    }
    const { lease } = this;
    if (lease === null) return;
    this.lease = null;
    await this.options.end();
    await lease.release();
  }

  private async step(): Promise<void> {
    const { state, clock, logger, nodeId, begin, end } = this.options;
    const now = clock.monotonic();
    if (this.lease !== null) {
      if (await this.lease.renew()) {
        this.renewed = now;
        return;
      }
      this.lease = null;
      logger.warn('Another process has the search index now');
      await end();
      return;
    }
    const lease = await state.acquireLease('search.head', nodeId, leaseFor);
    if (lease === null) return;
    try {
      await begin();
    } catch (error) {
      await lease.release();
      throw error;
    }
    this.lease = lease;
    this.renewed = now;
  }
}
