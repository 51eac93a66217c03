import type { IncomingMessage } from 'node:http';
import type { Bytes, Milliseconds } from '@faultline/sdk';

interface Watched {
  request: IncomingMessage;
  since: Milliseconds;
  received: Bytes;
}

/**
 * Ends requests whose body comes in at less than 1 KB a second over 30 seconds. Node's own `requestTimeout` bounds the
 * whole request instead, which a large dump on a slow line would not survive.
 */
export class SlowBodies {
  readonly #watched = new Map<IncomingMessage, Watched>();
  readonly #window: Milliseconds;
  readonly #least: Bytes;
  #timer: NodeJS.Timeout | null = null;

  constructor(limits: { window?: Milliseconds; bytesPerSecond?: Bytes } = {}) {
    this.#window = limits.window ?? 30_000;
    this.#least = ((limits.bytesPerSecond ?? 1024) * this.#window) / 1000;
  }

  watch(request: IncomingMessage): void {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    if (encoding === undefined && (length === undefined || length === '0')) return;
    this.#watched.set(request, { request, since: performance.now(), received: request.socket.bytesRead });
    request.once('close', () => this.#watched.delete(request));
    this.#timer ??= setInterval(() => this.#sweep(), Math.max(10, this.#window / 6)).unref();
  }

  #sweep(): void {
    const now = performance.now();
    for (const watched of this.#watched.values()) this.#check(watched, now);
    if (this.#watched.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #check(watched: Watched, now: Milliseconds): void {
    const { request, since, received } = watched;
    if (request.complete || request.destroyed) {
      this.#watched.delete(request);
      return;
    }
    // What has arrived and waits unread is our slowness, not the client's. Folklore: `isPaused` says nothing here, it is
    // true of each body that is read by iteration, as reports are: for a while none of them was ever ended.
    const isWaitingForUs = request.readableLength > 0;
    if (isWaitingForUs || request.socket.bytesRead - received >= this.#least) {
      watched.since = now;
      watched.received = request.socket.bytesRead;
    } else if (now - since >= this.#window) {
      this.#watched.delete(request);
      request.socket.destroy();
    }
  }
}
