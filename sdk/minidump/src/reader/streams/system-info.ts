import type { CpuArchitecture } from '../../model/cpu.js';
import type { OperatingSystem } from '../../model/operating-system.js';
import type { ByteView } from '../byte-view.js';
import { defineStream } from '../stream-definition.js';
import { describeArm } from './arm-cpu.js';

/** MINIDUMP_SYSTEM_INFO (minidumpapiset.h), with Breakpad's additions to its two enumerations. */
export interface SystemInfo {
  os: OperatingSystem;
  /** Raw `PlatformId`. */
  platformId: number;
  cpu: CpuArchitecture;
  /** Raw `ProcessorArchitecture`; 0x8003 is arm64 with Breakpad's older context. */
  processorArchitecture: number;
  processorLevel: number;
  processorRevision: number;
  processorCount: number;
  productType: number;
  suiteMask: number;
  majorVersion: number;
  minorVersion: number;
  buildNumber: number;
  /** "Service Pack 2", or the text of `uname` on Linux; "" when there is none. */
  csdVersion: string;
  /** "10.0.19041"; on Linux the kernel version taken from the text of `uname`. */
  version: string;
  /** What follows the version; null when nothing does. */
  build: string | null;
  /** Vendor, family, model, stepping, or an ARM core with its features; null for other CPUs. */
  cpuInfo: string | null;
}

const platforms = new Map<number, OperatingSystem>([
  [1, 'Windows NT'],
  [2, 'Windows NT'],
  [0x8101, 'Mac OS X'],
  [0x8102, 'iOS'],
  [0x8201, 'Linux'],
  [0x8202, 'Solaris'],
  [0x8203, 'Android'],
  [0x8204, 'PS3'],
  [0x8205, 'NaCl'],
  [0x8206, 'Fuchsia'],
]);

const processors = new Map<number, CpuArchitecture>([
  [0, 'x86'],
  [1, 'mips'],
  [3, 'ppc'],
  [5, 'arm'],
  [9, 'amd64'],
  [10, 'x86'],
  [12, 'arm64'],
  [0x8001, 'sparc'],
  [0x8002, 'ppc64'],
  [0x8003, 'arm64'],
  [0x8004, 'mips64'],
  [0x8005, 'riscv'],
  [0x8006, 'riscv64'],
]);

/** Stream 7. Without it nothing in the dump can be understood. */
export const systemInfo = defineStream<SystemInfo>(7, async (stream, context) => {
  const cpu = processors.get(stream.u16(0)) ?? 'unknown';
  const platformId = stream.u32(20);
  const csdRva = stream.u32(24);
  const csdVersion = (csdRva === 0 ? null : await context.attempt(() => context.bytes.utf16String(csdRva))) ?? '';
  const info = {
    os: platforms.get(platformId) ?? (`0x${platformId.toString(16)}` as const),
    platformId,
    cpu,
    processorArchitecture: stream.u16(0),
    processorLevel: stream.u16(2),
    processorRevision: stream.u16(4),
    processorCount: stream.u8(6),
    productType: stream.u8(7),
    suiteMask: stream.u16(28),
    majorVersion: stream.u32(8),
    minorVersion: stream.u32(12),
    buildNumber: stream.u32(16),
    csdVersion,
  };
  return { ...info, ...versionParts(info), cpuInfo: cpuInfo(stream, info) };
});

/**
 * Breakpad on Linux leaves the three numbers 0 and puts `uname -srvmo` into the service pack text: "Linux", version,
 * build words, machine, and perhaps "Linux/GNU".
 */
function versionParts(info: {
  platformId: number;
  majorVersion: number;
  minorVersion: number;
  buildNumber: number;
  csdVersion: string;
}): { version: string; build: string | null } {
  const version = `${info.majorVersion}.${info.minorVersion}.${info.buildNumber}`;
  const build = info.csdVersion.trim() === '' ? null : info.csdVersion.trim();
  if (info.platformId !== 0x8201 || version !== '0.0.0') return { version, build };
  const words = info.csdVersion.split(' ').slice(1);
  const kernel = words.shift() ?? '0.0.0';
  if (kernel === '0.0.0') return { version, build };
  if (words.pop() === 'Linux/GNU') words.pop();
  return { version: kernel, build: words.join(' ') };
}

function cpuInfo(stream: ByteView, info: { cpu: CpuArchitecture; processorLevel: number; processorRevision: number }) {
  if (info.cpu === 'arm') return describeArm(info.processorLevel, stream.u32(32), stream.u32(36));
  if (info.cpu !== 'x86' && info.cpu !== 'amd64') return null;
  const model = (info.processorRevision >> 8) & 0xff;
  const numbers = `family ${info.processorLevel} model ${model} stepping ${info.processorRevision & 0xff}`;
  return info.cpu === 'x86' ? `${vendor(stream)} ${numbers}` : numbers;
}

/** CPUID's vendor: three registers of four letters, each stored as a number. */
function vendor(stream: ByteView): string {
  const letters: number[] = [];
  for (const offset of [32, 36, 40]) {
    const word = stream.u32(offset);
    letters.push(word & 0xff, (word >> 8) & 0xff, (word >> 16) & 0xff, word >>> 24);
  }
  return String.fromCharCode(...letters);
}
