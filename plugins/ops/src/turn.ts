import type { Clock, Lease, Milliseconds, StateStore } from '@faultline/sdk';

const leaseFor: Milliseconds = 20_000;
const renewEvery: Milliseconds = 6_000;

/** Which of several watching processes writes the history and raises notices. */
export class Turn {
  private lease: Lease | null = null;
  private renewedAt: Milliseconds = 0;

  constructor(private readonly parts: { state: StateStore; clock: Clock; nodeId: string; isAlone: boolean }) {}

  async isMine(): Promise<boolean> {
    const { state, clock, nodeId, isAlone } = this.parts;
    if (isAlone) return true;
    const now = clock.monotonic();
    if (this.lease !== null && now - this.renewedAt < renewEvery) return true;
    if (this.lease !== null && !(await this.lease.renew())) this.lease = null;
    this.lease ??= await state.acquireLease('ops.watch', nodeId, leaseFor);
    this.renewedAt = now;
    return this.lease !== null;
  }

  async release(): Promise<void> {
    await this.lease?.release();
    this.lease = null;
  }
}
