import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Bytes } from '@faultline/sdk';

/** Smaller bodies fill the young generation soon enough by what is made of them. */
const large: Bytes = 128 * 1024;

/** So much may lie about. */
const every: Bytes = 8 * 1024 * 1024;

/**
 * Has what large bodies leave behind collected before it is much.
 *
 * Folklore: the chunks of a request lie outside the heap. V8 counts them against the limit of the old generation, but
 * looks for dead young ones only when the heap itself has filled up, which a report of 1 MB hardly does: ten of them
 * brought on a collection of everything, some 30 ms of both cores, each 150 ms. Posted over one connection, p95 was 44 ms
 * where it is 14 with this (`collector-bench.ts --size 1MB --connections 1`, Node 20).
 */
export class BodyRemains {
  private left: Bytes = 0;

  /** @param collect collects the young generation */
  constructor(private readonly collect: () => void) {}

  /**
   * @param chunk bytes that have been read
   * @param body bytes of the same body until now, these among them
   */
  note(chunk: Bytes, body: Bytes): void {
    if (body < large) return;
    this.left += chunk;
    if (this.left < every) return;
    this.left = 0;
    this.collect();
  }
}

type CollectGarbage = (options: { type: 'minor' }) => void;

/** Collects the young generation of this process; made at its first use. Does nothing where V8 does not let it. */
export function youngCollection(): () => void {
  let collect: CollectGarbage | null | undefined;
  return () => {
    collect ??= findCollect();
    collect?.({ type: 'minor' });
  };
}

/** V8 gives it to the contexts that are made while the flag is set: one that nobody else sees. */
function findCollect(): CollectGarbage | null {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('typeof gc === "function" ? gc : null');
  setFlagsFromString('--no-expose-gc');
  return typeof found === 'function' ? (found as CollectGarbage) : null;
}
