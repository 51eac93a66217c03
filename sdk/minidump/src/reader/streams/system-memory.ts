import type { Bytes } from '@faultline/sdk/units';
import { defineStream } from '../stream-definition.js';

/** The parts of MINIDUMP_SYSTEM_MEMORY_INFO_1 (minidumpapiset.h) that tell whether the machine was out of memory. */
export interface SystemMemoryInfo {
  pageSize: Bytes;
  physicalPages: number;
  allocationGranularity: Bytes;
  processors: number;
  /** In pages. */
  availablePages: bigint;
  committedPages: bigint;
  commitLimit: bigint;
  peakCommitment: bigint;
}

/** Stream 21: revision and flags, basic information from 4, file cache from 56, basic performance from 116. */
export const systemMemoryInfo = defineStream<SystemMemoryInfo>(21, (stream) => ({
  pageSize: stream.u32(8),
  physicalPages: stream.u32(12),
  allocationGranularity: stream.u32(24),
  processors: stream.u32(52),
  availablePages: stream.u64(116),
  committedPages: stream.u64(124),
  commitLimit: stream.u64(132),
  peakCommitment: stream.u64(140),
}));

/** MINIDUMP_PROCESS_VM_COUNTERS_1 and _2 (minidumpapiset.h), bytes but for the fault count. */
export interface ProcessVmCounters {
  pageFaultCount: number;
  peakWorkingSetSize: bigint;
  workingSetSize: bigint;
  pagefileUsage: bigint;
  peakPagefileUsage: bigint;
  privateUsage: bigint;
}

/** Stream 22. Revision 2 has the virtual sizes before the private usage. */
export const processVmCounters = defineStream<ProcessVmCounters>(22, (stream) => ({
  pageFaultCount: stream.u32(4),
  peakWorkingSetSize: stream.u64(8),
  workingSetSize: stream.u64(16),
  pagefileUsage: stream.u64(56),
  peakPagefileUsage: stream.u64(64),
  privateUsage: stream.u64(stream.u16(0) >= 2 ? 88 : 72),
}));
