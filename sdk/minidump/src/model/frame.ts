import type { SymbolizedAddress } from '@faultline/sdk/module-symbols';
import type { AbsoluteAddress } from '@faultline/sdk/units';
import type { CpuContext } from './cpu-context.js';
import type { ModuleRecord } from './module-record.js';

/**
 * How a frame was found, best first. `leaf` and `cfi_scan` are Breakpad's, `prewalked` is unused here; the words are
 * those of rust-minidump's JSON.
 */
export type FrameTrust = 'context' | 'cfi' | 'cfi_scan' | 'frame_pointer' | 'leaf' | 'scan';

/** Why a frame is believed: our own evidence, printed under the `faultline` key. */
export interface FrameEvidence {
  /** Methods tried for this frame in order, each with why it gave nothing; the last one gave the frame. */
  tried: { method: FrameTrust; outcome: 'used' | 'no-records' | 'failed' | 'rejected'; reason?: string }[];
  /** Stack slot that held the return address; null when it came from a register. */
  returnAddressSlot: AbsoluteAddress | null;
  /** Candidate words that scanning looked at and refused, the first few. */
  rejectedWords?: { slot: AbsoluteAddress; value: bigint; reason: string }[];
}

/** One physical frame; inlined calls stand inside `symbol.inlines`. */
export interface WalkedFrame {
  /** 0 is where the thread stood. */
  index: number;
  /** Address used for look-ups: for callers the return address less 1 (x86, amd64), 2 (arm), 4 (arm64), 8 (mips). */
  instruction: AbsoluteAddress;
  /** Where execution would go on: the unadjusted program counter. */
  resumeAddress: AbsoluteAddress;
  trust: FrameTrust;
  context: CpuContext;
  module: ModuleRecord | null;
  symbol: SymbolizedAddress | null;
  evidence: FrameEvidence;
}
