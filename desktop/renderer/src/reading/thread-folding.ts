import type { StackThread } from './stack-model.js';

export interface ThreadFold {
  /** The one shown. */
  thread: StackThread;
  /** Further threads with the very same stack, in order. */
  same: StackThread[];
}

/** The crashing thread first and alone, then the others in order, those with identical stacks as one. */
export function foldThreads(threads: readonly StackThread[]): ThreadFold[] {
  const folds: ThreadFold[] = threads.filter((thread) => thread.isCrashing).map((thread) => ({ thread, same: [] }));
  const byStack = new Map<string, ThreadFold>();
  for (const thread of threads) {
    if (thread.isCrashing) continue;
    const key = stackKey(thread);
    const fold = byStack.get(key);
    if (fold !== undefined && key !== '') {
      fold.same.push(thread);
      continue;
    }
    const opened = { thread, same: [] };
    byStack.set(key, opened);
    folds.push(opened);
  }
  return folds;
}

function stackKey(thread: StackThread): string {
  return thread.frames
    .map((frame) => `${frame.module}\t${frame.function === '' ? frame.offset : frame.function}\t${frame.line ?? ''}`)
    .join('\n');
}
