import type { DumpProblem } from '../reader/dump-problem.js';
import type { UnwindLimits } from '../unwind/index.js';
import type { WalkedThread } from './walk-result.js';

/** Frames of all threads together, at most. A frame takes about 2 KB while walked and 0.5 KB of JSON. */
export const defaultTotalFrames = 200_000;

/** A thread gets this many frames however many threads there are. */
const fewest = 16;

/**
 * Limits for a thread other than the crashing one, so that all together stay within the total: a hostile dump can name
 * one deep stack for thousands of threads. An even share for each keeps the result the same from run to run.
 */
export function shareOfFrames(limits: UnwindLimits, threads: number, totalFrames: number): UnwindLimits {
  const share = Math.max(fewest, Math.floor(totalFrames / Math.max(1, threads)));
  return share < limits.maxFrames ? { ...limits, maxFrames: share } : limits;
}

/** Says how many threads were cut at their share. */
export function budgetProblems(threads: readonly WalkedThread[], share: number, maxFrames: number): DumpProblem[] {
  if (share >= maxFrames) return [];
  const cut = threads.filter(({ summary, frames }) => summary?.end === 'frame-limit' && frames.length === share);
  if (cut.length === 0) return [];
  const message = `${cut.length} of ${threads.length} threads are walked for ${share} frames only`;
  return [{ stream: 'walk', code: 'LIMIT_REACHED', message }];
}
