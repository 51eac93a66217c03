/**
 * Submit keys that are made and ended while the server runs, beside those of the configuration. To rotate, a new one is
 * made and the old ones get an end: until then both are taken.
 */
import type { Clock, Milliseconds, Random, StateStore, UnixMillis } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';

export interface KeptKey {
  /** `*` for products without their own. */
  product: string;
  key: string;
  since: UnixMillis;
  /** From then on it is refused; null for no end. */
  until: UnixMillis | null;
}

const prefix = ['collector', 'submit-key'] as const;
const keyLimit = 1000;

export class KeptKeys {
  #known: readonly KeptKey[] = [];
  #onChange = (): void => {};

  private constructor(
    private readonly state: StateStore,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly random: Random,
  ) {}

  /** Follows what other processes write, within the state store's watch interval, until the signal is aborted. */
  static async open(parts: { state: StateStore; clock: Pick<Clock, 'now'>; random: Random; signal: AbortSignal }) {
    const keys = new KeptKeys(parts.state, parts.clock, parts.random);
    await keys.#read();
    parts.state.watch(prefix, () => keys.#read(), parts.signal);
    return keys;
  }

  /** Called when the list has changed. */
  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  /** Those that have not ended, oldest first. */
  all(): KeptKey[] {
    const now = this.clock.now();
    return this.#known.filter(({ until }) => until === null || until > now);
  }

  /**
   * Makes a key.
   * @param overlap the product's other kept keys end after so long; null: they stay
   * @throws Conflict SUBMIT_KEYS_TOO_MANY
   */
  async make(product: string, overlap: Milliseconds | null): Promise<KeptKey> {
    if (this.all().length >= keyLimit) {
      throw new FaultlineError('Conflict', 'SUBMIT_KEYS_TOO_MANY', `There are ${keyLimit} submit keys already.`, {
        hint: 'End those that nobody uses any more.',
      });
    }
    const now = this.clock.now();
    if (overlap !== null) {
      for (const old of this.all().filter((each) => each.product === product)) {
        const until = Math.min(old.until ?? Infinity, now + overlap);
        await this.state.set([...prefix, product, old.key], { ...old, until });
      }
    }
    // A dash in front would be an option on a command line.
    const key = `k${Buffer.from(this.random.bytes(18)).toString('base64url')}`;
    const made: KeptKey = { product, key, since: now, until: null };
    await this.state.set([...prefix, product, key], made);
    await this.#read();
    return made;
  }

  /** At once. Throws `NotFound SUBMIT_KEY_UNKNOWN`. */
  async end(product: string, key: string): Promise<void> {
    const isThere = await this.state.delete([...prefix, product, key]);
    await this.#read();
    if (isThere) return;
    throw new FaultlineError('NotFound', 'SUBMIT_KEY_UNKNOWN', `There is no such submit key of ${product}.`, {
      hint: 'Keys of the configuration are ended there: collector.submitKeys.',
    });
  }

  async #read(): Promise<void> {
    const known: KeptKey[] = [];
    for await (const { value } of this.state.range<KeptKey>({ prefix })) known.push(value);
    this.#known = known.sort((a, b) => a.since - b.since);
    this.#onChange();
  }
}
