import { FaultlineError } from '@faultline/sdk';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { secretHash } from './secret.js';

/** Failures count for a quarter of an hour. */
const window = 15 * 60;

/** Failed sign-ins that are borne within the window, by what they have in common. */
const bounds = { pair: 5, address: 20, account: 30, all: 1500 };

/** Pairs of address and account that are known to belong together. */
const mostKnown = 10_000;

/**
 * Bounds guessing. A flood from many addresses at one account, or at all, does not lock people out who have signed in
 * from their address before, since only their own failures count for them. Counted by process, in memory.
 */
export class SignInLimits {
  readonly #pair = limiter(bounds.pair);
  readonly #address = limiter(bounds.address);
  readonly #account = limiter(bounds.account);
  readonly #all = limiter(bounds.all);
  /** Hashes: addresses are not kept. */
  readonly #known = new Set<string>();

  /**
   * Before a try. Every try counts as failed until `succeeded` says otherwise, so that many at once gain nothing.
   * Throws `Busy SIGN_IN_LIMITED`.
   *
   * @param login "" for a sign-in that names nobody: a link or a token
   */
  async attempt(address: string, login: string): Promise<void> {
    const pair = pairOf(address, login);
    await consume(this.#pair, pair);
    if (this.#known.has(pair)) return;
    // The process-wide bound comes first: it also bounds the memory of the others.
    await consume(this.#all, 'all');
    await consume(this.#address, networkOf(address));
    if (login !== '') await consume(this.#account, secretHash(login));
  }

  async succeeded(address: string, login: string): Promise<void> {
    const pair = pairOf(address, login);
    await this.#pair.delete(pair);
    if (!this.#known.has(pair)) {
      await this.#address.reward(networkOf(address));
      await this.#all.reward('all');
      if (login !== '') await this.#account.reward(secretHash(login));
    }
    this.#known.delete(pair);
    this.#known.add(pair);
    const oldest = this.#known.values().next();
    if (this.#known.size > mostKnown && oldest.done !== true) this.#known.delete(oldest.value);
  }
}

function limiter(points: number): RateLimiterMemory {
  return new RateLimiterMemory({ points, duration: window });
}

async function consume(limits: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limits.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const minutes = Math.max(1, Math.ceil(refusal.msBeforeNext / 60_000));
    throw new FaultlineError('Busy', 'SIGN_IN_LIMITED', 'Too many sign-ins have failed.', {
      hint: `Wait ${minutes} minute${minutes === 1 ? '' : 's'}, or ask an admin for a one-time link.`,
      details: { minutes },
    });
  }
}

function pairOf(address: string, login: string): string {
  return secretHash(`${networkOf(address)} ${login}`);
}

/** One customer has a whole /64 of IPv6 to change addresses in. */
function networkOf(address: string): string {
  return address.includes(':') ? address.split(':').slice(0, 4).join(':') : address;
}
