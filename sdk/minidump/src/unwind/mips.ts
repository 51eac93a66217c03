import type { Architecture } from './architecture.js';
import { callerByPlainScan, leafMayKeepStack } from './arm.js';
import type { ModuleMap } from './module-map.js';
import { callerByCfi } from './stack-cfi.js';

const saved = ['s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7', 'gp', 'sp', 'fp'];
const others = ['zero', 'at', 'v0', 'v1', 'a0', 'a1', 'a2', 'a3', 'k0', 'k1', 'ra', 'pc'];
const temporaries = Array.from({ length: 10 }, (_, index) => `t${String(index)}`);

const callLength = 8n;

/** Bytes of stack that a scan looks at. */
const scannedBytes = 1024;
/** The o32 calling convention reserves room for four arguments in every frame that calls. */
const argumentWords = 4;

/**
 * Two instructions stand before a return address: the call and its delay slot. A word that is a module's base has
 * none; the linker keeps such words (Breakpad's microdump-mips32.dmp has 0x77be9000, where liblog.so ends and the
 * linker begins; rust-minidump would take it for a return into liblog.so).
 */
function isBehindCall(modules: ModuleMap, returnAddress: bigint): boolean {
  const module = modules.moduleAt(returnAddress - callLength);
  return module !== null && modules.moduleAt(returnAddress) === module;
}

/** MIPS has no frame pointer convention: STACK CFI, then scanning. `jal` leaves pc + 8 in ra, for the delay slot. */
function mipsOf(wordBytes: 4 | 8): Architecture {
  const architecture: Architecture = {
    wordBytes,
    instruction: 'pc',
    stack: 'sp',
    calleeSaved: saved,
    registers: new Set([...saved, ...others, ...temporaries]),
    aliases: new Map([['s8', 'fp']]),
    callLength,
    methods: [
      { name: 'cfi', find: (step) => callerByCfi(architecture, step) },
      {
        name: 'scan',
        find: (step) => {
          const skipWords = wordBytes === 4 && step.callee.trust !== 'context' ? argumentWords : 0;
          const words = scannedBytes / wordBytes - skipWords;
          const isPlausible = (value: bigint) => value >= 0x1000n && isBehindCall(step.modules, value);
          return callerByPlainScan(architecture, step, { words, skipWords, isPlausible });
        },
      },
    ],
    endOfStack: leafMayKeepStack,
  };
  return architecture;
}

export const mips = mipsOf(4);
export const mips64 = mipsOf(8);
