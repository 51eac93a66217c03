/** What a made-up crash looks like. Stacks are written as people draw them, the crashing function first. */
import type { CpuArchitecture, OperatingSystem } from '@faultline/minidump';

export interface SampleFrame {
  module: string;
  /** Null: the module has no symbols. */
  function: string | null;
  /** File and line of the call, or of the crash in the first frame. */
  file?: string;
  line?: number;
}

export interface SampleModule {
  /** Path in the program's own file system. */
  path: string;
  /** Name of the debug file; equal to the last part of the path on Linux and macOS. */
  debugFile: string;
  hasSymbols: boolean;
  version?: string;
}

export interface SampleCrash {
  name: string;
  product: string;
  /** Oldest first; later reports tend to come from later versions. */
  versions: string[];
  channel: string;
  processType: string;
  os: OperatingSystem;
  /** Goes to the system info: major, minor, build. */
  osVersion: [number, number, number];
  /** Linux: description of the distribution. */
  distribution?: string;
  cpu: CpuArchitecture;
  modules: SampleModule[];
  thread: string;
  /** Names of threads that merely wait. */
  otherThreads: string[];
  stack: SampleFrame[];
  exception: { code: number; flags?: number; address: bigint; information?: bigint[] };
  /** Machine code at the instruction pointer. */
  code?: number[];
  registers?: Record<string, bigint>;
  annotations?: Record<string, string>;
  /** How many of the reports are of this crash, relative to the others. */
  weight: number;
  /** Part of the range, 0 to 1, before which it did not occur. */
  since?: number;
}
