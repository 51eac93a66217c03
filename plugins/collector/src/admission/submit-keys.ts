import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock, UnixMillis } from '@faultline/sdk';
import type { ReceivedPost } from '../received-post.js';
import type { KeptKey } from './kept-keys.js';
import { WrongSubmitKey } from './refused-post.js';

/** Names of the query that carry a key; they are never kept as annotations. */
export const keyParameters: ReadonlySet<string> = new Set(['key', 'sentry_key']);

interface TakenKey {
  digest: Buffer;
  until: UnixMillis;
}

/**
 * Keys that a product's reporters must bring. A key keeps strangers' reports out; it is no secret, since it stands in
 * every copy of the product.
 */
export class SubmitKeys {
  #byProduct = new Map<string, TakenKey[]>();

  /** @param configured by product; those of `*` are for products without their own */
  constructor(
    private readonly configured: Readonly<Record<string, readonly string[]>>,
    private readonly clock: Pick<Clock, 'now'>,
  ) {
    this.take([]);
  }

  /** @param kept all that are taken beside those of the configuration */
  take(kept: readonly KeptKey[]): void {
    const byProduct = new Map<string, TakenKey[]>();
    const add = (product: string, key: string, until: UnixMillis) =>
      byProduct.set(product, [...(byProduct.get(product) ?? []), { digest: digest(key), until }]);
    for (const [product, keys] of Object.entries(this.configured)) for (const key of keys) add(product, key, Infinity);
    for (const { product, key, until } of kept) add(product, key, until ?? Infinity);
    this.#byProduct = byProduct;
  }

  /** Throws `WrongSubmitKey`. */
  require(product: string, given: string): void {
    const keys = this.#byProduct.get(product) ?? this.#byProduct.get('*');
    if (keys === undefined) return;
    const own = digest(given);
    const now = this.clock.now();
    if (!keys.some((key) => timingSafeEqual(key.digest, own) && key.until > now)) throw new WrongSubmitKey();
  }
}

/** The key in the path (`/submit/<key>`), header `x-faultline-key`, `X-Sentry-Auth`, or query; "" when there is none. */
export function givenKey({ door, headers, url }: Pick<ReceivedPost, 'door' | 'headers' | 'url'>): string {
  if (door.key !== '') return door.key;
  const { 'x-faultline-key': own, 'x-sentry-auth': sentry = '' } = headers;
  if (own !== undefined) return own;
  const named = /\bsentry_key=([^,\s]+)/.exec(sentry)?.[1];
  if (named !== undefined) return named;
  const mark = url.indexOf('?');
  if (mark < 0) return '';
  const query = new URLSearchParams(url.slice(mark + 1));
  for (const name of keyParameters) {
    const value = query.get(name);
    if (value !== null) return value;
  }
  return '';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
