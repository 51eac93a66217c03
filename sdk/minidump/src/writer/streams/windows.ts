import type { AbsoluteAddress, Bytes, Seconds } from '@faultline/sdk/units';
import type { DumpLayout } from '../dump-layout.js';

/** Streams of minidumpapiset.h besides the core ones. Other systems' writers use some of them too. */
export interface WindowsDescription {
  unloadedModules?: { base: AbsoluteAddress; size: Bytes; name: string; timestamp?: number; checksum?: number }[];
  handles?: HandleDescription[];
  miscInfo?: MiscInfoDescription;
  memoryInfo?: MemoryInfoDescription[];
  threadInfo?: ThreadInfoDescription[];
  commentA?: string;
  commentW?: string;
}

export interface HandleDescription {
  handle: bigint | number;
  typeName?: string;
  objectName?: string;
  attributes?: number;
  grantedAccess?: number;
  handleCount?: number;
  pointerCount?: number;
}

/** Fields that are given set their bits of Flags1; `version` 1 to 5 sets the size of the record. */
export interface MiscInfoDescription {
  version?: 1 | 2 | 3 | 4 | 5;
  processId?: number;
  createTime?: Seconds;
  userTime?: Seconds;
  kernelTime?: Seconds;
  processorMhz?: { max: number; current: number; limit: number };
  integrityLevel?: number;
  executeFlags?: number;
  protectedProcess?: number;
  timeZone?: { id: number; biasMinutes: number; standardName: string; daylightName: string };
  buildString?: string;
  debugBuildString?: string;
  processCookie?: number;
}

/** Constants of winnt.h: state 0x1000 commit, 0x2000 reserve, 0x10000 free; protection 0x04 readwrite and so on. */
export interface MemoryInfoDescription {
  base: AbsoluteAddress;
  size: bigint | number;
  state?: number;
  protection?: number;
  type?: number;
  allocationBase?: AbsoluteAddress;
  allocationProtection?: number;
}

export interface ThreadInfoDescription {
  threadId: number;
  startAddress?: AbsoluteAddress;
  /** Units of 100 ns; `createTime` since 1601. */
  createTime?: bigint;
  kernelTime?: bigint;
  userTime?: bigint;
  exitStatus?: number;
}

export function writeWindowsStreams(dump: WindowsDescription, layout: DumpLayout): void {
  if (dump.unloadedModules !== undefined) {
    const list = layout.writer().u32(12, 24, dump.unloadedModules.length);
    for (const { base, size, checksum, timestamp, name } of dump.unloadedModules) {
      list.u64(base).u32(size, checksum ?? 0, timestamp ?? 0, layout.utf16String(name));
    }
    layout.stream(14, list.finish());
  }
  if (dump.handles !== undefined) writeHandles(dump.handles, layout);
  if (dump.miscInfo !== undefined) layout.stream(15, miscInfoBytes(dump.miscInfo, layout));
  if (dump.memoryInfo !== undefined) writeMemoryInfo(dump.memoryInfo, layout);
  if (dump.threadInfo !== undefined) {
    const list = layout.writer().u32(12, 64, dump.threadInfo.length);
    for (const info of dump.threadInfo) {
      list.u32(info.threadId, 0, 0, info.exitStatus ?? 0x103).u64(info.createTime ?? 0n, 0n);
      list.u64(info.kernelTime ?? 0n, info.userTime ?? 0n, info.startAddress ?? 0n, 1n);
    }
    layout.stream(17, list.finish());
  }
  if (dump.commentA !== undefined) layout.stream(10, layout.writer().utf8(`${dump.commentA}\0`).finish());
  if (dump.commentW !== undefined) layout.stream(11, layout.writer().utf16(`${dump.commentW}\0`).finish());
}

function writeHandles(handles: HandleDescription[], layout: DumpLayout): void {
  const list = layout.writer().u32(16, 32, handles.length, 0);
  const name = (text: string | undefined) => (text === undefined ? 0 : layout.utf16String(text));
  for (const entry of handles) {
    list.u64(entry.handle).u32(name(entry.typeName), name(entry.objectName));
    list.u32(entry.attributes ?? 0, entry.grantedAccess ?? 0, entry.handleCount ?? 1, entry.pointerCount ?? 1);
  }
  layout.stream(12, list.finish());
}

function writeMemoryInfo(entries: MemoryInfoDescription[], layout: DumpLayout): void {
  const list = layout.writer().u32(16, 48).u64(entries.length);
  for (const entry of entries) {
    list.u64(entry.base, entry.allocationBase ?? entry.base).u32(entry.allocationProtection ?? 0, 0);
    list.u64(entry.size).u32(entry.state ?? 0x1000, entry.protection ?? 0x04, entry.type ?? 0x20000, 0);
  }
  layout.stream(16, list.finish());
}

/** Sizes of MINIDUMP_MISC_INFO, _2, … _5. */
const miscInfoSizes = { 1: 24, 2: 44, 3: 232, 4: 832, 5: 1364 };

function miscInfoBytes(info: MiscInfoDescription, layout: DumpLayout): Uint8Array {
  const size = miscInfoSizes[info.version ?? 1];
  const given: [unknown, number][] = [
    [info.processId, 0x1],
    [info.createTime ?? info.userTime ?? info.kernelTime, 0x2],
    [info.processorMhz, 0x4],
    [info.integrityLevel, 0x10],
    [info.executeFlags, 0x20],
    [info.timeZone, 0x40],
    [info.protectedProcess, 0x80],
    [info.buildString, 0x100],
    [info.processCookie, 0x200],
  ];
  const flags = given.reduce((bits, [value, bit]) => (value === undefined ? bits : bits | bit), 0);
  const { max = 0, current = 0, limit = 0 } = info.processorMhz ?? {};
  const record = layout.writer().u32(size, flags, info.processId ?? 0, info.createTime ?? 0);
  record.u32(info.userTime ?? 0, info.kernelTime ?? 0, max, current, limit, 0, 0);
  record.u32(info.integrityLevel ?? 0, info.executeFlags ?? 0, info.protectedProcess ?? 0, info.timeZone?.id ?? 0);
  record
    .u32((info.timeZone?.biasMinutes ?? 0) >>> 0)
    .utf16Field(info.timeZone?.standardName ?? '', 32)
    .zeros(20);
  record.utf16Field(info.timeZone?.daylightName ?? '', 32).zeros(20);
  record.utf16Field(info.buildString ?? '', 260).utf16Field(info.debugBuildString ?? '', 40);
  record.zeros(528).u32(info.processCookie ?? 0);
  return record.finish().subarray(0, size);
}
