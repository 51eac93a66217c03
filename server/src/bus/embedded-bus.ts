import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type {
  Bus,
  Clock,
  ConsumerOptions,
  Disposer,
  JsonValue,
  Logger,
  MaybePromise,
  Milliseconds,
  QueueStatus,
  WorkConsumer,
  WorkMessage,
} from '@faultline/sdk';
import { underSignals } from '@faultline/sdk';
import { encodeMessage } from '@faultline/sdk/bus';
import { FaultlineError } from '@faultline/sdk/errors';
import { LocalEvents } from '@faultline/sdk/local-events';
import { bootId } from './boot-id.js';
import { WorkQueues } from './work-queues.js';
import type { NewMessage, StoredMessage } from './work-queues.js';
import { workConsumer } from './work-consumer.js';
import type { FetchWish } from './work-consumer.js';

export interface EmbeddedBusOptions {
  /** The data folder; `bus.mdb` is made in it at the first durable work. */
  folder: string;
  clock: Clock;
  logger: Logger;
  /** Another one in tests only. */
  bootId?: string;
}

/** The bus of a single process: work durable in bus.mdb, events and questions in memory. */
export class EmbeddedBus implements Bus {
  private readonly events: LocalEvents;
  private readonly stopped = new AbortController();
  private queues: WorkQueues | null = null;
  /** Published in this turn, not written yet. */
  private publishing: {
    message: NewMessage;
    resolve: (isNew: boolean) => void;
    reject: (error: unknown) => void;
  }[] = [];
  /** Wakes fetches that wait for a subject. */
  private readonly sleepers = new Map<string, Set<() => void>>();

  constructor(private readonly options: EmbeddedBusOptions) {
    this.events = new LocalEvents((error, subject) =>
      options.logger.error({ subject, error: String(error) }, 'A listener of the bus threw'),
    );
  }

  /** Those of one turn share a transaction: reports that were synced together are published together. */
  async publish(subject: string, id: string, data: JsonValue | object): Promise<{ isDuplicate: boolean }> {
    const text = encodeMessage(subject, data);
    const isNew = await new Promise<boolean>((resolve, reject) => {
      if (this.publishing.length === 0) setImmediate(() => this.publishAll());
      this.publishing.push({ message: { subject, id, text }, resolve, reject });
    });
    if (isNew) this.wake(subject);
    return { isDuplicate: !isNew };
  }

  consumer<T>(subject: string, { ackWait }: ConsumerOptions): Promise<WorkConsumer<T>> {
    return Promise.resolve(workConsumer({ subject, ackWait }, this.stopped.signal, (wish) => this.fetch<T>(wish)));
  }

  queueStatus(subject: string): Promise<QueueStatus> {
    return this.guarded((queues) => queues.status(subject));
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

  async checkHealth(): Promise<void> {
    await this.guarded((queues) => queues.check());
  }

  async close(): Promise<void> {
    if (this.stopped.signal.aborted) return;
    this.publishAll();
    this.stopped.abort();
    await this.events.close();
    const { queues } = this;
    this.queues = null;
    await queues?.close();
  }

  private async fetch<T>({ subject, max, wait, ackWait, signal }: FetchWish): Promise<WorkMessage<T>[]> {
    const until = this.options.clock.monotonic() + wait;
    for (;;) {
      if (signal.aborted) return [];
      // One turn from the look to the sleep: what is published in between would wake nobody.
      const queues = this.open();
      const taken = queues.take(subject, max, ackWait);
      const now = this.options.clock.monotonic();
      if (taken.length > 0 || now >= until) return taken.map((message) => this.inHand<T>(message, ackWait));
      await this.sleep(subject, Math.max(0, Math.min(until, queues.nextDue(subject)) - now), signal);
    }
  }

  private inHand<T>(message: StoredMessage, ackWait: Milliseconds): WorkMessage<T> {
    const end = async () => void (await this.guarded((queues) => queues.end(message)));
    return {
      subject: message.subject,
      id: message.id,
      // The type is the word of the subject's owner.
      data: JSON.parse(message.text) as T,
      deliveries: message.deliveries,
      ack: end,
      term: end,
      nak: async (delay = 0) => {
        await this.guarded((queues) => queues.postpone(message, delay, false));
        this.wake(message.subject);
      },
      working: () => this.guarded((queues) => queues.postpone(message, ackWait, true)),
    };
  }

  /** Resolves after `delay`, when something was published or handed back, or when aborted. */
  private async sleep(subject: string, delay: Milliseconds, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    const wake = () => woken.abort();
    const sleepers = this.sleepers.get(subject) ?? new Set();
    this.sleepers.set(subject, sleepers.add(wake));
    try {
      await underSignals([signal, woken.signal], (either) => this.options.clock.sleep(delay, either));
    } catch {
      // Woken early or told to stop: the caller looks again either way.
    } finally {
      sleepers.delete(wake);
    }
  }

  private publishAll(): void {
    const all = this.publishing;
    if (all.length === 0) return;
    this.publishing = [];
    try {
      const areNew = this.open().publish(all.map(({ message }) => message));
      for (const [index, { resolve }] of all.entries()) resolve(areNew[index] ?? false);
    } catch (error) {
      for (const { reject } of all) reject(error);
    }
  }

  private wake(subject: string): void {
    for (const wake of this.sleepers.get(subject) ?? []) wake();
  }

  private guarded<T>(use: (queues: WorkQueues) => T): Promise<T> {
    return new Promise((resolve) => resolve(use(this.open())));
  }

  private open(): WorkQueues {
    if (this.stopped.signal.aborted) throw new FaultlineError('Unavailable', 'BUS_CLOSED', 'The bus is closed.');
    if (this.queues !== null) return this.queues;
    const { folder, clock, logger } = this.options;
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, 'bus.mdb');
    this.queues = new WorkQueues({ file, clock, logger, bootId: this.options.bootId ?? bootId() });
    return this.queues;
  }
}
