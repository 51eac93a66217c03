import type { Bytes } from '@faultline/sdk/units';

/** One post's share of the memory that bodies in flight may hold. */
export interface BodyShare {
  /** Tells how much this post holds now. */
  hold(size: Bytes): void;
  release(): void;
}

/**
 * One budget for all bodies in flight. A post that finds it exceeded spools its parts to disk early; what can't be
 * spooled (annotations) waits before it reads on. A post is never refused for memory alone.
 */
export class BodyBudget {
  #held = 0;
  readonly #waiting = new Set<() => void>();

  /** @param limit may be changed while posts are in flight */
  constructor(public limit: Bytes) {}

  get held(): Bytes {
    return this.#held;
  }

  get isExceeded(): boolean {
    return this.#held > this.limit;
  }

  open(): BodyShare {
    let own = 0;
    const hold = (size: Bytes) => {
      this.#held += size - own;
      own = size;
      if (!this.isExceeded) this.#wake();
    };
    return { hold, release: () => hold(0) };
  }

  /** Resolves when there is room again, or after `patience`: a lone post must not wait for itself. */
  async room(patience: number): Promise<void> {
    if (!this.isExceeded) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, patience);
      this.#waiting.add(done);
    });
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }
}
