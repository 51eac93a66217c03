import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { nanos } from '@nats-io/transport-node';
import type { Milliseconds, WorkMessage } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';

const ackLimit: Milliseconds = 5000;

/** What travels: the message id is not given back by JetStream on every version, so it goes along. */
export interface Envelope<T> {
  id: string;
  data: T;
}

/** A pulled message as work. `subject` is ours, without the prefix. */
export function workMessage<T>(message: Msg, subject: string, connection: () => NatsConnection): WorkMessage<T> {
  const { id, data } = message.json<Envelope<T>>();
  const end = async (how: string): Promise<void> => {
    try {
      await connection().request(message.reply ?? '', how, { timeout: ackLimit });
    } catch (error) {
      if (error instanceof FaultlineError) throw error;
      throw new FaultlineError('Unavailable', 'BUS_UNAVAILABLE', 'NATS did not hear how work ended.', { cause: error });
    }
  };
  return {
    subject,
    id,
    data,
    deliveries: deliveriesOf(message.reply ?? ''),
    ack: () => end('+ACK'),
    nak: (delay = 0) => end(delay > 0 ? `-NAK ${JSON.stringify({ delay: nanos(delay) })}` : '-NAK'),
    // Never with a reason: a server of version 2.9 takes no notice of such a one and delivers again.
    term: () => end('+TERM'),
    working: () => end('+WPI'),
  };
}

/** `$JS.ACK.<stream>.<consumer>.<delivered>…`; later versions put a domain and an account before the stream. */
function deliveriesOf(reply: string): number {
  const parts = reply.split('.');
  return Number(parts[parts.length >= 11 ? 6 : 4] ?? 1);
}
