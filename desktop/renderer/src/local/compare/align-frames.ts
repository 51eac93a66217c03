import type { StackFrame } from '../../reading/stack-model.js';

/** One row of two stacks side by side; null where the other one has no such frame. */
export interface FramePair {
  left: StackFrame | null;
  right: StackFrame | null;
  /** The same function of the same module; place or trust may differ. */
  isSame: boolean;
}

/** Frames beyond these are not compared: two endless recursions would take forever. */
const mostFrames = 1000;

/** Longest common run of calls, from the innermost outward; what stands alone keeps its place. */
export function alignFrames(left: readonly StackFrame[], right: readonly StackFrame[]): FramePair[] {
  const ours = left.slice(0, mostFrames);
  const theirs = right.slice(0, mostFrames);
  const ourKeys = ours.map(frameKey);
  const theirKeys = theirs.map(frameKey);
  const lengths = commonLengths(ourKeys, theirKeys);
  const width = theirs.length + 1;
  const pairs: FramePair[] = [];
  let at = 0;
  let other = 0;
  while (at < ours.length || other < theirs.length) {
    const ourFrame = ours[at] ?? null;
    const theirFrame = theirs[other] ?? null;
    if (ourFrame !== null && theirFrame !== null && ourKeys[at] === theirKeys[other]) {
      pairs.push({ left: ourFrame, right: theirFrame, isSame: true });
      at += 1;
      other += 1;
    } else if (
      theirFrame === null ||
      (ourFrame !== null && below(lengths, at, other, width) >= beside(lengths, at, other, width))
    ) {
      pairs.push({ left: ourFrame, right: null, isSame: false });
      at += 1;
    } else {
      pairs.push({ left: null, right: theirFrame, isSame: false });
      other += 1;
    }
  }
  return pairs;
}

const below = (lengths: Uint16Array, at: number, other: number, width: number): number =>
  lengths[(at + 1) * width + other] ?? 0;
const beside = (lengths: Uint16Array, at: number, other: number, width: number): number =>
  lengths[at * width + other + 1] ?? 0;

/** Without a function name: the module and the place in it, which is the same in two runs of one build. */
function frameKey(frame: StackFrame): string {
  if (frame.function !== '') return `${frame.module}!${frame.function}`;
  return frame.module === '' ? `@${frame.offset}` : `${frame.module}+${frame.moduleOffset}`;
}

/** Length of the longest common run from every pair of positions on. */
function commonLengths(left: readonly string[], right: readonly string[]): Uint16Array {
  const width = right.length + 1;
  const lengths = new Uint16Array((left.length + 1) * width);
  for (let at = left.length - 1; at >= 0; at--) {
    for (let other = right.length - 1; other >= 0; other--) {
      lengths[at * width + other] =
        left[at] === right[other]
          ? below(lengths, at, other + 1, width) + 1
          : Math.max(below(lengths, at, other, width), beside(lengths, at, other, width));
    }
  }
  return lengths;
}
