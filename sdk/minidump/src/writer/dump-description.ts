import type { AbsoluteAddress, Bytes, Seconds } from '@faultline/sdk/units';
import type { CpuArchitecture } from '../model/cpu.js';
import type { OperatingSystem } from '../model/operating-system.js';
import type { Contents } from './dump-layout.js';
import type { BreakpadDescription } from './streams/breakpad.js';
import type { ChromiumDescription } from './streams/chromium.js';
import type { CrashpadDescription } from './streams/crashpad.js';
import type { LinuxDescription } from './streams/linux.js';
import type { MacDescription } from './streams/mac.js';
import type { WindowsDescription } from './streams/windows.js';
import type { WindowsRecordsDescription } from './streams/windows-records.js';

/**
 * A dump in few words. What is left out is not written (no stream), or has a plain default. Addresses are bigint,
 * numbers are taken as they are; nothing is checked, so that hostile dumps can be described too.
 */
export interface DumpDescription
  extends
    BreakpadDescription,
    ChromiumDescription,
    CrashpadDescription,
    LinuxDescription,
    MacDescription,
    WindowsDescription,
    WindowsRecordsDescription {
  /** Default "Linux". */
  os?: OperatingSystem;
  /** Default "amd64". */
  cpu?: CpuArchitecture;
  /** Default true. */
  littleEndian?: boolean;
  /** When the dump was written; default 1_700_000_000. */
  timestamp?: Seconds;
  flags?: bigint;
  system?: SystemDescription;
  threads?: ThreadDescription[];
  /** The threads stand in a ThreadExList (stream 8) instead of a ThreadList. */
  hasExtendedThreads?: boolean;
  modules?: ModuleDescription[];
  exception?: ExceptionDescription;
  /** Memory besides the stacks, which are listed anyway. Sparse contents must end below 4 GiB. */
  memory?: MemoryDescription[];
  /** Memory of a full dump, at the end of the file; may be sparse and larger than 4 GiB. */
  memory64?: MemoryDescription[];
  /** Streams given as bytes: unknown ones, or damaged copies of known ones. They come after ours, and so count instead of them. */
  rawStreams?: { type: number; bytes: Uint8Array }[];
  /** Directory entries as they are, true or not. */
  directoryEntries?: { type: number; size: Bytes; rva: Bytes }[];
  /** Streams of these types are left out: to test what a dump without them gives. */
  leaveOut?: number[];
}

export interface SystemDescription {
  /** Raw ProcessorArchitecture, when it is not the usual one of `cpu` (0x8003: arm64 with Breakpad's older context). */
  processorArchitecture?: number;
  /** Raw PlatformId, when it is not the usual one of `os`. */
  platformId?: number;
  processorLevel?: number;
  processorRevision?: number;
  processorCount?: number;
  majorVersion?: number;
  minorVersion?: number;
  buildNumber?: number;
  /** "Service Pack 2", or the text of `uname`. */
  csdVersion?: string;
  /** x86: four letters each, "GenuineIntel". */
  vendor?: string;
  /** arm: main id register and HWCAP bits. */
  arm?: { mainId: number; capabilities: number };
}

/** Registers by the names of `CpuContext`; those left out are 0. */
export type RegisterValues = Record<string, bigint | number>;

export interface ThreadDescription {
  id: number;
  /** Goes to the ThreadNames stream. */
  name?: string;
  /** Left out: the thread has no context. */
  registers?: RegisterValues;
  stack?: StackDescription;
  /** amd64: the processor's own return addresses (CET). Its context, and that of its exception, get an XSAVE area. */
  shadowStack?: ShadowStackDescription;
  teb?: AbsoluteAddress;
  suspendCount?: number;
  priority?: number;
  priorityClass?: number;
}

/** Stack memory: words of the CPU's pointer size, or bytes. */
export interface StackDescription {
  start: AbsoluteAddress;
  words?: (bigint | number)[];
  bytes?: Contents;
  /** The thread record names the address only; the bytes are to be found in the memory lists. */
  isElsewhere?: boolean;
}

export interface ShadowStackDescription {
  pointer: AbsoluteAddress;
  /** Return addresses, innermost first. */
  words: (bigint | number)[];
  /** The area holds AVX registers before the CET state. */
  hasAvxState?: boolean;
}

export interface ModuleDescription {
  base: AbsoluteAddress;
  size: Bytes;
  name: string;
  timestamp?: number;
  checksum?: number;
  /** "1.2.3.4": each below 65536 on Windows and macOS, 32 bits on Linux. */
  version?: string;
  /** Left out: the module has no CodeView record. */
  codeView?: CodeViewDescription;
}

export type CodeViewDescription =
  /** `debugId`: 32 hex digits and the age in hex, as Breakpad writes it. */
  | { kind: 'pdb70'; debugId: string; path: string }
  | { kind: 'pdb20'; timestamp: number; age: number; path: string }
  /** `buildId`: hex of any length. */
  | { kind: 'elf'; buildId: string }
  | { kind: 'raw'; bytes: Uint8Array };

export interface ExceptionDescription {
  threadId: number;
  code: number;
  flags?: number;
  address?: AbsoluteAddress;
  chainedRecord?: AbsoluteAddress;
  information?: (bigint | number)[];
  /** Left out: the exception has no context of its own. */
  registers?: RegisterValues;
}

export interface MemoryDescription {
  start: AbsoluteAddress;
  contents: Contents;
}
