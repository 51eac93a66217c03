/** The post is well-formed, and not taken now: answered with 429, or 503 where the fault is ours. */
export class RefusedPost extends Error {
  override readonly name = 'RefusedPost';
  /** @param seconds after which it is worth trying again */
  constructor(
    readonly kind: 'limited' | 'unavailable',
    readonly reason: 'address' | 'product' | 'low_disk' | 'posts_in_flight',
    readonly seconds: number,
  ) {
    super(`${kind}: ${reason}`);
  }
}

/** The product asks for a submit key and the post has none that fits: answered with 401. */
export class WrongSubmitKey extends Error {
  override readonly name = 'WrongSubmitKey';
}
