import type { Bytes } from '@faultline/sdk/units';

/** What an instruction does with a memory operand. */
export type AccessKind = 'read' | 'write' | 'readwrite';

/** A memory operand: its address is base + index * scale + displacement (+ segment, whose base no dump tells). */
export interface MemoryOperand {
  kind: 'memory';
  /** Register names; null when the operand has none. */
  base: string | null;
  index: string | null;
  scale: number;
  displacement: bigint;
  /** The index is 32 bits wide and its sign counts (arm64's sxtw). */
  isIndexSigned?: boolean;
  segment: string | null;
  /** Bytes accessed; null when the instruction alone does not tell (fxsave). */
  size: Bytes | null;
  /** Null when memory is not touched: lea, nop, prefetch. */
  access: AccessKind | null;
}

export interface RegisterOperand {
  kind: 'register';
  name: string;
}

export interface ImmediateOperand {
  kind: 'immediate';
  value: bigint;
}

/** Target of a branch: on arm64 relative to the address of the instruction, on x86 to its end. */
export interface RelativeOperand {
  kind: 'relative';
  offset: bigint;
}

export type Operand = MemoryOperand | RegisterOperand | ImmediateOperand | RelativeOperand;

/** One decoded instruction. */
export interface Instruction {
  /** Lower case, without prefixes and operands: `mov`, `rep` is not part of it. */
  mnemonic: string;
  /** Destination first. */
  operands: readonly Operand[];
  length: Bytes;
  /** As a person reads it: `mov dword [rdx + r9 * 4], edi`. */
  text: string;
  /** Stack memory that is used without being named, by call, push, ret and pop: 8 bytes below or at the pointer. */
  implicitStack: { access: AccessKind; size: Bytes; below: boolean } | null;
}

/**
 * Decodes the instruction at the start of the bytes. Null when they hold none, a truncated one, or one that the
 * decoder does not know. Never throws.
 */
export type Disassembler = (code: Uint8Array) => Instruction | null;
