import { analyzeCrash, type CrashAnalysis, type CrashFacts } from '../analysis/index.js';
import type { CpuContext } from '../model/cpu-context.js';
import { pointerRegisters } from '../model/cpu-context.js';
import type { CrashReason } from '../reason/crash-reason.js';
import type { ModuleMap } from '../unwind/index.js';
import type { CrashDump } from './crash-dump.js';
import type { WalkedThread } from './walk-result.js';

/** The longest x86 instruction. */
const longestInstruction = 15;

function instructionPointer(context: CpuContext): bigint {
  return context.registers.get(pointerRegisters[context.cpu].instruction) ?? 0n;
}

/** Everything that is concluded from the crash, once its thread is walked. */
export async function analyzedCrash(
  crash: CrashReason,
  { dump, threads, modules }: { dump: CrashDump; threads: readonly WalkedThread[]; modules: ModuleMap },
): Promise<CrashAnalysis> {
  const crashing = dump.requestingThread === null ? undefined : threads[dump.requestingThread];
  const context = (await dump.exceptionContext()) ?? crashing?.frames[0]?.context ?? null;
  const facts: CrashFacts = {
    cpu: dump.system.cpu,
    os: dump.system.os,
    exception: crash,
    context,
    code: context === null ? null : await dump.memory.read(instructionPointer(context), longestInstruction),
    readWord: (address, size) => dump.memory.readNumber(address, size),
    regions: dump.regions,
    modules,
    stacks: threads.flatMap(({ index, stackRange }) =>
      stackRange === null ? [] : [{ threadIndex: index, ...stackRange }],
    ),
    crashingThread: dump.requestingThread,
    frames: crashing?.frames ?? [],
  };
  return analyzeCrash(facts);
}
