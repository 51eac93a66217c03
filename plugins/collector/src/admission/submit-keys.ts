import { createHash, timingSafeEqual } from 'node:crypto';
import type { ReceivedPost } from '../received-post.js';
import { WrongSubmitKey } from './refused-post.js';

/** Names of the query that carry a key; they are never kept as annotations. */
export const keyParameters: ReadonlySet<string> = new Set(['key', 'sentry_key']);

/**
 * Keys that a product's reporters must bring. A key keeps strangers' reports out; it is no secret, since it stands in
 * every copy of the product. To rotate, list both until the old one has died out.
 */
export class SubmitKeys {
  readonly #byProduct: Map<string, Buffer[]>;

  /** @param keys by product; those of `*` are for products without their own */
  constructor(keys: Record<string, readonly string[]>) {
    this.#byProduct = new Map(Object.entries(keys).map(([product, list]) => [product, list.map(digest)]));
  }

  /** Throws `WrongSubmitKey`. */
  require(product: string, given: string): void {
    const keys = this.#byProduct.get(product) ?? this.#byProduct.get('*');
    if (keys === undefined) return;
    const own = digest(given);
    if (!keys.some((key) => timingSafeEqual(key, own))) throw new WrongSubmitKey();
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
