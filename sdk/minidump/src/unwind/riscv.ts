import type { Architecture, Attempt, UnwindStep } from './architecture.js';
import { found, nothing } from './architecture.js';
import { callerByPlainScan, leafMayKeepStack } from './arm.js';
import { scanLength } from './scan-length.js';
import { callerByCfi } from './stack-cfi.js';

const saved = Array.from({ length: 11 }, (_, index) => `s${String(index + 1)}`);
const temporaries = Array.from({ length: 7 }, (_, index) => `t${String(index)}`);
const parameters = Array.from({ length: 8 }, (_, index) => `a${String(index)}`);

/**
 * RISC-V, 32 and 64 bit: STACK CFI, then s0 (fp) chains, then scanning. The psABI puts the return address one word
 * and the caller's s0 two words below the address in s0.
 */
function riscvOf(wordBytes: 4 | 8): Architecture {
  const architecture: Architecture = {
    wordBytes,
    instruction: 'pc',
    stack: 'sp',
    calleeSaved: ['s0', ...saved],
    registers: new Set(['pc', 'ra', 'sp', 'gp', 'tp', 's0', ...saved, ...temporaries, ...parameters]),
    aliases: new Map([
      ['fp', 's0'],
      ['x1', 'ra'],
      ['x2', 'sp'],
      ['x8', 's0'],
    ]),
    callLength: 4n,
    methods: [
      { name: 'cfi', find: (step) => callerByCfi(architecture, step) },
      { name: 'frame_pointer', find: (step) => callerByFramePointer(step, wordBytes) },
      {
        name: 'scan',
        find: (step) =>
          callerByPlainScan(architecture, step, {
            words: scanLength(step.callee.trust),
            isPlausible: (value) => value >= 0x1000n,
          }),
      },
    ],
    endOfStack: leafMayKeepStack,
  };
  return architecture;
}

function callerByFramePointer({ callee, stack }: UnwindStep, wordBytes: 4 | 8): Attempt {
  const word = BigInt(wordBytes);
  const fp = callee.context.registers.get('s0');
  const sp = callee.context.registers.get('sp');
  if (fp === undefined || sp === undefined) return nothing('failed', 's0 or sp is unknown');
  const pc = stack.word(fp - word, wordBytes);
  const callerFp = stack.word(fp - 2n * word, wordBytes);
  if (pc === null || callerFp === null) return nothing('rejected', 's0 does not point into the stack');
  if (fp <= sp) return nothing('rejected', 's0 lies below sp');
  const registers = new Map([
    ['pc', pc],
    ['sp', fp],
    ['s0', callerFp],
  ]);
  return found({ registers, trust: 'frame_pointer', returnAddressSlot: fp - word });
}

export const riscv = riscvOf(4);
export const riscv64 = riscvOf(8);
