import type { AbsoluteAddress } from '@faultline/sdk/units';
import type { Minidump } from '../minidump.js';
import { linuxMaps, type LinuxMapping } from '../streams/linux-maps.js';
import { type MemoryInfo, memoryInfoList } from '../streams/memory-info.js';

/** What the process could do with a part of its address space. */
export interface MemoryRegion {
  start: AbsoluteAddress;
  /** First address behind the region. */
  end: AbsoluteAddress;
  isReadable: boolean;
  isWritable: boolean;
  isExecutable: boolean;
  /** Windows: neither free nor merely reserved. */
  isCommitted: boolean;
  /** Windows: PAGE_GUARD is set. */
  isGuard: boolean;
  /** Linux: path, "[stack]", "[heap]"; "" when unknown. */
  name: string;
}

/** Regions sorted by start; null when the dump says nothing of them. Windows's list is preferred to Linux's maps. */
export function memoryMap(dump: Minidump): Promise<MemoryRegion[] | null> {
  return dump.once(memoryMap, async () => {
    const infos = await dump.get(memoryInfoList);
    const regions = infos?.map(ofMemoryInfo) ?? (await dump.get(linuxMaps))?.map(ofLinuxMapping) ?? null;
    return regions?.filter(({ start, end }) => start < end).sort(byStart) ?? null;
  });
}

function byStart(one: MemoryRegion, other: MemoryRegion): number {
  return one.start < other.start ? -1 : one.start > other.start ? 1 : 0;
}

/** PAGE_… constants of winnt.h. */
const readable = 0x02 | 0x04 | 0x20 | 0x40;
const writable = 0x04 | 0x08 | 0x40 | 0x80;
const executable = 0x10 | 0x20 | 0x40 | 0x80;
const guard = 0x100;
const committed = 0x1000;

function ofMemoryInfo(info: MemoryInfo): MemoryRegion {
  return {
    start: info.base,
    end: info.base + info.size,
    isReadable: (info.protection & readable) !== 0,
    isWritable: (info.protection & writable) !== 0,
    isExecutable: (info.protection & executable) !== 0,
    isCommitted: info.state === committed,
    isGuard: (info.protection & guard) !== 0,
    name: '',
  };
}

function ofLinuxMapping({ start, end, isReadable, isWritable, isExecutable, name }: LinuxMapping): MemoryRegion {
  return { start, end, isReadable, isWritable, isExecutable, isCommitted: true, isGuard: false, name };
}
