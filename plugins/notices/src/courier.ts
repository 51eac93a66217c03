/**
 * Brings messages to notifiers. Each notifier has its own row of messages, delivered in order; one that fails is tried
 * again with growing delays, so that one that is down holds back only its own. Of several processes one delivers.
 */
import {
  underSignals,
  type Clock,
  type ContributionList,
  type Lease,
  type Logger,
  type Milliseconds,
  type Notifier,
  type StateEntry,
  type StateStore,
  type UnixMillis,
} from '@faultline/sdk';
import { asFaultlineError, type FaultlineError } from '@faultline/sdk/errors';
import { channelPrefix, outPrefix, type ChannelState, type Delivery } from './notice-state.js';

const leaseFor: Milliseconds = 30_000;
const renewEvery: Milliseconds = 10_000;
const longestSleep: Milliseconds = 30_000;
const longestDelay: Milliseconds = 3_600_000;

export interface CourierParts {
  state: StateStore;
  clock: Clock;
  logger: Logger;
  notifiers: ContributionList<Notifier>;
  nodeId: string;
  firstRetry: Milliseconds;
  retryFor: Milliseconds;
}

export class Courier {
  private lease: Lease | null = null;
  private renewedAt: Milliseconds = -Infinity;
  private wake: () => void = () => {};

  constructor(private readonly parts: CourierParts) {}

  /** Until aborted. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { state, clock, logger } = this.parts;
    state.watch(outPrefix, () => this.wake(), signal);
    while (!signal.aborted) {
      let next = clock.now() + longestSleep;
      const woken = new AbortController();
      this.wake = () => woken.abort();
      try {
        if (await this.isOurTurn()) next = Math.min(next, await this.deliverDue(signal));
      } catch (error) {
        if (!signal.aborted) logger.error({ error: asFaultlineError(error) }, 'Notices could not be delivered');
      }
      const delay = Math.max(20, next - clock.now());
      await underSignals([signal, woken.signal], (either) => clock.sleep(delay, either)).catch(() => {
        // Woken, or told to stop: the loop looks by itself.
      });
    }
    await this.lease?.release();
  }

  /** When the next one is due; notifiers are served side by side. */
  private async deliverDue(signal: AbortSignal): Promise<UnixMillis> {
    const rows = new Map<string, StateEntry<Delivery>[]>();
    for await (const entry of this.parts.state.range<Delivery>({ prefix: outPrefix })) {
      const { notifier } = entry.value;
      rows.set(notifier, [...(rows.get(notifier) ?? []), entry]);
    }
    const nexts = await Promise.all([...rows.values()].map((entries) => this.deliverInOrder(entries, signal)));
    return Math.min(Infinity, ...nexts);
  }

  private async deliverInOrder(entries: readonly StateEntry<Delivery>[], signal: AbortSignal): Promise<UnixMillis> {
    const { state, clock, notifiers, logger } = this.parts;
    for (const { key, value: delivery } of entries) {
      if (signal.aborted) return Infinity;
      if (delivery.due > clock.now()) return delivery.due;
      const notifier = notifiers.get(delivery.notifier)?.value;
      const failure = notifier === undefined ? null : await this.attempt(notifier, delivery, signal);
      if (signal.aborted) return Infinity;
      if (failure === null) {
        // A notifier that is configured no more takes its messages with it.
        await state.delete(key);
        continue;
      }
      const isOver = !failure.isRetryable || clock.now() - delivery.since > this.parts.retryFor;
      const facts = { notifier: delivery.notifier, code: failure.code, attempts: delivery.attempts + 1 };
      logger.warn(facts, isOver ? 'A notice was given up' : 'A notice did not go through; it is tried again');
      if (isOver) {
        await state.delete(key);
        continue;
      }
      const due = clock.now() + this.delayAfter(delivery.attempts, failure);
      await state.set(key, { ...delivery, attempts: delivery.attempts + 1, due });
      return due;
    }
    return Infinity;
  }

  private async attempt(notifier: Notifier, delivery: Delivery, signal: AbortSignal): Promise<FaultlineError | null> {
    try {
      await notifier.deliver(delivery.message, signal);
      await this.note(notifier.id, null);
      return null;
    } catch (error) {
      const failure = asFaultlineError(error, 'NOTIFIER_FAILED');
      if (!signal.aborted) await this.note(notifier.id, failure.message);
      return failure;
    }
  }

  /** Doubled with each attempt up to an hour; a receiver that says when it wants to be asked again is heeded. */
  private delayAfter(attempts: number, { details }: FaultlineError): Milliseconds {
    const asked = details['retryAfter'];
    const own = Math.min(this.parts.firstRetry * 2 ** Math.min(attempts, 20), longestDelay);
    return typeof asked === 'number' ? Math.max(asked, own) : own;
  }

  private async note(notifier: string, error: string | null): Promise<void> {
    const { state, clock } = this.parts;
    const known = await state.get<ChannelState>([...channelPrefix, notifier]);
    const lastDelivery = error === null ? clock.now() : (known?.value.lastDelivery ?? null);
    await state.set([...channelPrefix, notifier], { lastDelivery, error } satisfies ChannelState);
  }

  private async isOurTurn(): Promise<boolean> {
    const { state, clock, nodeId } = this.parts;
    const now = clock.monotonic();
    if (this.lease !== null && now - this.renewedAt < renewEvery) return true;
    if (this.lease !== null && !(await this.lease.renew())) this.lease = null;
    this.lease ??= await state.acquireLease('notices.courier', nodeId, leaseFor);
    this.renewedAt = now;
    return this.lease !== null;
  }
}
