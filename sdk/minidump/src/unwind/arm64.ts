import type { AbsoluteAddress } from '@faultline/sdk/units';
import type { WalkedFrame } from '../model/frame.js';
import type { Architecture, Attempt, Candidate, UnwindStep } from './architecture.js';
import { found, nothing } from './architecture.js';
import { callerByPlainScan, isStaleFramePointer } from './arm.js';
import type { ModuleMap } from './module-map.js';
import { scanLength } from './scan-length.js';
import { callerByCfi } from './stack-cfi.js';

const numbered = Array.from({ length: 29 }, (_, index) => `x${String(index)}`);

/**
 * 64-bit ARM, for dumps of either context layout: STACK CFI, then fp chains, then scanning. Every frame is taken for
 * a normal one: a leaf function without call frame information loses its caller, but nothing is invented.
 */
export const arm64: Architecture = {
  wordBytes: 8,
  instruction: 'pc',
  stack: 'sp',
  calleeSaved: [...numbered.slice(19), 'fp'],
  registers: new Set([...numbered, 'fp', 'lr', 'sp', 'pc']),
  aliases: new Map([
    ['x29', 'fp'],
    ['x30', 'lr'],
  ]),
  callLength: 4n,
  methods: [
    { name: 'cfi', find: callerByStrippedCfi },
    { name: 'frame_pointer', find: callerByFramePointer },
    {
      name: 'scan',
      find: (step) => callerByPlainScan(arm64, step, { words: scanLength(step.callee.trust), isPlausible: isUserCode }),
    },
  ],
  endOfStack,
};

function isUserCode(address: AbsoluteAddress): boolean {
  return address >= 0x1000n && address <= 0xf_ffff_ffff_ffffn;
}

/**
 * Removes pointer authentication from the high bits (ARMv8.3; Apple signs return addresses and frame pointers). How
 * many bits are address depends on the system: 47 hold on Apple's, more when a module lies higher.
 */
function stripPointerAuthentication(modules: ModuleMap, pointer: bigint): bigint {
  const highest = modules.highestEnd > 0x7fff_ffff_ffffn ? modules.highestEnd : 0x7fff_ffff_ffffn;
  // The smallest 2^n that is not below the highest address.
  const bits = (highest - 1n).toString(2).length;
  return BigInt.asUintN(bits, pointer);
}

async function callerByStrippedCfi(step: UnwindStep): Promise<Attempt> {
  // A link register read from a frame record is what the caller had on entry; it is right only where its code begins.
  const isGuessed = step.callee.trust === 'frame_pointer';
  const attempt = await callerByCfi(arm64, step, {
    hides: (name, initAddress) => isGuessed && name === 'lr' && initAddress !== step.callee.instruction,
  });
  if (attempt.kind !== 'found') return attempt;
  const { registers } = attempt.candidate;
  for (const name of ['pc', 'lr', 'fp']) {
    const value = registers.get(name);
    if (value !== undefined) registers.set(name, stripPointerAuthentication(step.modules, value));
  }
  return attempt;
}

function callerByFramePointer(step: UnwindStep): Attempt {
  const { callee, stack, modules } = step;
  const fp = callee.context.registers.get('fp');
  if (fp === undefined || !callee.context.registers.has('sp')) return nothing('failed', 'fp or sp is unknown');
  if (fp === 0n) return nothing('rejected', 'the frame pointer is 0');
  if (fp >= 0xffff_ffff_ffff_ffffn - 16n) return nothing('rejected', 'fp is at the end of the address space');
  if (isStaleFramePointer(step, fp + 16n)) return nothing('rejected', 'fp is that of an earlier frame');
  const savedFp = stack.word(fp, 8);
  const savedPc = stack.word(fp + 8n, 8);
  if (savedFp === null || savedPc === null) return nothing('rejected', 'fp does not point into the stack');
  const callerFp = stripPointerAuthentication(modules, savedFp);
  const pc = stripPointerAuthentication(modules, savedPc);
  if (!isUserCode(pc)) return nothing('rejected', 'the return address can be no code');
  const registers = new Map([
    ['pc', pc],
    ['fp', callerFp],
    ['sp', fp + 16n],
  ]);
  const lr = callerFp === 0n ? null : stack.word(callerFp + 8n, 8);
  if (lr !== null) registers.set('lr', stripPointerAuthentication(modules, lr));
  return found({ registers, trust: 'frame_pointer', returnAddressSlot: fp + 8n });
}

/**
 * Leaf functions, and functions at their first instruction, may leave sp as it is; then at least pc must change, or
 * one frame would repeat for ever.
 */
function endOfStack(callee: WalkedFrame, candidate: Candidate): string | null {
  const before = callee.context.registers.get('sp');
  const after = candidate.registers.get('sp');
  if (before === undefined || after === undefined) return 'the stack pointer is unknown';
  if (after > before) return null;
  if (after < before) return 'the stack pointer moved down';
  const moves = candidate.registers.get('pc') !== callee.context.registers.get('pc');
  return moves && (callee.trust === 'context' || candidate.trust === 'cfi')
    ? null
    : 'the stack pointer did not move up';
}
