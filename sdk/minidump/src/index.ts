export type { CpuContext } from './model/cpu-context.js';
export { pointerRegisters } from './model/cpu-context.js';
export { type CpuArchitecture, cpuArchitectures, pointerSize } from './model/cpu.js';
export type { FrameEvidence, FrameTrust, WalkedFrame } from './model/frame.js';
export type { MemoryBlock } from './model/memory-block.js';
export type { ModuleRecord, UnloadedModuleRecord } from './model/module-record.js';
export { type OperatingSystem, operatingSystems } from './model/operating-system.js';

export { looksLikeMinidump, type MinidumpHeader, type StreamEntry } from './reader/directory.js';
export type { DumpProblem } from './reader/dump-problem.js';
export { defaultLimits, type MinidumpLimits } from './reader/limits.js';
export { Minidump, type OpenOptions } from './reader/minidump.js';
export { type DecodeContext, defineStream, type StreamDefinition } from './reader/stream-definition.js';
export { streamName } from './reader/stream-names.js';
export { readContext } from './reader/contexts/cpu-context.js';
export { ProcessMemory, processMemory } from './reader/memory/process-memory.js';
export { threadStack } from './reader/memory/thread-stack.js';
export { type ExceptionRecord, exceptionStream } from './reader/streams/exception.js';
export { memory64List, memoryList, type StoredRange } from './reader/streams/memory-lists.js';
export { moduleList } from './reader/streams/module-list.js';
export { systemInfo, type SystemInfo } from './reader/streams/system-info.js';
export { type Location, threadList, type ThreadRecord } from './reader/streams/thread-list.js';

export type {
  CodeViewDescription,
  DumpDescription,
  ExceptionDescription,
  MemoryDescription,
  ModuleDescription,
  RegisterValues,
  StackDescription,
  SystemDescription,
  ThreadDescription,
} from './writer/dump-description.js';
export type { Contents, SparseContents } from './writer/dump-layout.js';
export { writeMinidump, writeMinidumpSource } from './writer/minidump-writer.js';
