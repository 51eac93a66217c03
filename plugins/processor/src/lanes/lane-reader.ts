import { lanes, subjects, underSignals } from '@faultline/sdk';
import type { Bus, Lane, Milliseconds, ProcessMessage, WorkConsumer, WorkMessage } from '@faultline/sdk';
import { LaneSchedule } from './lane-schedule.js';

/** Longest silent wait; then it looks again, whatever the bus says. */
const idleWait: Milliseconds = 5000;

export interface LaneMessage {
  lane: Lane;
  message: WorkMessage<ProcessMessage>;
}

/**
 * Takes work from the three lanes, one message at a time and only when somebody is free: a message that is fetched
 * early counts as delivered, and would be blamed for a death that it had no part in.
 */
export class LaneReader {
  private readonly schedule: LaneSchedule;
  private readonly consumers = new Map<Lane, WorkConsumer<ProcessMessage>>();
  /** Came from several lanes at once while all were waited for. */
  private readonly held: LaneMessage[] = [];
  private turn: Promise<unknown> = Promise.resolve();

  constructor(weights: Record<Lane, number>) {
    this.schedule = new LaneSchedule(weights);
  }

  async open(bus: Bus, ackWait: Milliseconds): Promise<void> {
    for (const lane of lanes) {
      this.consumers.set(lane, await bus.consumer(subjects.process(lane), { name: 'processors', ackWait }));
    }
  }

  /** Resolves with null when there was nothing for a while, or when aborted. Callers are served one after another. */
  next(signal: AbortSignal): Promise<LaneMessage | null> {
    const mine = this.turn.then(() => this.take(signal));
    this.turn = mine.catch(() => {
      // The caller hears of it; the next one tries for itself.
    });
    return mine;
  }

  async close(): Promise<void> {
    for (const { message } of this.held.splice(0)) await message.nak(0);
    for (const consumer of this.consumers.values()) await consumer.close();
  }

  private async take(signal: AbortSignal): Promise<LaneMessage | null> {
    const held = this.held.shift();
    if (held !== undefined) return held;
    const empty: Lane[] = [];
    for (const lane of this.schedule.order()) {
      if (signal.aborted) return null;
      const [message] = await this.consumer(lane).fetch(1, 0, signal);
      if (message !== undefined) {
        this.schedule.taken(lane, empty);
        return { lane, message };
      }
      empty.push(lane);
    }
    return await this.wait(signal);
  }

  /** All lanes are empty: the first that gets something ends the wait for the others. */
  private async wait(signal: AbortSignal): Promise<LaneMessage | null> {
    const found = new AbortController();
    const fetched = await underSignals([signal, found.signal], (either) =>
      Promise.all(
        lanes.map(async (lane) => {
          const [message] = await this.consumer(lane).fetch(1, idleWait, either);
          if (message === undefined) return [];
          found.abort();
          return [{ lane, message }];
        }),
      ),
    );
    const [first, ...others] = fetched.flat();
    this.held.push(...others);
    return first ?? null;
  }

  private consumer(lane: Lane): WorkConsumer<ProcessMessage> {
    const consumer = this.consumers.get(lane);
    if (consumer === undefined) throw new Error('The lanes are not open');
    return consumer;
  }
}
