/**
 * One pull from a JetStream consumer, by its protocol: the client's own fetch waits a second at least, can't ask for
 * what is there now, and can't be called off.
 */
import { createInbox, nanos } from '@nats-io/transport-node';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import type { Milliseconds } from '@faultline/sdk';

/** Messages of one pull follow each other at once; a pause so long means that there are no more. */
const pause: Milliseconds = 30;
/** For the way to the server and back. */
const transit: Milliseconds = 1000;
/** Calling off takes one round trip; a server that is away answers never. */
const callOffLimit: Milliseconds = 250;

export interface Pulled {
  messages: Msg[];
  /** The stream or the consumer is gone: they must be made anew. */
  isGone: boolean;
}

/** Up to `max` messages, waiting up to `wait` for the first. What comes while it is called off is taken too. */
export function pull(
  connection: NatsConnection,
  wish: { stream: string; consumer: string; max: number; wait: Milliseconds; signal: AbortSignal },
): Promise<Pulled> {
  const { stream, consumer, max, wait, signal } = wish;
  return new Promise((resolve) => {
    const pulled: Pulled = { messages: [], isGone: false };
    const inbox = createInbox();
    let isEnding = false;
    let quiet: NodeJS.Timeout | undefined;
    const end = (isAnswered: boolean) => {
      if (isEnding) return;
      isEnding = true;
      clearTimeout(timer);
      clearTimeout(quiet);
      signal.removeEventListener('abort', callOff);
      if (isAnswered) {
        subscription.unsubscribe();
        resolve(pulled);
        return;
      }
      const calledOff = subscription.drain().catch(() => {
        // The connection closes: nothing more can come.
      });
      void Promise.race([calledOff, new Promise((over) => setTimeout(over, callOffLimit))]).then(() => {
        if (!subscription.isClosed()) subscription.unsubscribe();
        resolve(pulled);
      });
    };
    const callOff = () => end(false);
    const subscription = connection.subscribe(inbox, {
      callback: (error, message) => {
        if (error !== null) return end(false);
        const status = statusOf(message);
        if (status === 100) return;
        if (status !== null) {
          pulled.isGone = status === 503 || (status === 409 && /deleted/i.test(message.headers?.description ?? ''));
          return end(true);
        }
        pulled.messages.push(message);
        if (pulled.messages.length >= max) return end(true);
        clearTimeout(quiet);
        quiet = setTimeout(callOff, pause);
      },
    });
    const timer = setTimeout(callOff, wait + transit);
    signal.addEventListener('abort', callOff, { once: true });
    const request = wait > 0 ? { batch: max, expires: nanos(wait) } : { batch: max, no_wait: true };
    connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, JSON.stringify(request), { reply: inbox });
  });
}

/** Null for a message with content. */
function statusOf(message: Msg): number | null {
  const code = message.headers?.code ?? 0;
  return code === 0 || message.data.length > 0 ? null : code;
}
