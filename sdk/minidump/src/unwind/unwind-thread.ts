import type { ModuleSymbols, SymbolizedAddress } from '@faultline/sdk/module-symbols';
import type { AbsoluteAddress, MaybePromise, Milliseconds } from '@faultline/sdk/units';
import type { CpuArchitecture } from '../model/cpu.js';
import type { CpuContext } from '../model/cpu-context.js';
import { pointerRegisters } from '../model/cpu-context.js';
import type { FrameEvidence, FrameTrust, WalkedFrame } from '../model/frame.js';
import type { MemoryBlock } from '../model/memory-block.js';
import type { ModuleRecord } from '../model/module-record.js';
import { amd64 } from './amd64.js';
import type { Architecture, Candidate, UnwindStep } from './architecture.js';
import { arm } from './arm.js';
import { arm64 } from './arm64.js';
import { mips, mips64 } from './mips.js';
import type { ModuleMap } from './module-map.js';
import { riscv, riscv64 } from './riscv.js';
import { StackMemory } from './stack-memory.js';
import { type RecoverSymbols, SymbolAccess } from './symbol-access.js';
import type { UnwindLimits } from './unwind-limits.js';
import { x86 } from './x86.js';

const architectures: Partial<Record<CpuArchitecture, Architecture>> = {
  x86,
  amd64,
  arm,
  arm64,
  mips,
  mips64,
  riscv,
  riscv64,
};

export interface UnwindInput {
  cpu: CpuArchitecture;
  /** As rust-minidump's JSON names it: "Windows NT", "Mac OS X", "iOS", "Linux", "Android"; null when unknown. */
  os: string | null;
  /** Registers of the thread, or of the exception where this thread crashed. */
  context: CpuContext;
  /** The region that holds the stack pointer; null when the dump has none: then only frame 0 is given. */
  stack: MemoryBlock | null;
  modules: ModuleMap;
  symbols: (module: ModuleRecord) => MaybePromise<ModuleSymbols | null>;
  /** Symbols in place of those that threw while they were read; without it such a module has none. */
  recoverSymbols?: RecoverSymbols;
  /** Whether the process could run code at an address; null (or left out) when the dump doesn't say. */
  isExecutable?: (address: AbsoluteAddress) => boolean | null;
  limits: UnwindLimits;
  signal?: AbortSignal | undefined;
  /** Milliseconds of a monotonic clock; `performance.now` unless a test brings its own. */
  now?: () => Milliseconds;
}

/** Why a walk ended, and which bounds it met. */
export interface UnwindSummary {
  end: 'end-of-stack' | 'no-stack' | 'unsupported-cpu' | 'frame-limit' | 'time-limit' | 'aborted';
  /** In words, what showed the end of the stack. */
  reason: string;
  /** Methods tried on the last frame in vain. */
  tried: FrameEvidence['tried'];
  /** The bound on symbol loads for scanned words was reached: later scanned frames are less certain. */
  scanLoadsExhausted: boolean;
  /** Modules whose symbols could not be read, by code file, with the reason. */
  symbolFailures: { codeFile: string; reason: string }[];
}

/**
 * Walks one thread, giving each frame as soon as it is known, the innermost first. Frame 0 is always given. Returns
 * the summary. Never throws for what a dump or a symbol file holds; an abort ends the walk with `aborted`.
 */
export async function* unwindThread(input: UnwindInput): AsyncGenerator<WalkedFrame, UnwindSummary, undefined> {
  const now = input.now ?? (() => performance.now());
  const deadline = now() + input.limits.maxMilliseconds;
  const symbols = new SymbolAccess(input.symbols, input.limits.maxScanModuleLoads, input.recoverSymbols);
  const summarize = (end: UnwindSummary['end'], reason: string, tried: FrameEvidence['tried'] = []): UnwindSummary => ({
    end,
    reason,
    tried,
    scanLoadsExhausted: symbols.scanLoadsExhausted,
    symbolFailures: [...symbols.failures].map(([module, why]) => ({ codeFile: module.codeFile, reason: why })),
  });

  const pointers = pointerRegisters[input.cpu];
  const start = input.context.registers.get(pointers.instruction) ?? 0n;
  let callee = await symbolizedFrame(input.modules, symbols, {
    index: 0,
    instruction: start,
    resumeAddress: start,
    trust: 'context',
    context: input.context,
    evidence: { tried: [{ method: 'context', outcome: 'used' }], returnAddressSlot: null },
  });
  let grandCallee: WalkedFrame | null = null;
  yield callee;

  const architecture = architectures[input.cpu];
  if (architecture === undefined) return summarize('unsupported-cpu', 'stacks of this CPU are not walked');
  if (input.stack === null || input.stack.bytes.byteLength === 0) {
    return summarize('no-stack', 'the dump holds no memory of this stack');
  }
  const stack = new StackMemory(input.stack);
  for (;;) {
    if (input.signal?.aborted === true) return summarize('aborted', 'the walk was aborted');
    if (callee.index + 1 >= input.limits.maxFrames) return summarize('frame-limit', 'the limit of frames is reached');
    if (now() >= deadline) return summarize('time-limit', 'the time limit is reached');
    const step: UnwindStep = {
      callee,
      grandCallee,
      stack,
      modules: input.modules,
      symbols,
      os: input.os,
      isExecutable: input.isExecutable ?? (() => null),
      maxRejectedWords: input.limits.maxRejectedWords,
    };
    const next = await findCaller(architecture, step);
    if ('reason' in next) return summarize('end-of-stack', next.reason, next.tried);
    grandCallee = callee;
    callee = await callerFrame({ architecture, callee, candidate: next.candidate, tried: next.tried, input, symbols });
    yield callee;
  }
}

type Tried = FrameEvidence['tried'];

async function findCaller(
  architecture: Architecture,
  step: UnwindStep,
): Promise<{ candidate: Candidate; tried: Tried } | { reason: string; tried: Tried }> {
  const tried: Tried = [];
  for (const method of architecture.methods) {
    const attempt = await method.find(step);
    if (attempt.kind === 'nothing') {
      tried.push({ method: method.name, outcome: attempt.outcome, reason: attempt.reason });
      continue;
    }
    if (attempt.kind === 'outermost') return { reason: attempt.reason, tried };
    const refusal = endReason(architecture, step.callee, attempt.candidate);
    if (refusal === null) {
      tried.push({ method: method.name, outcome: 'used' });
      return { candidate: attempt.candidate, tried };
    }
    tried.push({ method: method.name, outcome: 'rejected', reason: refusal });
    return { reason: refusal, tried };
  }
  return { reason: 'no method finds a caller', tried };
}

function endReason(architecture: Architecture, callee: WalkedFrame, candidate: Candidate): string | null {
  const instruction = candidate.registers.get(architecture.instruction) ?? 0n;
  if (instruction < 4096n) return 'the return address is in the first page';
  return architecture.endOfStack(callee, candidate);
}

function callerFrame(found: {
  architecture: Architecture;
  callee: WalkedFrame;
  candidate: Candidate;
  tried: Tried;
  input: UnwindInput;
  symbols: SymbolAccess;
}): Promise<WalkedFrame> {
  const { architecture, candidate, input } = found;
  const resumeAddress = candidate.registers.get(architecture.instruction) as AbsoluteAddress;
  const evidence: FrameEvidence = { tried: found.tried, returnAddressSlot: candidate.returnAddressSlot };
  if (candidate.rejectedWords !== undefined && candidate.rejectedWords.length > 0) {
    evidence.rejectedWords = candidate.rejectedWords;
  }
  return symbolizedFrame(input.modules, found.symbols, {
    index: found.callee.index + 1,
    instruction: resumeAddress - architecture.callLength,
    resumeAddress,
    trust: candidate.trust,
    context: { cpu: input.cpu, registers: candidate.registers },
    evidence,
  });
}

async function symbolizedFrame(
  modules: ModuleMap,
  symbols: SymbolAccess,
  frame: {
    index: number;
    instruction: AbsoluteAddress;
    resumeAddress: AbsoluteAddress;
    trust: FrameTrust;
    context: CpuContext;
    evidence: FrameEvidence;
  },
): Promise<WalkedFrame> {
  const module = modules.moduleAt(frame.instruction);
  const symbol: SymbolizedAddress | null = module === null ? null : await symbols.symbolize(module, frame.instruction);
  return { ...frame, module, symbol };
}
