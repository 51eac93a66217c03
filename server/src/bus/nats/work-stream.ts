/** The JetStream stream that holds all durable work of an installation, and its consumers: one for each subject. */
import {
  AckPolicy,
  DeliverPolicy,
  JetStreamApiError,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import type { ConsumerConfig, JetStreamManager } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import { dedupeWindow } from '@faultline/sdk/bus';
import type { Milliseconds, QueueStatus } from '@faultline/sdk';
import { asFaultlineError, FaultlineError } from '@faultline/sdk/errors';
import type { NatsLink } from './nats-connection.js';

const apiLimit: Milliseconds = 2000;
/** A new leader of a cluster is elected in about four seconds: so often a publish is tried. */
const publishAttempts = 4;

export class WorkStream {
  readonly name: string;
  readonly #made = new Map<string, Promise<void>>();

  constructor(private readonly options: { link: NatsLink; prefix: string; replicas: number }) {
    this.name = `${options.prefix}-work`;
  }

  /** As NATS knows it. */
  subjectOf(subject: string): string {
    return `${this.options.prefix}.work.${subject}`;
  }

  /** A durable's name has no dots; two subjects that differ in them alone would be too alike to exist. */
  consumerOf(subject: string): string {
    return subject.replaceAll(/[^A-Za-z0-9-]/g, '_');
  }

  /** The same id may be published again after a doubt: the stream knows it for the dedupe window. */
  async publish(subject: string, id: string, text: string): Promise<{ isDuplicate: boolean }> {
    for (let attempt = 1; ; attempt++) {
      const connection = this.options.link.require();
      try {
        await this.#once('stream', () => this.#makeStream(connection));
        const js = jetstream(connection, { timeout: apiLimit });
        const { duplicate } = await js.publish(this.subjectOf(subject), text, { msgID: id, timeout: apiLimit });
        return { isDuplicate: duplicate && attempt === 1 };
      } catch (error) {
        // The stream may have gone with the disk of its server.
        this.forget();
        if (attempt >= publishAttempts || this.options.link.connection === null) throw unavailable(error);
      }
    }
  }

  /** Makes sure that a subject can be pulled from. */
  async prepare(subject: string, ackWait: Milliseconds): Promise<void> {
    const connection = this.options.link.require();
    try {
      await this.#once('stream', () => this.#makeStream(connection));
      await this.#once(`consumer ${subject}`, () => this.#makeConsumer(connection, subject, ackWait));
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** What was made is looked for again. */
  forget(): void {
    this.#made.clear();
  }

  async status(subject: string): Promise<QueueStatus> {
    const connection = this.options.link.require();
    try {
      await this.#once('stream', () => this.#makeStream(connection));
      const manager = await managerOf(connection);
      const filter = this.subjectOf(subject);
      const { state } = await manager.streams.info(this.name, { subjects_filter: filter });
      const depth = state.subjects?.[filter] ?? 0;
      const [consumer, oldest] = await Promise.all([
        ifFound(manager.consumers.info(this.name, this.consumerOf(subject))),
        depth === 0 ? null : ifFound(manager.direct.getMessage(this.name, { seq: 1, next_by_subj: filter })),
      ]);
      return {
        subject,
        depth,
        inHand: consumer?.num_ack_pending ?? 0,
        oldest: oldest === null ? null : Math.max(0, Date.now() - oldest.time.getTime()),
        redelivered: consumer?.num_redelivered ?? 0,
      };
    } catch (error) {
      throw unavailable(error);
    }
  }

  async check(): Promise<void> {
    const connection = this.options.link.require();
    try {
      await this.#makeStream(connection);
    } catch (error) {
      throw unavailable(error);
    }
  }

  async #once(what: string, make: () => Promise<void>): Promise<void> {
    let made = this.#made.get(what);
    if (made === undefined) {
      made = make();
      this.#made.set(what, made);
      made.catch(() => this.#made.delete(what));
    }
    await made;
  }

  async #makeStream(connection: NatsConnection): Promise<void> {
    const manager = await managerOf(connection);
    if ((await ifFound(manager.streams.info(this.name))) !== null) return;
    await manager.streams.add({
      name: this.name,
      subjects: [this.subjectOf('>')],
      retention: RetentionPolicy.Workqueue,
      storage: StorageType.File,
      num_replicas: this.options.replicas,
      duplicate_window: nanos(dedupeWindow),
      allow_direct: true,
    });
  }

  /** A durable outlives its users; one that was made with another ack wait is given this one. */
  async #makeConsumer(connection: NatsConnection, subject: string, ackWait: Milliseconds): Promise<void> {
    const manager = await managerOf(connection);
    const wanted: Partial<ConsumerConfig> = {
      durable_name: this.consumerOf(subject),
      filter_subject: this.subjectOf(subject),
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ack_wait: nanos(ackWait),
      max_deliver: -1,
      // What waits after a nak counts as pending; a limit would let failing work stop the rest.
      max_ack_pending: -1,
    };
    const known = await ifFound(manager.consumers.info(this.name, this.consumerOf(subject)));
    if (known === null) await manager.consumers.add(this.name, wanted);
    else if (known.config.ack_wait !== wanted.ack_wait) {
      await manager.consumers.update(this.name, this.consumerOf(subject), { ack_wait: nanos(ackWait) });
    }
  }
}

function managerOf(connection: NatsConnection): Promise<JetStreamManager> {
  return jetstreamManager(connection, { timeout: apiLimit, checkAPI: false });
}

/** Null when there is no such thing. */
async function ifFound<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.status === 404) return null;
    throw error;
  }
}

function unavailable(error: unknown): FaultlineError {
  if (error instanceof FaultlineError) return error;
  const why = asFaultlineError(error).message;
  return new FaultlineError('Unavailable', 'BUS_UNAVAILABLE', `NATS could not take or give work: ${why}.`, {
    hint: 'Is JetStream enabled there (`nats-server -js`), and has it room left?',
    cause: error,
  });
}
