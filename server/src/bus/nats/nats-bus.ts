import { errors } from '@nats-io/transport-node';
import type { Msg, Subscription } from '@nats-io/transport-node';
import type {
  Bus,
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
import { encodeMessage } from '@faultline/sdk/bus';
import { asFaultlineError, FaultlineError } from '@faultline/sdk/errors';
import type { ErrorKind } from '@faultline/sdk/errors';
import type { BusConfig } from './bus-config.js';
import { workMessage } from './delivery.js';
import type { Envelope } from './delivery.js';
import { workConsumer } from '../work-consumer.js';
import type { FetchWish } from '../work-consumer.js';
import { NatsLink } from './nats-connection.js';
import { pull } from './pull.js';
import { WorkStream } from './work-stream.js';

/** How an answer travels. */
type Answer = { answer: unknown } | { error: { kind: ErrorKind; code: string; message: string; hint?: string } };

/** Answerers of one subject: one of them hears a question. */
const answerers = 'answerers';

/**
 * The bus of several processes: durable work in one JetStream stream, events and questions as plain messages. While
 * the NATS is away, publishing fails (the reconciler makes up for it), fetching waits, and events are lost as events
 * may be.
 */
export class NatsBus implements Bus {
  private readonly stopped = new AbortController();

  private constructor(
    private readonly link: NatsLink,
    private readonly work: WorkStream,
    private readonly options: { prefix: string; logger: Logger },
  ) {}

  /** Throws `PermissionDenied BUS_REFUSED`; a server that is not there yet is waited for in the background. */
  static async open(config: BusConfig, parts: { logger: Logger; folder: string; name: string }): Promise<NatsBus> {
    const link = await NatsLink.open(config, parts);
    const { prefix, replicas } = config;
    return new NatsBus(link, new WorkStream({ link, prefix, replicas }), { prefix, logger: parts.logger });
  }

  async publish(subject: string, id: string, data: JsonValue | object): Promise<{ isDuplicate: boolean }> {
    encodeMessage(subject, data);
    return await this.work.publish(subject, id, JSON.stringify({ id, data } satisfies Envelope<unknown>));
  }

  consumer<T>(subject: string, { ackWait }: ConsumerOptions): Promise<WorkConsumer<T>> {
    return Promise.resolve(workConsumer({ subject, ackWait }, this.stopped.signal, (wish) => this.fetch<T>(wish)));
  }

  queueStatus(subject: string): Promise<QueueStatus> {
    return this.work.status(subject);
  }

  emit(subject: string, data: JsonValue | object): void {
    const text = encodeMessage(subject, data);
    this.link.connection?.publish(this.eventSubject(subject), text);
  }

  on<T>(subject: string, listener: (data: T, subject: string) => MaybePromise<void>, group?: string): Disposer {
    const prefix = this.eventSubject('');
    return this.listen(this.eventSubject(subject), group, (message) => {
      // The type is the word of the subject's owner.
      Promise.resolve()
        .then(() => listener(message.json<T>(), message.subject.slice(prefix.length)))
        .catch((error: unknown) =>
          this.options.logger.error({ subject, error: String(error) }, 'A listener of the bus threw'),
        );
    });
  }

  async request<Result>(subject: string, data: JsonValue | object, timeout: Milliseconds): Promise<Result> {
    const connection = this.link.require();
    const text = JSON.stringify(data);
    const answer = await connection.request(this.askSubject(subject), text, { timeout }).catch((error: unknown) => {
      throw requestError(error, subject, timeout);
    });
    const result = answer.json<Answer>();
    if ('answer' in result) return result.answer as Result;
    const { kind, code, message, hint } = result.error;
    throw new FaultlineError(kind, code, message, hint === undefined ? {} : { hint });
  }

  respond<Question>(subject: string, answer: (data: Question) => MaybePromise<JsonValue | object>): Disposer {
    return this.listen(this.askSubject(subject), answerers, (message) => {
      void this.answer(message, () => answer(message.json<Question>())).catch((error: unknown) =>
        this.options.logger.error({ subject, error: String(error) }, 'An answer could not be sent'),
      );
    });
  }

  async checkHealth(): Promise<void> {
    await this.work.check();
  }

  async close(): Promise<void> {
    if (this.stopped.signal.aborted) return;
    this.stopped.abort();
    // Pulls that are called off hand over what is on its way.
    await new Promise((resolve) => setTimeout(resolve, 10));
    await this.link.close();
  }

  private async fetch<T>({ subject, max, wait, ackWait, signal }: FetchWish): Promise<WorkMessage<T>[]> {
    if (signal.aborted || max <= 0) return [];
    await this.link.untilBack(Math.max(wait, 100), signal);
    if (signal.aborted || this.link.connection === null) return [];
    await this.work.prepare(subject, ackWait);
    const { name } = this.work;
    const from = { stream: name, consumer: this.work.consumerOf(subject) };
    const { messages, isGone } = await pull(this.link.require(), { ...from, max, wait, signal });
    if (isGone) this.work.forget();
    return messages.map((message) => workMessage<T>(message, subject, () => this.link.require()));
  }

  private async answer(message: Msg, make: () => MaybePromise<unknown>): Promise<void> {
    let answer: Answer;
    try {
      answer = { answer: (await make()) ?? null };
    } catch (error) {
      const { kind, code, message: text, hint } = asFaultlineError(error);
      answer = { error: { kind, code, message: text, ...(hint === undefined ? {} : { hint }) } };
    }
    const bytes = Buffer.from(JSON.stringify(answer));
    const limit = this.link.connection?.info?.max_payload ?? 1_048_576;
    if (bytes.length <= limit) return void message.respond(bytes);
    const tooLarge: Answer = {
      error: {
        kind: 'TooLarge',
        code: 'BUS_ANSWER_TOO_LARGE',
        message: `The answer has ${bytes.length} bytes, and the bus carries ${limit}.`,
        hint: 'Ask for less at a time.',
      },
    };
    message.respond(JSON.stringify(tooLarge));
  }

  private listen(subject: string, queue: string | undefined, hear: (message: Msg) => void): Disposer {
    let subscription: Subscription | null = null;
    let isGone = false;
    this.link.whenFirst((connection) => {
      if (isGone) return;
      subscription = connection.subscribe(subject, {
        ...(queue === undefined ? {} : { queue }),
        callback: (error, message) => {
          if (error === null) hear(message);
          else this.options.logger.error({ subject, error: String(error) }, 'NATS refuses a subscription');
        },
      });
    });
    return () => {
      isGone = true;
      subscription?.unsubscribe();
      subscription = null;
    };
  }

  private eventSubject(subject: string): string {
    return `${this.options.prefix}.event.${subject}`;
  }

  private askSubject(subject: string): string {
    return `${this.options.prefix}.ask.${subject}`;
  }
}

function requestError(error: unknown, subject: string, timeout: Milliseconds): FaultlineError {
  if (error instanceof errors.NoRespondersError || (error instanceof errors.RequestError && error.isNoResponders())) {
    return new FaultlineError('Unavailable', 'BUS_NO_RESPONDER', `Nobody answers "${subject}".`);
  }
  if (error instanceof errors.TimeoutError) {
    return new FaultlineError('Timeout', 'BUS_REQUEST_TIMEOUT', `"${subject}" was not answered in ${timeout} ms.`);
  }
  return new FaultlineError('Unavailable', 'BUS_UNAVAILABLE', `"${subject}" could not be asked.`, { cause: error });
}
