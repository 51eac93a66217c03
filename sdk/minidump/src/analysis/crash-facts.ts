import type { AbsoluteAddress, Bytes, MaybePromise } from '@faultline/sdk/units';
import type { CpuArchitecture } from '../model/cpu.js';
import type { CpuContext } from '../model/cpu-context.js';
import type { WalkedFrame } from '../model/frame.js';
import type { MemoryBlock } from '../model/memory-block.js';
import type { ModuleMap } from '../unwind/index.js';

/** What the process could do with a part of its address space. `end` is the first address behind it. */
export interface RegionFacts {
  start: AbsoluteAddress;
  end: AbsoluteAddress;
  isReadable: boolean;
  isWritable: boolean;
  isExecutable: boolean;
  /** Windows: neither free nor merely reserved. */
  isCommitted: boolean;
  /** Windows: PAGE_GUARD is set. */
  isGuard: boolean;
  /** Linux: path, "[stack]", "[heap]"; "" when unknown. */
  name: string;
}

/** Why the process died, in the words of rust-minidump ("SIGSEGV / SEGV_MAPERR") and its address. */
export interface ExceptionFacts {
  type: string;
  address: AbsoluteAddress;
}

/** The stack of one thread, as far as the dump knows it. */
export interface ThreadStackFacts {
  threadIndex: number;
  start: AbsoluteAddress;
  end: AbsoluteAddress;
}

/** All that the analyses look at. Nothing of it is changed. */
export interface CrashFacts {
  cpu: CpuArchitecture;
  /** As rust-minidump names it; null when unknown. */
  os: string | null;
  exception: ExceptionFacts;
  /** Registers at the exception; null when the dump has none. */
  context: CpuContext | null;
  /** Memory from the instruction pointer on, 15 bytes or fewer; null when the dump has none of it. */
  code: MemoryBlock | null;
  /** A word of 4 or 8 bytes of the process, unsigned; null when the dump does not hold it. */
  readWord(address: AbsoluteAddress, size: 4 | 8): MaybePromise<bigint | null>;
  /** Null when the dump says nothing of its address space. */
  regions: readonly RegionFacts[] | null;
  modules: ModuleMap;
  stacks: readonly ThreadStackFacts[];
  /** The crashing thread's position and frames, innermost first; none when it was not walked. */
  crashingThread: number | null;
  frames: readonly WalkedFrame[];
}

/** An access of the faulting instruction to memory. */
export interface MemoryAccess {
  address: AbsoluteAddress;
  /** Null when the instruction alone does not tell. */
  size: Bytes | null;
  /** Null when memory is only pointed at (nop, prefetch). */
  access: 'read' | 'write' | 'readwrite' | null;
  /** The base register of the operand holds 0, or the address is 0. */
  isLikelyNullPointer: boolean;
  /** The address lies in a page without permissions beside one with some. */
  isLikelyGuardPage: boolean;
  /** The stack, used by push, call, pop and ret without being named. */
  isImplicit: boolean;
}
