/**
 * Server-sent events, one stream for all tabs of a browser: a tab that holds the lock `faultline-live` opens the
 * stream and passes each event on through a BroadcastChannel; when it goes, the lock and the stream go to the next one.
 * (Browsers allow six connections to a host on HTTP/1.1: six streams would starve the seventh request.) Plain http
 * has no locks; there every tab asks again at intervals, which its listeners see as a `tick`.
 */
export interface LiveEvent {
  /** One of `forwarded`, or `tick` where events may have been missed; `refused` when the stream ends for lack of permission. */
  event: string;
  data: Record<string, unknown>;
}
export type LiveState = 'connecting' | 'live' | 'polling' | 'offline';

type Listener = (event: LiveEvent) => void;
type Message = { kind: 'event'; event: LiveEvent } | { kind: 'state'; state: LiveState } | { kind: 'who-leads' };

const forwarded = [
  'crash.received',
  'crash.processed',
  'crash.step',
  'crash.deleted',
  'group.changed',
  'symbols.uploaded',
  'banner.changed',
  'job.started',
  'job.progress',
  'job.finished',
  'refused',
];
const pollInterval = 10_000;
const longestRetry = 15_000;

export interface LiveStreamOptions {
  url: string;
  onState(state: LiveState): void;
  locks?: LockManager | undefined;
  openSource?: (url: string) => EventSource;
}

export class LiveStream {
  private readonly listeners = new Set<Listener>();
  private readonly channel: BroadcastChannel | null;
  private readonly stopper = new AbortController();
  private source: EventSource | null = null;
  private retry = 1000;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private state: LiveState = 'connecting';
  private leads = false;
  /** There was a stream before this one, its own or another tab's: events may have been missed in between. */
  private mayHaveMissed = false;

  constructor(private readonly options: LiveStreamOptions) {
    this.channel =
      typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(`faultline-live:${options.url}`);
    this.channel?.addEventListener('message', (message: MessageEvent<Message>) => this.receive(message.data));
  }

  start(): void {
    const locks = this.options.locks;
    if (locks === undefined || this.channel === null) {
      this.poll();
      return;
    }
    this.channel.postMessage({ kind: 'who-leads' } satisfies Message);
    locks
      .request(`faultline-live:${this.options.url}`, { signal: this.stopper.signal }, () => this.lead())
      .catch((error: unknown) => {
        // Aborted by stop(): nothing to lead any more. Anything else means that there are no usable locks.
        if (!this.stopper.signal.aborted) this.poll();
        return error;
      });
  }

  stop(): void {
    this.stopper.abort();
    clearTimeout(this.timer);
    this.source?.close();
    this.channel?.close();
    this.listeners.clear();
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private lead(): Promise<void> {
    if (this.stopper.signal.aborted) return Promise.resolve();
    this.leads = true;
    this.connect();
    return new Promise((resolve) => this.stopper.signal.addEventListener('abort', () => resolve()));
  }

  private connect(): void {
    const open = this.options.openSource ?? ((url: string) => new EventSource(url));
    const source = open(this.options.url);
    this.source = source;
    source.addEventListener('open', () => {
      this.retry = 1000;
      this.change('live');
    });
    for (const name of forwarded) {
      source.addEventListener(name, (message) => this.pass(name, (message as MessageEvent<string>).data));
    }
    source.addEventListener('error', () => {
      source.close();
      this.change('offline');
      this.timer = setTimeout(() => this.connect(), this.retry);
      this.retry = Math.min(this.retry * 2, longestRetry);
    });
  }

  private pass(name: string, text: string): void {
    const data = parseObject(text);
    if (data === null) return;
    const event = { event: name, data };
    this.channel?.postMessage({ kind: 'event', event } satisfies Message);
    this.tell(event);
  }

  private receive(message: Message): void {
    if (message.kind === 'event') this.tell(message.event);
    else if (message.kind === 'state' && !this.leads) this.follow(message.state);
    else if (message.kind === 'who-leads' && this.leads) this.announce();
  }

  private follow(state: LiveState): void {
    this.mayHaveMissed = true;
    this.options.onState(state);
  }

  private change(state: LiveState): void {
    this.state = state;
    this.options.onState(state);
    this.announce();
    // What happened meanwhile was not heard: everyone asks again.
    if (state === 'live' && this.mayHaveMissed) this.pass('tick', '{}');
    this.mayHaveMissed = true;
  }

  private announce(): void {
    this.channel?.postMessage({ kind: 'state', state: this.state } satisfies Message);
  }

  private poll(): void {
    this.options.onState('polling');
    this.timer = setTimeout(() => {
      this.tell({ event: 'tick', data: {} });
      this.poll();
    }, pollInterval);
  }

  private tell(event: LiveEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    // One malformed event must not stop those that follow.
    return null;
  }
}
