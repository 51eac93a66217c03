/** Stacks as proto signatures: frames joined by ` | `, the crash first. */
export interface CountedStack {
  stack: string;
  count: number;
}

export interface DifferingStacks {
  /** Frames on top that all have. */
  same: string[];
  /** Each from the first frame that others don't have; most crashes first. */
  ways: (CountedStack & { rest: string })[];
}

/** Frames shown from where stacks part: enough to see where they came from. */
const shownFrames = 6;

export function differingStacks(stacks: readonly CountedStack[]): DifferingStacks {
  const split = stacks.map((one) => ({ ...one, frames: one.stack.split(' | ') }));
  const shortest = Math.min(...split.map(({ frames }) => frames.length), split.length === 0 ? 0 : Infinity);
  let common = 0;
  const first = split[0]?.frames ?? [];
  while (common < shortest && split.every(({ frames }) => frames[common] === first[common])) common += 1;
  // One stack alone parts from none: its top is what there is to see.
  if (split.length < 2) common = 0;
  return {
    same: first.slice(0, common),
    ways: split
      .map(({ stack, count, frames }) => ({
        stack,
        count,
        rest: `${frames.slice(common, common + shownFrames).join(' | ')}${frames.length > common + shownFrames ? ' …' : ''}`,
      }))
      .sort((a, b) => b.count - a.count),
  };
}
