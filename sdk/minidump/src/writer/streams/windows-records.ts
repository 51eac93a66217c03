import type { FunctionTable } from '../../reader/streams/function-tables.js';
import type { HandleOperation } from '../../reader/streams/handle-operations.js';
import type { ProcessVmCounters, SystemMemoryInfo } from '../../reader/streams/system-memory.js';
import type { TokenRecord } from '../../reader/streams/tokens.js';
import type { DumpLayout } from '../dump-layout.js';

/** Rarer streams of minidumpapiset.h, described by what the reader gives. */
export interface WindowsRecordsDescription {
  functionTables?: Omit<FunctionTable, 'entryCount' | 'entrySize'>[];
  handleOperations?: HandleOperation[];
  /** Contents are zeros of the size given. */
  tokens?: TokenRecord[];
  systemMemory?: SystemMemoryInfo;
  /** With a virtual size or a job's numbers it is the second revision. */
  vmCounters?: ProcessVmCounters;
}

export function writeWindowsRecords(dump: WindowsRecordsDescription, layout: DumpLayout): void {
  if (dump.functionTables !== undefined) writeFunctionTables(dump.functionTables, layout);
  if (dump.handleOperations !== undefined) writeHandleOperations(dump.handleOperations, layout);
  if (dump.tokens !== undefined) writeTokens(dump.tokens, layout);
  if (dump.systemMemory !== undefined) writeSystemMemory(dump.systemMemory, layout);
  if (dump.vmCounters !== undefined) writeVmCounters(dump.vmCounters, layout);
}

/** x64: native descriptors of 88 bytes (DYNAMIC_FUNCTION_TABLE), entries of 12. */
function writeFunctionTables(
  tables: NonNullable<WindowsRecordsDescription['functionTables']>,
  layout: DumpLayout,
): void {
  const stream = layout.writer().u32(24, 32, 88, 12, tables.length, 0);
  for (const { minimumAddress, maximumAddress, baseAddress, functions } of tables) {
    const padding = (functions.length * 12) % 8;
    stream.u64(minimumAddress, maximumAddress, baseAddress).u32(functions.length, padding).zeros(88);
    for (const { begin, end, unwindInfo } of functions) stream.u32(begin, end, unwindInfo);
    stream.zeros(padding);
  }
  layout.stream(13, stream.finish());
}

const operations = ['unused', 'open', 'close', 'bad-reference', 'unknown'];

function writeHandleOperations(entries: HandleOperation[], layout: DumpLayout): void {
  const list = layout.writer().u32(16, 288, entries.length, 0);
  for (const { handle, processId, threadId, operation, trace } of entries) {
    list.u64(handle).u32(processId, threadId, operations.indexOf(operation), 0, trace.length, 0);
    list.u64(...trace.slice(0, 32)).zeros((32 - Math.min(32, trace.length)) * 8);
  }
  layout.stream(18, list.finish());
}

function writeTokens(tokens: TokenRecord[], layout: DumpLayout): void {
  const total = tokens.reduce((sum, { size }) => sum + size, 16);
  const list = layout.writer().u32(total, tokens.length, 16, 16);
  for (const { id, handle, size } of tokens) {
    list
      .u32(size, id)
      .u64(handle)
      .zeros(Math.max(0, size - 16));
  }
  layout.stream(19, list.finish());
}

/** MINIDUMP_SYSTEM_MEMORY_INFO_1: what is not described is 0. */
function writeSystemMemory(memory: SystemMemoryInfo, layout: DumpLayout): void {
  const stream = layout.writer().u16(1, 2).u32(0, memory.pageSize, memory.physicalPages, 0, 0);
  stream.u32(memory.allocationGranularity).zeros(24).u32(memory.processors).zeros(60);
  stream.u64(memory.availablePages, memory.committedPages, memory.commitLimit, memory.peakCommitment);
  layout.stream(21, stream.zeros(344).finish());
}

function writeVmCounters(counters: ProcessVmCounters, layout: DumpLayout): void {
  const { virtualSize, peakVirtualSize, jobTotalCommitLimit } = counters;
  const flags = (virtualSize === null ? 0 : 2) | (jobTotalCommitLimit === null ? 0 : 16);
  const stream = layout.writer();
  stream.u16(flags === 0 ? 1 : 2, flags).u32(counters.pageFaultCount);
  stream.u64(counters.peakWorkingSetSize, counters.workingSetSize, 0, 0, 0, 0);
  stream.u64(counters.pagefileUsage, counters.peakPagefileUsage);
  if (flags !== 0) stream.u64(peakVirtualSize ?? 0, virtualSize ?? 0);
  stream.u64(counters.privateUsage);
  if (flags !== 0) {
    stream.u64(0, 0, 0, counters.jobPrivateCommitUsage ?? 0, 0);
    stream.u64(counters.jobPrivateCommitLimit ?? 0, jobTotalCommitLimit ?? 0);
  }
  layout.stream(22, stream.finish());
}
