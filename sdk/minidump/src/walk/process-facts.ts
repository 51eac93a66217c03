import type { Bytes, Seconds } from '@faultline/sdk/units';
import type { MicrodumpFacts } from '../microdump/microdump-text.js';
import type { ChainedException } from '../reader/memory/exception-chain.js';
import type { Minidump } from '../reader/minidump.js';
import { exceptionChain } from '../reader/memory/exception-chain.js';
import { streamName } from '../reader/stream-names.js';
import { type AssertionInfo, assertionInfo } from '../reader/streams/breakpad.js';
import { commentA, commentW } from '../reader/streams/comments.js';
import { type CrashpadInfo, crashpadInfo } from '../reader/streams/crashpad.js';
import { type DsoDebug, linuxDsoDebug } from '../reader/streams/dso-debug.js';
import { type FunctionTable, functionTables } from '../reader/streams/function-tables.js';
import { type HandleOperation, handleOperationList } from '../reader/streams/handle-operations.js';
import { handleData, type HandleRecord } from '../reader/streams/handles.js';
import { linuxProcLimits, type ProcessLimit } from '../reader/streams/linux-limits.js';
import { linuxMaps } from '../reader/streams/linux-maps.js';
import {
  type KeyValues,
  linuxAuxv,
  linuxCmdLine,
  linuxCpuInfo,
  linuxEnviron,
  linuxLsbRelease,
  linuxProcStatus,
  type LsbRelease,
} from '../reader/streams/linux-text.js';
import { macBootArgs, macCrashInfo, type MacCrashRecord } from '../reader/streams/mac.js';
import { type MiscInfo, miscInfo } from '../reader/streams/misc-info.js';
import { softErrors } from '../reader/streams/soft-errors.js';
import { type StabilityReport, stabilityReport } from '../reader/streams/stability-report.js';
import {
  type ProcessVmCounters,
  processVmCounters,
  type SystemMemoryInfo,
  systemMemoryInfo,
} from '../reader/streams/system-memory.js';
import { type ThreadInfo, threadInfoList } from '../reader/streams/thread-info.js';
import { type TokenRecord, tokenInfoList } from '../reader/streams/tokens.js';

/** What a dump says of the process besides threads, modules and memory. Null or empty: it says nothing. */
export interface ProcessFacts {
  pid: number | null;
  uptime: Seconds | null;
  /** Microcode revision of the CPU. */
  microcode: bigint | null;
  linuxMapCount: number | null;
  lsbRelease: LsbRelease | null;
  limits: ProcessLimit[] | null;
  handles: HandleRecord[] | null;
  macCrashInfo: MacCrashRecord[] | null;
  macBootArgs: string | null;
  /** Any JSON value. */
  softErrors: unknown;
  assertion: AssertionInfo | null;
  crashpad: CrashpadInfo | null;
  misc: MiscInfo | null;
  threadInfo: ThreadInfo[] | null;
  systemMemory: SystemMemoryInfo | null;
  vmCounters: ProcessVmCounters | null;
  /** Chromium's report of memory and handles. */
  stability: StabilityReport | null;
  functionTables: FunctionTable[] | null;
  handleOperations: HandleOperation[] | null;
  tokens: TokenRecord[] | null;
  /** /proc/<pid>/status, line by line. */
  procStatus: KeyValues | null;
  /** Auxiliary vector: AT_ type (elf.h) and value. */
  auxiliaryVector: [type: bigint, value: bigint][] | null;
  dsoDebug: DsoDebug | null;
  chainedExceptions: ChainedException[];
  comments: string[];
  /** Private data. */
  commandLine: string[] | null;
  /** Names of the environment's variables; their values are left out, being private. */
  environmentNames: string[] | null;
  microdump: MicrodumpFacts | null;
  size: Bytes;
  streams: { type: number; name: string; size: Bytes }[];
}

/** Reads them all; a stream that fails is null. */
export async function processFacts(dump: Minidump): Promise<ProcessFacts> {
  const misc = await dump.get(miscInfo);
  const createTime = misc?.processCreateTime ?? null;
  const comments = [await dump.get(commentA), await dump.get(commentW)];
  return {
    pid: misc === null ? pidOf(await dump.get(linuxProcStatus)) : misc.processId,
    uptime: createTime === null ? null : Math.max(0, dump.header.timestamp - createTime),
    microcode: microcodeOf(await dump.get(linuxCpuInfo)),
    linuxMapCount: (await dump.get(linuxMaps))?.length ?? null,
    lsbRelease: await dump.get(linuxLsbRelease),
    limits: await dump.get(linuxProcLimits),
    handles: await dump.get(handleData),
    macCrashInfo: await dump.get(macCrashInfo),
    macBootArgs: await dump.get(macBootArgs),
    softErrors: await dump.get(softErrors),
    assertion: await dump.get(assertionInfo),
    crashpad: await dump.get(crashpadInfo),
    misc,
    threadInfo: await dump.get(threadInfoList),
    systemMemory: await dump.get(systemMemoryInfo),
    vmCounters: await dump.get(processVmCounters),
    stability: await dump.get(stabilityReport),
    functionTables: await dump.get(functionTables),
    handleOperations: await dump.get(handleOperationList),
    tokens: await dump.get(tokenInfoList),
    procStatus: await dump.get(linuxProcStatus),
    auxiliaryVector: await dump.get(linuxAuxv),
    dsoDebug: await dump.get(linuxDsoDebug),
    chainedExceptions: await exceptionChain(dump),
    comments: comments.filter((comment) => comment !== null),
    commandLine: await dump.get(linuxCmdLine),
    environmentNames: (await dump.get(linuxEnviron))?.map(([name]) => name) ?? null,
    microdump: null,
    size: dump.size,
    streams: dump.streams.map(({ type, size }) => ({ type, name: streamName(type), size })),
  };
}

/** Of a format that has no such facts. */
export const noFacts: Omit<ProcessFacts, 'size'> = {
  pid: null,
  uptime: null,
  microcode: null,
  linuxMapCount: null,
  lsbRelease: null,
  limits: null,
  handles: null,
  macCrashInfo: null,
  macBootArgs: null,
  softErrors: null,
  assertion: null,
  crashpad: null,
  misc: null,
  threadInfo: null,
  systemMemory: null,
  vmCounters: null,
  stability: null,
  functionTables: null,
  handleOperations: null,
  tokens: null,
  procStatus: null,
  auxiliaryVector: null,
  dsoDebug: null,
  chainedExceptions: [],
  comments: [],
  commandLine: null,
  environmentNames: null,
  microdump: null,
  streams: [],
};

/** Process id from /proc's status; 0 when it names none that fits into 32 bits. */
function pidOf(status: [string, string][] | null): number | null {
  if (status === null) return null;
  const text = status.find(([key]) => key === 'Pid')?.[1] ?? '';
  const pid = /^\+?\d{1,20}$/.test(text) ? Number(text) : 0;
  return pid <= 0xffff_ffff ? pid : 0;
}

/** The first processor's "microcode" of /proc/cpuinfo. */
function microcodeOf(cpuInfo: [string, string][] | null): bigint | null {
  return parseMicrocode(cpuInfo?.find(([key]) => key === 'microcode')?.[1]);
}

/** "0x2b" as a number; null for anything else. */
export function parseMicrocode(text: string | undefined): bigint | null {
  return text !== undefined && /^0x[0-9a-f]{1,16}$/i.test(text) ? BigInt(text) : null;
}
