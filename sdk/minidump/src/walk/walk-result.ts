import type { SymbolLookup } from '@faultline/sdk/module-symbols';
import type { AbsoluteAddress } from '@faultline/sdk/units';
import type { WalkedFrame } from '../model/frame.js';
import type { ShadowStack } from '../reader/contexts/shadow-stack.js';
import type { DumpProblem } from '../reader/dump-problem.js';
import type { CrashAnalysis, ThreadGroup } from '../analysis/index.js';
import type { CodeLine } from '../disassembly/index.js';
import type { CrashReason } from '../reason/crash-reason.js';
import type { UnwindSummary } from '../unwind/index.js';
import type { CrashDump } from './crash-dump.js';

/** A walked dump: everything that the outputs print. */
export interface WalkResult {
  dump: CrashDump;
  /** null without an exception. */
  crash: CrashReason | null;
  /** What is concluded from the crash; null without an exception. */
  analysis: CrashAnalysis | null;
  /**
   * Instructions around the frames of `requestingThread`, by the frame's index: of its first frames those that stand in
   * a module whose code the dump holds, on a CPU with a disassembler.
   */
  code: ReadonlyMap<number, readonly CodeLine[]>;
  threads: WalkedThread[];
  /** Threads whose stacks are the same, by position, in the order of their first member. */
  threadGroups: ThreadGroup[];
  /** Position in `threads`; null when no thread crashed or asked for the dump. */
  requestingThread: number | null;
  /** Symbol look-ups by a module's position in the list; one that no frame touched is not in it. */
  symbols: ReadonlyMap<number, SymbolLookup>;
  /** Certificate subjects by base name of a module's file, when the caller knew any. */
  certificates: ReadonlyMap<string, string>;
  /** From /proc/cpuinfo, or what the caller knew. */
  microcode: bigint | null;
  problems: DumpProblem[];
}

/** Return addresses of the shadow stack, innermost first, and the walked frames that they confirm. */
export interface WalkedShadowStack extends ShadowStack {
  /** Positions in `frames`, ascending: the frames whose resume address stands on the shadow stack, in its order. */
  confirmedFrames: number[];
}

export interface WalkedThread {
  index: number;
  threadId: number;
  name: string | null;
  frames: WalkedFrame[];
  /** Stack memory that was looked at; `end` is the first address behind it. Null when there is none. */
  stackRange: { start: AbsoluteAddress; end: AbsoluteAddress } | null;
  /** What `GetLastError` would have said on Windows; null elsewhere. */
  lastError: string | null;
  /** Why it has no frames: it wrote the dump, its registers are missing, or it was not asked for. */
  status: 'walked' | 'dump-writer' | 'no-context' | 'not-asked';
  /** What the processor's own list of return addresses says; null where the dump has none. */
  shadowStack: WalkedShadowStack | null;
  /** How the walk ended; null when nothing was walked. */
  summary: UnwindSummary | null;
}
