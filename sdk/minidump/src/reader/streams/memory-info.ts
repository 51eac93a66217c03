import type { AbsoluteAddress } from '@faultline/sdk/units';
import { headedList } from '../list-layout.js';
import { defineStream } from '../stream-definition.js';

/** MINIDUMP_MEMORY_INFO (minidumpapiset.h); the constants are those of winnt.h. */
export interface MemoryInfo {
  base: AbsoluteAddress;
  size: bigint;
  allocationBase: AbsoluteAddress;
  allocationProtection: number;
  /** 0x1000 committed, 0x2000 reserved, 0x10000 free. */
  state: number;
  /** PAGE_… bits. */
  protection: number;
  /** 0x20000 private, 0x40000 mapped, 0x1000000 image. */
  type: number;
}

/** Stream 16, in dump order. */
export const memoryInfoList = defineStream<MemoryInfo[]>(16, (stream, context) => {
  const limit = context.limits.memoryInfoEntries;
  const list = headedList(stream, context, { entrySize: 48, limit, what: 'memory infos', countBits: 64 });
  return Array.from({ length: list.count }, (_, index) => {
    const at = list.start + index * list.entrySize;
    return {
      base: stream.u64(at),
      allocationBase: stream.u64(at + 8),
      allocationProtection: stream.u32(at + 16),
      size: stream.u64(at + 24),
      state: stream.u32(at + 32),
      protection: stream.u32(at + 36),
      type: stream.u32(at + 40),
    };
  });
});
