/** Where notices stand in the shared state. */
import type { JsonValue, Notice, NoticeMessage, StateKey, StateStore, UnixMillis } from '@faultline/sdk';

export const openPrefix: StateKey = ['notices', 'open'];
export const openKey = (owner: string, key: string): StateKey => [...openPrefix, owner, key];
export const pastPrefix: StateKey = ['notices', 'past'];
export const outPrefix: StateKey = ['notices', 'out'];
export const channelPrefix: StateKey = ['notices', 'channel'];

/** What is open, and what its notifiers were told of it. */
export interface OpenNotice extends Notice {
  /** When `raised` was handed to the couriers; null while it is waited whether it holds. */
  toldAt: UnixMillis | null;
  updatedAt: UnixMillis;
}

/** One message on its way to one notifier. */
export interface Delivery {
  notifier: string;
  message: NoticeMessage;
  attempts: number;
  due: UnixMillis;
  since: UnixMillis;
}

/** How a notifier did last. */
export interface ChannelState {
  lastDelivery: UnixMillis | null;
  error: string | null;
}

export const mostPast = 200;

export async function listState<T extends JsonValue | object>(state: StateStore, prefix: StateKey): Promise<T[]> {
  const values: T[] = [];
  for await (const { value } of state.range<T>({ prefix })) values.push(value);
  return values;
}
