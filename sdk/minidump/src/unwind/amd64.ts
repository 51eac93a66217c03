import type { AbsoluteAddress } from '@faultline/sdk/units';
import type { Architecture, Attempt, UnwindStep } from './architecture.js';
import { found, nothing, stackMustShrink } from './architecture.js';
import { scanLength } from './scan-length.js';
import { scanForReturnAddress } from './scan.js';
import { callerByCfi } from './stack-cfi.js';

/** x86-64: STACK CFI, then rbp chains with checks, then scanning. */
export const amd64: Architecture = {
  wordBytes: 8,
  instruction: 'rip',
  stack: 'rsp',
  calleeSaved: ['rbx', 'rbp', 'r12', 'r13', 'r14', 'r15'],
  registers: new Set([
    ...['rip', 'rsp', 'rbp', 'rbx', 'rax', 'rcx', 'rdx', 'rsi', 'rdi'],
    ...['r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'],
  ]),
  aliases: new Map(),
  callLength: 1n,
  methods: [
    { name: 'cfi', find: (step) => callerByCfi(amd64, step, { returnAddressName: 'rip' }) },
    { name: 'frame_pointer', find: callerByFramePointer },
    { name: 'scan', find: callerByScan },
  ],
  endOfStack: stackMustShrink({ stack: 'rsp' }),
};

const largestFrame = 128n * 1024n;

/** With 48 bits of address, bit 47 is repeated in all bits above it; what lies between can be no address. */
function isNonCanonical(address: AbsoluteAddress): boolean {
  return address > 0x7fff_ffff_ffffn && address < 0xffff_8000_0000_0000n;
}

/**
 * On Windows the frame register points 0 to 240 bytes, in steps of 16, below the end of the locals (the
 * FrameOffset field of UNWIND_INFO); as that is not known here, each step is tried and the first that passes wins.
 */
function callerByFramePointer(step: UnwindStep): Attempt {
  const rbp = step.callee.context.registers.get('rbp');
  if (rbp === undefined) return nothing('failed', 'rbp is unknown');
  if (rbp >= 0xffff_ffff_ffff_ffffn - 16n) return nothing('rejected', 'rbp is at the end of the address space');
  const steps = step.os === 'Windows NT' ? 16n : 1n;
  let refusal: Attempt = nothing('rejected', 'rbp does not point into the stack');
  for (let index = 0n; index < steps; index++) {
    const attempt = callerWithFrameAt(step, rbp, rbp + index * 16n);
    if (attempt === 'end') return refusal;
    if (attempt.kind === 'found') return attempt;
    refusal = attempt;
  }
  return refusal;
}

/** 'end' when the stack has no such words: then further steps have none either. */
function callerWithFrameAt(step: UnwindStep, rbp: AbsoluteAddress, frame: AbsoluteAddress): Attempt | 'end' {
  const { stack } = step;
  const rsp = step.callee.context.registers.get('rsp');
  if (rsp === undefined) return nothing('failed', 'rsp is unknown');
  const rip = stack.word(frame + 8n, 8);
  const callerRbp = stack.word(frame, 8);
  if (rip === null || callerRbp === null) return 'end';
  const callerRsp = frame + 16n;
  if (callerRsp <= rbp || callerRbp < callerRsp) return nothing('rejected', 'the saved rbp points below its frame');
  if (stack.word(callerRbp, 8) === null) return 'end';
  if (isNonCanonical(rip)) return nothing('rejected', 'the return address is not canonical');
  if (callerRsp <= rsp) return nothing('rejected', 'the frame lies below rsp');
  if (stack.word(callerRsp, 8) === null) return nothing('rejected', 'the caller would be outside the stack');
  const registers = new Map([
    ['rip', rip],
    ['rsp', callerRsp],
    ['rbp', callerRbp],
  ]);
  return found({ registers, trust: 'frame_pointer', returnAddressSlot: frame + 8n });
}

async function callerByScan(step: UnwindStep): Promise<Attempt> {
  const { callee, stack } = step;
  const rsp = callee.context.registers.get('rsp');
  if (rsp === undefined) return nothing('failed', 'rsp is unknown');
  const { hit, rejected } = await scanForReturnAddress(step, {
    from: rsp,
    words: scanLength(callee.trust),
    wordBytes: 8,
    isPlausible: (value) => value !== 0n && !isNonCanonical(value),
  });
  if (hit === null) return nothing('failed', 'no word looks like a return address');
  const registers = new Map([
    ['rip', hit.value],
    ['rsp', hit.slot + 8n],
  ]);
  const rbp = callee.context.registers.get('rbp');
  const pushed = hit.index > 0 ? stack.word(hit.slot - 8n, 8) : null;
  if (rbp !== undefined && pushed !== null) {
    const isFrame = rbp === hit.slot - 8n && pushed > hit.slot && pushed - rbp <= largestFrame;
    if (!isFrame && rbp >= hit.slot + 8n) registers.set('rbp', rbp);
    if (isFrame && stack.word(pushed, 8) !== null) registers.set('rbp', pushed);
  }
  return found({ registers, trust: 'scan', returnAddressSlot: hit.slot, rejectedWords: rejected });
}
