import type { AbsoluteAddress } from '@faultline/sdk/units';
import { headedList } from '../list-layout.js';
import { defineStream } from '../stream-definition.js';

/** MINIDUMP_THREAD_INFO (minidumpapiset.h). Times are in units of 100 ns, points in time since 1601-01-01 UTC. */
export interface ThreadInfo {
  threadId: number;
  dumpFlags: number;
  dumpError: number;
  /** 259 (STILL_ACTIVE) for a thread that runs. */
  exitStatus: number;
  createTime: bigint;
  /** 0 for a thread that runs. */
  exitTime: bigint;
  kernelTime: bigint;
  userTime: bigint;
  startAddress: AbsoluteAddress;
  affinity: bigint;
}

/** Stream 17. */
export const threadInfoList = defineStream<ThreadInfo[]>(17, (stream, context) => {
  const shape = { entrySize: 64, limit: context.limits.threads, what: 'thread infos', countBits: 32 as const };
  const list = headedList(stream, context, shape);
  return Array.from({ length: list.count }, (_, index) => {
    const at = list.start + index * list.entrySize;
    return {
      threadId: stream.u32(at),
      dumpFlags: stream.u32(at + 4),
      dumpError: stream.u32(at + 8),
      exitStatus: stream.u32(at + 12),
      createTime: stream.u64(at + 16),
      exitTime: stream.u64(at + 24),
      kernelTime: stream.u64(at + 32),
      userTime: stream.u64(at + 40),
      startAddress: stream.u64(at + 48),
      affinity: stream.u64(at + 56),
    };
  });
});
