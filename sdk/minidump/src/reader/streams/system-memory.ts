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
  /** Revision 2 alone has what follows, each where its flag says so; null otherwise. */
  virtualSize: bigint | null;
  peakVirtualSize: bigint | null;
  /** Limits and use of the job object that the process runs in: the job's memory limit may have been hit. */
  jobTotalCommitLimit: bigint | null;
  jobPrivateCommitUsage: bigint | null;
  jobPrivateCommitLimit: bigint | null;
}

/** MINIDUMP_PROCESS_VM_COUNTERS_VIRTUALSIZE and _JOB. */
const hasVirtualSize = 2;
const hasJob = 16;

/** Stream 22. Revision 1 has no flags, but the same 2 bytes are padding there. */
export const processVmCounters = defineStream<ProcessVmCounters>(22, (stream) => {
  const isSecond = stream.u16(0) >= 2;
  const flags = isSecond ? stream.u16(2) : 0;
  const when = (flag: number, offset: number) =>
    (flags & flag) !== 0 && stream.length >= offset + 8 ? stream.u64(offset) : null;
  return {
    pageFaultCount: stream.u32(4),
    peakWorkingSetSize: stream.u64(8),
    workingSetSize: stream.u64(16),
    pagefileUsage: stream.u64(56),
    peakPagefileUsage: stream.u64(64),
    privateUsage: stream.u64(isSecond ? 88 : 72),
    peakVirtualSize: when(hasVirtualSize, 72),
    virtualSize: when(hasVirtualSize, 80),
    jobPrivateCommitUsage: when(hasJob, 120),
    jobPrivateCommitLimit: when(hasJob, 136),
    jobTotalCommitLimit: when(hasJob, 144),
  };
});
