import type { AbsoluteAddress } from '@faultline/sdk/units';
import { pointerRegisters } from '../model/cpu-context.js';
import type { WalkedFrame } from '../model/frame.js';
import type { CrashFacts } from './crash-facts.js';
import { isMemoryFault, isStackOverflowException } from './exception-kind.js';
import { leafName } from './pointer-kind.js';

/** Functions that call each other over and over. */
export interface RecursionCycle {
  /** First frame of the first whole turn. */
  firstFrame: number;
  /** Frames of one turn, as names: function, else module and offset. Innermost first. */
  functions: string[];
  /** Turns in a row that the walk saw, at least 3. */
  repeats: number;
}

export interface StackOverflow {
  /** How it shows: the system says so, or the address that failed lies just beyond the stack. */
  shownBy: 'exception' | 'address';
  address: AbsoluteAddress;
  cycle: RecursionCycle | null;
}

/** Pages that a stack may be overrun by: beyond, the address is no neighbour of the stack. Guards are up to 1 MB. */
const reach = 0x10_0000n;
/** Bytes above sp that a frame being built touches with `sub sp` done or not yet. */
const frameReach = 0x1_0000n;

/** A stack overflow, when the exception or the failing address shows one; null otherwise. */
export function findStackOverflow(
  facts: Pick<CrashFacts, 'cpu' | 'exception' | 'context' | 'stacks' | 'crashingThread' | 'frames'>,
  accessed: AbsoluteAddress,
): StackOverflow | null {
  const { exception } = facts;
  const cycle = () => findRecursion(facts.frames);
  if (isStackOverflowException(exception)) return { shownBy: 'exception', address: accessed, cycle: cycle() };
  if (!isMemoryFault(exception)) return null;
  const sp = facts.context?.registers.get(pointerRegisters[facts.cpu].stack);
  const stack = facts.stacks.find(({ threadIndex }) => threadIndex === facts.crashingThread);
  if (sp === undefined || stack === undefined) return null;
  const isNearPointer = accessed + frameReach >= sp && accessed <= sp + frameReach;
  const isBelowStack = accessed < stack.start && stack.start - accessed <= reach;
  return isNearPointer && isBelowStack ? { shownBy: 'address', address: accessed, cycle: cycle() } : null;
}

const longestCycle = 64;
const fewestRepeats = 3;

/** The cycle that covers most frames, the shortest of several; null when no calls repeat three times in a row. */
export function findRecursion(frames: readonly WalkedFrame[]): RecursionCycle | null {
  const keys = frames.map(frameKey);
  let best: { start: number; length: number; covered: number } | null = null;
  for (let length = 1; length <= longestCycle && length * fewestRepeats <= keys.length; length++) {
    const run = longestRun(keys, length);
    if (run.covered >= length * fewestRepeats && run.covered > (best?.covered ?? 0)) best = { ...run, length };
  }
  if (best === null) return null;
  return {
    firstFrame: best.start,
    functions: frames.slice(best.start, best.start + best.length).map(frameName),
    repeats: Math.floor(best.covered / best.length),
  };
}

/** The longest stretch in which every frame equals the one `length` frames later. */
function longestRun(keys: readonly string[], length: number): { start: number; covered: number } {
  let best = { start: 0, covered: 0 };
  let start = 0;
  for (let index = 0; index + length <= keys.length; index++) {
    if (index + length < keys.length && keys[index] === keys[index + length]) continue;
    const covered = index === start ? 0 : index - start + length;
    if (covered > best.covered) best = { start, covered };
    start = index + 1;
  }
  return best;
}

/** Frames of one function are the same for a recursion, from wherever in it they call. */
function frameKey(frame: WalkedFrame): string {
  const module = frame.module?.index ?? -1;
  const place = frame.symbol === null ? frame.instruction : `f${String(frame.symbol.functionAddress)}`;
  return `${String(module)}:${String(place)}`;
}

/** A frame as a person names it: its function, else module and offset, else the address. */
export function frameName(frame: WalkedFrame): string {
  if (frame.symbol !== null) return frame.symbol.function;
  if (frame.module === null) return `0x${frame.instruction.toString(16)}`;
  return `${leafName(frame.module.codeFile)}+0x${(frame.instruction - frame.module.base).toString(16)}`;
}
