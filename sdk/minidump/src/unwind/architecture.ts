import type { AbsoluteAddress } from '@faultline/sdk/units';
import type { FrameTrust, WalkedFrame } from '../model/frame.js';
import type { ModuleMap } from './module-map.js';
import type { ScannedWord } from './scanned-word.js';
import type { StackMemory } from './stack-memory.js';
import type { SymbolAccess } from './symbol-access.js';

/** Known registers of one frame, by name. */
export type Registers = Map<string, bigint>;

/** All that finding one caller may look at. */
export interface UnwindStep {
  callee: WalkedFrame;
  /** The frame that the callee called; null when the callee is the context frame. */
  grandCallee: WalkedFrame | null;
  stack: StackMemory;
  modules: ModuleMap;
  symbols: SymbolAccess;
  /** Operating system as rust-minidump's JSON names it ("Windows NT", "iOS"); null when unknown. */
  os: string | null;
  /** Whether the process could run code there; null when the dump doesn't say. */
  isExecutable(address: AbsoluteAddress): boolean | null;
  maxRejectedWords: number;
}

/** A caller that one method came to, before the walk decides whether to believe it. */
export interface Candidate {
  registers: Registers;
  trust: FrameTrust;
  /** Where the return address stood; null when it came from a register or was computed. */
  returnAddressSlot: AbsoluteAddress | null;
  rejectedWords?: ScannedWord[];
}

/** What one method made of a step: a caller, the certainty that there is none, or why it has nothing to say. */
export type Attempt =
  | { kind: 'found'; candidate: Candidate }
  | { kind: 'outermost'; reason: string }
  | { kind: 'nothing'; outcome: 'no-records' | 'failed' | 'rejected'; reason: string };

export interface UnwindMethod {
  /** The word under which the method stands in the evidence. */
  name: FrameTrust;
  find(step: UnwindStep): Attempt | Promise<Attempt>;
}

/** How stacks of one CPU are walked. */
export interface Architecture {
  wordBytes: 4 | 8;
  instruction: string;
  stack: string;
  /** Registers that a callee gives back unchanged, and so known in the caller unless CFI says otherwise. */
  calleeSaved: readonly string[];
  /** Every register that CFI may name, besides `aliases`. */
  registers: ReadonlySet<string>;
  /** Other names in symbol files: `x29` for `fp`. */
  aliases: ReadonlyMap<string, string>;
  /** Bytes from the return address back into the call instruction. */
  callLength: bigint;
  /** In the order in which they are tried. */
  methods: readonly UnwindMethod[];
  /**
   * Why the candidate can't be a caller of the callee, so that the walk ends here; null when it may be. Called after
   * the check for a return address in the first page, which holds for every CPU.
   */
  endOfStack(callee: WalkedFrame, candidate: Candidate): string | null;
}

export function found(candidate: Candidate): Attempt {
  return { kind: 'found', candidate };
}

export function nothing(outcome: 'no-records' | 'failed' | 'rejected', reason: string): Attempt {
  return { kind: 'nothing', outcome, reason };
}

/** The register's own name for a name used in a symbol file, with or without `$`; null when the CPU has none such. */
export function canonicalRegister(architecture: Architecture, name: string): string | null {
  const bare = name.startsWith('$') ? name.slice(1) : name;
  const canonical = architecture.aliases.get(bare) ?? bare;
  return architecture.registers.has(canonical) ? canonical : null;
}

/** Values of the callee-saved registers that are known in the callee. */
export function forwardedRegisters(architecture: Architecture, callee: Registers): Registers {
  const forwarded: Registers = new Map();
  for (const name of architecture.calleeSaved) {
    const value = callee.get(name);
    if (value !== undefined) forwarded.set(name, value);
  }
  return forwarded;
}

/** The usual rule of progress: every caller's stack pointer lies above its callee's. */
export function stackMustShrink(architecture: Pick<Architecture, 'stack'>) {
  return (callee: WalkedFrame, candidate: Candidate): string | null => {
    const before = callee.context.registers.get(architecture.stack);
    const after = candidate.registers.get(architecture.stack);
    if (before === undefined || after === undefined) return 'the stack pointer is unknown';
    return after > before ? null : 'the stack pointer did not move up';
  };
}
