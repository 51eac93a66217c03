import type { Seconds } from '@faultline/sdk/units';
import type { ByteView } from '../byte-view.js';
import { defineStream } from '../stream-definition.js';

/** MINIDUMP_MISC_INFO to MINIDUMP_MISC_INFO_5 (minidumpapiset.h). What the flags don't vouch for is null. */
export interface MiscInfo {
  processId: number | null;
  /** Seconds since 1970-01-01 UTC; the two times below are durations. */
  processCreateTime: Seconds | null;
  processUserTime: Seconds | null;
  processKernelTime: Seconds | null;
  processorPower: { maxMhz: number; currentMhz: number; mhzLimit: number; maxIdle: number; currentIdle: number } | null;
  integrityLevel: number | null;
  executeFlags: number | null;
  protectedProcess: number | null;
  timeZone: TimeZone | null;
  buildString: string | null;
  debugBuildString: string | null;
  /** XSAVE features of the contexts: XSTATE_CONFIG_FEATURE_MSC_INFO (winnt.h). */
  extendedState: ExtendedState | null;
  processCookie: number | null;
}

export interface ExtendedState {
  /** Bits of the features that are on; bit 63 says that areas are compacted. */
  enabledFeatures: bigint;
  /** Bytes of a context with its XSAVE area. */
  contextSize: number;
  /** Where each feature's state stands in an XSAVE area that is not compacted; empty where none is told. */
  features: { bit: number; offset: number; size: number }[];
}

/** TIME_ZONE_INFORMATION; biases are minutes to add to local time for UTC. */
export interface TimeZone {
  id: number;
  biasMinutes: number;
  standardName: string;
  standardBiasMinutes: number;
  daylightName: string;
  daylightBiasMinutes: number;
}

/** Stream 15. The record's version is told by its size: 24, 44, 232, 832, 1364 bytes. */
export const miscInfo = defineStream<MiscInfo>(15, (stream) => {
  const size = Math.min(stream.u32(0), stream.length);
  const flags = stream.u32(4);
  const when = <T>(bit: number, end: number, read: () => T): T | null =>
    size >= end && (bit === 0 || (flags & bit) !== 0) ? read() : null;
  return {
    processId: when(0x1, 12, () => stream.u32(8)),
    processCreateTime: when(0x2, 16, () => stream.u32(12)),
    processUserTime: when(0x2, 20, () => stream.u32(16)),
    processKernelTime: when(0x2, 24, () => stream.u32(20)),
    processorPower: when(0x4, 44, () => ({
      maxMhz: stream.u32(24),
      currentMhz: stream.u32(28),
      mhzLimit: stream.u32(32),
      maxIdle: stream.u32(36),
      currentIdle: stream.u32(40),
    })),
    integrityLevel: when(0x10, 48, () => stream.u32(44)),
    executeFlags: when(0x20, 52, () => stream.u32(48)),
    protectedProcess: when(0x80, 56, () => stream.u32(52)),
    timeZone: when(0x40, 232, () => timeZone(stream)),
    buildString: when(0x100, 752, () => text(stream, 232, 260)),
    debugBuildString: when(0x100, 832, () => text(stream, 752, 40)),
    extendedState: when(0, 1360, () => extendedState(stream)),
    processCookie: when(0x200, 1364, () => stream.u32(1360)),
  };
});

function extendedState(stream: ByteView): ExtendedState {
  const features = Array.from({ length: 64 }, (_, bit) => ({
    bit,
    offset: stream.u32(848 + bit * 8),
    size: stream.u32(852 + bit * 8),
  }));
  return {
    contextSize: stream.u32(836),
    enabledFeatures: stream.u64(840),
    features: features.filter(({ size }) => size > 0),
  };
}

function timeZone(stream: ByteView): TimeZone {
  return {
    id: stream.u32(56),
    biasMinutes: stream.i32(60),
    standardName: text(stream, 64, 32),
    standardBiasMinutes: stream.i32(144),
    daylightName: text(stream, 148, 32),
    daylightBiasMinutes: stream.i32(228),
  };
}

/** UTF-16 in a field of fixed size, up to its NUL. */
function text(stream: ByteView, offset: number, units: number): string {
  const whole = stream.utf16(offset, units * 2);
  const end = whole.indexOf('\0');
  return end === -1 ? whole : whole.slice(0, end);
}
