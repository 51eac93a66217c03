import { underSignals, type Milliseconds, type WorkConsumer, type WorkMessage } from '@faultline/sdk';

/** What a consumer asks its bus for; nothing more once the signal is aborted. */
export interface FetchWish {
  subject: string;
  max: number;
  wait: Milliseconds;
  ackWait: Milliseconds;
  signal: AbortSignal;
}

/** A consumer that asks the bus until it is closed, or the bus is. */
export function workConsumer<T>(
  of: Pick<FetchWish, 'subject' | 'ackWait'>,
  stopped: AbortSignal,
  fetch: (wish: FetchWish) => Promise<WorkMessage<T>[]>,
): WorkConsumer<T> {
  const closed = new AbortController();
  return {
    fetch: (max, wait, signal) =>
      underSignals([closed.signal, stopped, signal], (either) => fetch({ ...of, max, wait, signal: either })),
    close: () => Promise.resolve(closed.abort()),
  };
}
