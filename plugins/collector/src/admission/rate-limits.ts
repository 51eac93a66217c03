import { isIPv6 } from 'node:net';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { RefusedPost } from './refused-post.js';

/** Seconds that the configured numbers are for. */
const window = 60;

/** Reports a minute, by address and by product; kept in the memory of this process. */
export class RateLimits {
  readonly #byAddress: RateLimiterMemory | null;
  readonly #byProduct: RateLimiterMemory | null;

  constructor(limits: { reportsPerAddress: number; reportsPerProduct: number }) {
    this.#byAddress = limiter(limits.reportsPerAddress);
    this.#byProduct = limiter(limits.reportsPerProduct);
  }

  /** Throws `RefusedPost`. */
  async countAddress(address: string): Promise<void> {
    if (this.#byAddress !== null) await consume(this.#byAddress, networkOf(address), 'address');
  }

  /** Throws `RefusedPost`. */
  async countProduct(product: string): Promise<void> {
    if (this.#byProduct !== null) await consume(this.#byProduct, product, 'product');
  }
}

function limiter(points: number): RateLimiterMemory | null {
  return points === 0 ? null : new RateLimiterMemory({ points, duration: window });
}

async function consume(limiter: RateLimiterMemory, key: string, reason: 'address' | 'product'): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    throw new RefusedPost('limited', reason, Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)));
  }
}

/** A machine may take any address of its /64. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail = ''] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const rest = tail.split(':').filter((group) => group !== '');
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - rest.length) }, () => '0');
  const all = address.includes('::') ? [...groups, ...zeros, ...rest] : groups;
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
