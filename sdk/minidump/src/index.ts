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
export { readShadowStack, type ShadowStack } from './reader/contexts/shadow-stack.js';
export { ProcessMemory, processMemory } from './reader/memory/process-memory.js';
export { type ChainedException, exceptionChain } from './reader/memory/exception-chain.js';
export { memoryMap, type MemoryRegion } from './reader/memory/memory-map.js';
export { threadStack } from './reader/memory/thread-stack.js';
export { type AssertionInfo, assertionInfo, type BreakpadInfo, breakpadInfo } from './reader/streams/breakpad.js';
export { commentA, commentW } from './reader/streams/comments.js';
export {
  type CrashpadAnnotation,
  type CrashpadInfo,
  crashpadInfo,
  type CrashpadModule,
} from './reader/streams/crashpad.js';
export { type DsoDebug, linuxDsoDebug } from './reader/streams/dso-debug.js';
export { type FunctionTable, functionTables } from './reader/streams/function-tables.js';
export { type HandleOperation, handleOperationList } from './reader/streams/handle-operations.js';
export { handleData, type HandleRecord } from './reader/streams/handles.js';
export { linuxProcLimits, type ProcessLimit } from './reader/streams/linux-limits.js';
export { linuxMaps, type LinuxMapping } from './reader/streams/linux-maps.js';
export {
  type KeyValues,
  linuxAuxv,
  linuxCmdLine,
  linuxCpuInfo,
  linuxEnviron,
  linuxLsbRelease,
  linuxProcStatus,
  type LsbRelease,
} from './reader/streams/linux-text.js';
export { macBootArgs, macCrashInfo, type MacCrashRecord } from './reader/streams/mac.js';
export { type MemoryInfo, memoryInfoList } from './reader/streams/memory-info.js';
export { type MiscInfo, miscInfo, type TimeZone } from './reader/streams/misc-info.js';
export { softErrors } from './reader/streams/soft-errors.js';
export { type StabilityProcess, type StabilityReport, stabilityReport } from './reader/streams/stability-report.js';
export { type TokenRecord, tokenInfoList } from './reader/streams/tokens.js';
export {
  type ProcessVmCounters,
  processVmCounters,
  type SystemMemoryInfo,
  systemMemoryInfo,
} from './reader/streams/system-memory.js';
export { type ThreadInfo, threadInfoList } from './reader/streams/thread-info.js';
export { threadNames } from './reader/streams/thread-names.js';
export { unloadedModuleList } from './reader/streams/unloaded-modules.js';
export { type ExceptionRecord, exceptionStream } from './reader/streams/exception.js';
export { memory64List, memoryList, type StoredRange } from './reader/streams/memory-lists.js';
export { moduleList } from './reader/streams/module-list.js';
export { systemInfo, type SystemInfo } from './reader/streams/system-info.js';
export { type Location, threadExList, threadList, type ThreadRecord } from './reader/streams/thread-list.js';

export {
  type KnownFacts,
  type WalkLimits,
  type WalkOptions,
  walkCrashDump,
  walkMinidump,
} from './walk/walk-minidump.js';
export { openCrashDump } from './walk/open-crash-dump.js';
export { minidumpCrashDump } from './walk/minidump-crash-dump.js';
export type { CrashDump, DumpThread } from './walk/crash-dump.js';
export type { ProcessFacts } from './walk/process-facts.js';
export type { WalkedShadowStack, WalkedThread, WalkResult } from './walk/walk-result.js';
export { findMicrodumps } from './microdump/microdump-text.js';
export { walkJson, walkJsonText } from './output/walk-json.js';
export { breakpadText } from './output/breakpad-text.js';
export { humanText, type HumanTextOptions } from './output/human-text.js';
export type { JsonObject, JsonValue } from './output/json-value.js';

export { type CrashReason, crashReason } from './reason/crash-reason.js';
export { windowsError } from './reason/windows-reason.js';

export type {
  CodeViewDescription,
  DumpDescription,
  ExceptionDescription,
  MemoryDescription,
  ModuleDescription,
  RegisterValues,
  ShadowStackDescription,
  StackDescription,
  SystemDescription,
  ThreadDescription,
} from './writer/dump-description.js';
export type { Contents, SparseContents } from './writer/dump-layout.js';
export { writeMinidump, writeMinidumpSource } from './writer/minidump-writer.js';

export type { CrashAnalysis, ThreadGroup, Verdict, VerdictKind } from './analysis/index.js';
export { classifyPointer, type PointerKind } from './analysis/pointer-kind.js';
export { RegionMap } from './analysis/region-map.js';
export { defaultUnwindLimits, ModuleMap, type UnwindLimits, type UnwindSummary } from './unwind/index.js';
