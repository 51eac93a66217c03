import type { Architecture } from './architecture.js';
import { callerByPlainScan, leafMayKeepStack } from './arm.js';
import { callerByCfi } from './stack-cfi.js';

const saved = ['s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7', 'gp', 'sp', 'fp'];
const others = ['zero', 'at', 'v0', 'v1', 'a0', 'a1', 'a2', 'a3', 'k0', 'k1', 'ra', 'pc'];
const temporaries = Array.from({ length: 10 }, (_, index) => `t${String(index)}`);

/** Bytes of stack that a scan looks at. */
const scannedBytes = 1024;
/** The o32 calling convention reserves room for four arguments in every frame that calls. */
const argumentWords = 4;

/** MIPS has no frame pointer convention: STACK CFI, then scanning. `jal` leaves pc + 8 in ra, for the delay slot. */
function mipsOf(wordBytes: 4 | 8): Architecture {
  const architecture: Architecture = {
    wordBytes,
    instruction: 'pc',
    stack: 'sp',
    calleeSaved: saved,
    registers: new Set([...saved, ...others, ...temporaries]),
    aliases: new Map([['s8', 'fp']]),
    callLength: 8n,
    methods: [
      { name: 'cfi', find: (step) => callerByCfi(architecture, step) },
      {
        name: 'scan',
        find: (step) => {
          const skipWords = wordBytes === 4 && step.callee.trust !== 'context' ? argumentWords : 0;
          const words = scannedBytes / wordBytes - skipWords;
          return callerByPlainScan(architecture, step, { words, skipWords, isPlausible: (value) => value >= 0x1000n });
        },
      },
    ],
    endOfStack: leafMayKeepStack,
  };
  return architecture;
}

export const mips = mipsOf(4);
export const mips64 = mipsOf(8);
