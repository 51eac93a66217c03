import type { Seconds } from '@faultline/sdk/units';
import type { CpuContext } from '../model/cpu-context.js';
import type { MemoryBlock } from '../model/memory-block.js';
import type { ModuleRecord, UnloadedModuleRecord } from '../model/module-record.js';
import type { DumpProblem } from '../reader/dump-problem.js';
import type { ShadowStack } from '../reader/contexts/shadow-stack.js';
import type { ProcessMemory } from '../reader/memory/process-memory.js';
import type { MemoryRegion } from '../reader/memory/memory-map.js';
import type { ExceptionRecord } from '../reader/streams/exception.js';
import type { SystemInfo } from '../reader/streams/system-info.js';
import type { ProcessFacts } from './process-facts.js';

/** What walking needs of a dump, of whatever format. */
export interface CrashDump {
  format: 'minidump' | 'microdump';
  system: SystemInfo;
  /** When the dump was written: seconds since 1970-01-01 UTC; 0 when it doesn't say. */
  timestamp: Seconds;
  threads: DumpThread[];
  /** Position in `threads` of the thread that crashed or asked for the dump; null when there is none. */
  requestingThread: number | null;
  exception: ExceptionRecord | null;
  /** Registers at the exception; null when the dump has none. */
  exceptionContext(): Promise<CpuContext | null>;
  /** In dump order; the first is the program. */
  modules: ModuleRecord[];
  /** The same as look-ups by address see them, where that differs: cut where one overlaps another. */
  reachableModules?: ModuleRecord[];
  unloadedModules: UnloadedModuleRecord[];
  memory: ProcessMemory;
  /** What the process could do with its address space; null when the dump doesn't say. */
  regions: MemoryRegion[] | null;
  facts: ProcessFacts;
  /** What could not be read so far, in the order met. */
  problems(): readonly DumpProblem[];
}

/** One thread; registers and stack are read when its turn comes. */
export interface DumpThread {
  index: number;
  threadId: number;
  /** null when the dump has no name for it. */
  name: string | null;
  /** This thread wrote the dump: its stack is of no interest and is not walked. */
  isDumpWriter: boolean;
  /** Thread environment block; 0 outside Windows. */
  teb: bigint;
  /** Registers where it stood: those of the exception for the thread that crashed. */
  context(): Promise<CpuContext | null>;
  stack(context: CpuContext): Promise<MemoryBlock | null>;
  /** Return addresses that the processor kept (amd64 with CET); null when the dump has none. */
  shadowStack(): Promise<ShadowStack | null>;
}
