import type { Clock, Lease, Milliseconds, StateStore } from '@faultline/sdk';

/** A process that died leaves its sinks to the others after so long. */
const leaseFor: Milliseconds = 15_000;

/** Which process of a shared folder delivers to a sink: one at a time, so that none gets a crash twice at once. */
export interface SinkTurns {
  /** True while it is this process's turn; asked before each batch. */
  isMine(sink: string): Promise<boolean>;
  /** Leaves the sinks to others. */
  release(): Promise<void>;
}

/** Nobody else is there. */
export const alone: SinkTurns = { isMine: () => Promise.resolve(true), release: () => Promise.resolve() };

/** By a lease for each sink. */
export class LeasedSinkTurns implements SinkTurns {
  private readonly leases = new Map<string, { lease: Lease; renewed: Milliseconds }>();

  constructor(private readonly options: { state: StateStore; clock: Clock; nodeId: string }) {}

  async isMine(sink: string): Promise<boolean> {
    const { state, clock, nodeId } = this.options;
    const held = this.leases.get(sink);
    const now = clock.monotonic();
    if (held !== undefined) {
      if (now - held.renewed < leaseFor / 3) return true;
      if (await held.lease.renew()) {
        held.renewed = now;
        return true;
      }
      this.leases.delete(sink);
    }
    const lease = await state.acquireLease(`outbox.${sink}`, nodeId, leaseFor);
    if (lease === null) return false;
    this.leases.set(sink, { lease, renewed: now });
    return true;
  }

  async release(): Promise<void> {
    for (const [sink, { lease }] of [...this.leases]) {
      this.leases.delete(sink);
      await lease.release();
    }
  }
}
