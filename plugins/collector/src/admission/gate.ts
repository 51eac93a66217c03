import type { CollectorConfig } from '../config.js';
import type { FreeSpace } from './free-space.js';
import type { RateLimits } from './rate-limits.js';
import { RefusedPost } from './refused-post.js';

/** Seconds after which a client may try a full or busy server again. */
export const retryAfter = 30;

/** Lets posts in or turns them away, before a byte of their body is read. */
export class Gate {
  #inFlight = 0;

  constructor(
    private readonly config: Pick<CollectorConfig, 'minFreeSpace' | 'postsInFlight'>,
    private readonly freeSpace: Pick<FreeSpace, 'read'>,
    private readonly limits: Pick<RateLimits, 'countAddress'>,
  ) {
    this.postsInFlight = config.postsInFlight;
  }

  /** Posts in hand at once; the fronts have their share while they run. */
  postsInFlight: number;

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Throws `RefusedPost`. Call what it returns when the post is answered. */
  async enter(remoteAddress: string): Promise<() => void> {
    if (this.#inFlight >= this.postsInFlight) throw new RefusedPost('unavailable', 'posts_in_flight', 5);
    this.#inFlight += 1;
    try {
      if ((await this.freeSpace.read()) < this.config.minFreeSpace) {
        throw new RefusedPost('unavailable', 'low_disk', retryAfter);
      }
      await this.limits.countAddress(remoteAddress);
    } catch (error) {
      this.#inFlight -= 1;
      throw error;
    }
    return () => (this.#inFlight -= 1);
  }
}
