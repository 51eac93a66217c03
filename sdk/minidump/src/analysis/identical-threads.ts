import type { WalkedFrame } from '../model/frame.js';

/** Threads that stand at the same place: waiting pools, mostly. */
export interface ThreadGroup {
  /** Positions in the list given, ascending. */
  threads: number[];
}

/**
 * Groups threads whose stacks are the same address by address, in the order of their first member. A thread without
 * frames stands alone.
 */
export function foldIdenticalThreads(stacks: readonly (readonly WalkedFrame[])[]): ThreadGroup[] {
  const groups = new Map<string, ThreadGroup>();
  const folded: ThreadGroup[] = [];
  stacks.forEach((frames, index) => {
    const key = frames.map(({ instruction }) => instruction.toString(36)).join(' ');
    const group = key === '' ? undefined : groups.get(key);
    if (group !== undefined) {
      group.threads.push(index);
      return;
    }
    const started = { threads: [index] };
    folded.push(started);
    if (key !== '') groups.set(key, started);
  });
  return folded;
}
