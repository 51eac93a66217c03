import type {
  Bus,
  Clock,
  ConsumerOptions,
  Disposer,
  JsonValue,
  MaybePromise,
  Milliseconds,
  QueueStatus,
  WorkConsumer,
  WorkMessage,
} from '@faultline/sdk';
import { dedupeWindow, encodeMessage } from '@faultline/sdk/bus';
import { LocalEvents } from '@faultline/sdk/local-events';

interface Message {
  subject: string;
  id: string;
  text: string;
  deliveries: number;
  since: Milliseconds;
  /** Not before; of one in hand, the end of its ack wait. */
  due: Milliseconds;
  isInHand: boolean;
}

/** The bus's contract in memory, for tests of plugins; nothing survives the process. */
export class MemoryBus implements Bus {
  private messages: Message[] = [];
  private readonly seen = new Map<string, Milliseconds>();
  private readonly events: LocalEvents;
  private readonly stopped = new AbortController();
  private wake: () => void = () => {};
  private woken = new Promise<void>((resolve) => (this.wake = resolve));

  constructor(
    private readonly clock: Clock,
    onListenerError: (error: unknown, subject: string) => void = () => {},
  ) {
    this.events = new LocalEvents(onListenerError);
  }

  async publish(subject: string, id: string, data: JsonValue | object): Promise<{ isDuplicate: boolean }> {
    const text = encodeMessage(subject, data);
    const now = this.clock.monotonic();
    const seenAt = this.seen.get(id);
    if (seenAt !== undefined && now - seenAt < dedupeWindow) return { isDuplicate: true };
    this.seen.set(id, now);
    this.messages.push({ subject, id, text, deliveries: 0, since: now, due: now, isInHand: false });
    this.stir();
    return { isDuplicate: false };
  }

  consumer<T>(subject: string, options: ConsumerOptions): Promise<WorkConsumer<T>> {
    const closed = new AbortController();
    const ends = AbortSignal.any([closed.signal, this.stopped.signal]);
    return Promise.resolve({
      fetch: async (max, wait, signal) => {
        const until = this.clock.monotonic() + wait;
        const isOver = () => ends.aborted || signal?.aborted === true;
        for (;;) {
          if (isOver()) return [];
          const taken = this.take<T>(subject, max, options.ackWait);
          const left = until - this.clock.monotonic();
          if (taken.length > 0 || left <= 0) return taken;
          await this.untilStirred(
            Math.min(left, this.nextDue(subject)),
            signal === undefined ? ends : AbortSignal.any([ends, signal]),
          );
        }
      },
      close: () => Promise.resolve(closed.abort()),
    });
  }

  queueStatus(subject: string): Promise<QueueStatus> {
    const waiting = this.messages.filter((message) => message.subject === subject);
    const now = this.clock.monotonic();
    return Promise.resolve({
      subject,
      depth: waiting.length,
      inHand: waiting.filter((message) => message.isInHand && message.due > now).length,
      oldest: waiting.length === 0 ? null : now - Math.min(...waiting.map(({ since }) => since)),
      redelivered: waiting.filter((message) => message.deliveries > 1).length,
    });
  }

  emit(subject: string, data: JsonValue | object): void {
    this.events.emit(subject, data);
  }

  on<T>(subject: string, listener: (data: T, subject: string) => MaybePromise<void>, group?: string): Disposer {
    return this.events.on(subject, listener, group);
  }

  request<Answer>(subject: string, data: JsonValue | object, timeout: Milliseconds): Promise<Answer> {
    return this.events.request(subject, data, timeout);
  }

  respond<Question>(subject: string, answer: (data: Question) => MaybePromise<JsonValue | object>): Disposer {
    return this.events.respond(subject, answer);
  }

  checkHealth(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.stopped.abort();
    this.stir();
    await this.events.close();
  }

  private take<T>(subject: string, max: number, ackWait: Milliseconds): WorkMessage<T>[] {
    const now = this.clock.monotonic();
    const ready = this.messages.filter((message) => message.subject === subject && message.due <= now);
    return ready.slice(0, max).map((message) => {
      Object.assign(message, { deliveries: message.deliveries + 1, due: now + ackWait, isInHand: true });
      return this.inHand<T>(message, ackWait);
    });
  }

  private inHand<T>(message: Message, ackWait: Milliseconds): WorkMessage<T> {
    const delivery = message.deliveries;
    const isMine = () => message.deliveries === delivery && message.isInHand;
    const end = () => {
      if (isMine()) this.messages = this.messages.filter((other) => other !== message);
      return Promise.resolve();
    };
    return {
      subject: message.subject,
      id: message.id,
      data: JSON.parse(message.text) as T,
      deliveries: delivery,
      ack: end,
      term: end,
      nak: (delay = 0) => {
        if (isMine()) Object.assign(message, { due: this.clock.monotonic() + delay, isInHand: false });
        this.stir();
        return Promise.resolve();
      },
      working: () => {
        if (isMine()) message.due = this.clock.monotonic() + ackWait;
        return Promise.resolve();
      },
    };
  }

  private nextDue(subject: string): Milliseconds {
    const dues = this.messages.filter((message) => message.subject === subject).map(({ due }) => due);
    return Math.max(0, Math.min(Infinity, ...dues) - this.clock.monotonic());
  }

  private async untilStirred(wait: Milliseconds, signal: AbortSignal): Promise<void> {
    const done = new AbortController();
    const slept = this.clock.sleep(wait, AbortSignal.any([signal, done.signal])).catch(() => {
      // Woken early or told to stop: the caller looks again either way.
    });
    await Promise.race([slept, this.woken]);
    done.abort();
  }

  private stir(): void {
    this.wake();
    this.woken = new Promise((resolve) => (this.wake = resolve));
  }
}
