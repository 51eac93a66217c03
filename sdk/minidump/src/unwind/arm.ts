import type { WalkedFrame } from '../model/frame.js';
import type { Architecture, Attempt, Candidate, UnwindStep } from './architecture.js';
import { found, nothing } from './architecture.js';
import { scanLength } from './scan-length.js';
import { scanForReturnAddress } from './scan.js';
import { callerByCfi } from './stack-cfi.js';

/** 32-bit ARM: STACK CFI, fp chains on iOS only (elsewhere fp is a general register), then scanning. */
export const arm: Architecture = {
  wordBytes: 4,
  instruction: 'pc',
  stack: 'sp',
  calleeSaved: ['r4', 'r5', 'r6', 'r7', 'r8', 'r9', 'r10', 'fp'],
  registers: new Set([
    ...['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7', 'r8', 'r9', 'r10', 'r12'],
    ...['fp', 'sp', 'lr', 'pc'],
  ]),
  aliases: new Map([
    ['r11', 'fp'],
    ['r13', 'sp'],
    ['r14', 'lr'],
    ['r15', 'pc'],
  ]),
  callLength: 2n,
  methods: [
    { name: 'cfi', find: (step) => callerByCfi(arm, step) },
    { name: 'frame_pointer', find: callerByFramePointer },
    { name: 'scan', find: (step) => callerByPlainScan(arm, step, { words: scanLength(step.callee.trust) }) },
  ],
  endOfStack: leafMayKeepStack,
};

/**
 * A leaf function need not touch the stack, because its return address is in a register: the first caller may have
 * its callee's stack pointer. Later ones may not, or the walk could stand still for ever.
 */
export function leafMayKeepStack(callee: WalkedFrame, candidate: Candidate): string | null {
  const before = callee.context.registers.get('sp');
  const after = candidate.registers.get('sp');
  if (before === undefined || after === undefined) return 'the stack pointer is unknown';
  if (after > before || (after === before && callee.trust === 'context')) return null;
  return 'the stack pointer did not move up';
}

/**
 * Whether the callee's frame pointer is one that a chain gave and CFI passed on, and leads back down: then it is stale,
 * and scanning is to go on. rust-minidump forgets it at once; mostly it is right.
 */
export function isStaleFramePointer({ callee, grandCallee }: UnwindStep, callerSp: bigint): boolean {
  const fp = callee.context.registers.get('fp');
  const wasPassedOn = callee.trust === 'cfi' && grandCallee?.trust === 'frame_pointer';
  const sp = callee.context.registers.get('sp');
  return wasPassedOn && fp === grandCallee.context.registers.get('fp') && sp !== undefined && callerSp <= sp;
}

function callerByFramePointer(step: UnwindStep): Attempt {
  const { callee, stack, os } = step;
  if (os !== 'iOS') return nothing('no-records', 'only iOS keeps frame pointers on this CPU');
  const fp = callee.context.registers.get('fp');
  if (fp === undefined || !callee.context.registers.has('sp')) return nothing('failed', 'fp or sp is unknown');
  if (fp === 0n) return { kind: 'outermost', reason: 'the frame pointer is 0' };
  if (fp >= 0xffff_fff7n) return nothing('rejected', 'fp is at the end of the address space');
  if (isStaleFramePointer(step, fp + 8n)) return nothing('rejected', 'fp is that of an earlier frame');
  const callerFp = stack.word(fp, 4);
  const pc = stack.word(fp + 4n, 4);
  if (callerFp === null || pc === null) return nothing('rejected', 'fp does not point into the stack');
  const registers = new Map([
    ['pc', pc],
    ['fp', callerFp],
    ['sp', fp + 8n],
  ]);
  return found({ registers, trust: 'frame_pointer', returnAddressSlot: fp + 4n });
}

/** Scanning that recovers nothing but pc and sp. */
export async function callerByPlainScan(
  architecture: Architecture,
  step: UnwindStep,
  range: { words: number; skipWords?: number; isPlausible?(value: bigint): boolean },
): Promise<Attempt> {
  const sp = step.callee.context.registers.get('sp');
  if (sp === undefined) return nothing('failed', 'sp is unknown');
  const word = BigInt(architecture.wordBytes);
  const { hit, rejected } = await scanForReturnAddress(step, {
    from: sp + BigInt(range.skipWords ?? 0) * word,
    words: range.words,
    wordBytes: architecture.wordBytes,
    isPlausible: range.isPlausible ?? (() => true),
  });
  if (hit === null) return nothing('failed', 'no word looks like a return address');
  const registers = new Map([
    ['pc', hit.value],
    ['sp', hit.slot + word],
  ]);
  return found({ registers, trust: 'scan', returnAddressSlot: hit.slot, rejectedWords: rejected });
}
