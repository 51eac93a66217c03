import type { WalkedThread, WalkResult } from '../walk/walk-result.js';

/** The thread that crashed or asked for the dump, then the others in dump order. */
export function threadsInOrder({ threads, requestingThread }: WalkResult): WalkedThread[] {
  const first = requestingThread === null ? undefined : threads[requestingThread];
  return first === undefined ? threads : [first, ...threads.filter((thread) => thread !== first)];
}
