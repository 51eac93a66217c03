import type { ByteView } from '../byte-view.js';
import { defineStream } from '../stream-definition.js';

/** MDRawBreakpadInfo of Breakpad's minidump_format.h; null where its validity bits say so. */
export interface BreakpadInfo {
  /** Thread that wrote the dump: its stack is of no interest. */
  dumpThreadId: number | null;
  /** Thread that asked for the dump, when there was no exception. */
  requestingThreadId: number | null;
}

export const breakpadInfo = defineStream<BreakpadInfo>(0x47670001, (stream) => {
  const validity = stream.u32(0);
  return {
    dumpThreadId: (validity & 1) === 0 ? null : stream.u32(4),
    requestingThreadId: (validity & 2) === 0 ? null : stream.u32(8),
  };
});

/** MDRawAssertionInfo of the same header. */
export interface AssertionInfo {
  expression: string;
  functionName: string;
  file: string;
  line: number;
  /** 1: an invalid parameter of the C run time, 2: a pure virtual call; 0 unknown. */
  type: number;
}

export const assertionInfo = defineStream<AssertionInfo>(0x47670002, (stream) => ({
  expression: field(stream, 0),
  functionName: field(stream, 256),
  file: field(stream, 512),
  line: stream.u32(768),
  type: stream.u32(772),
}));

/** 128 units of UTF-16, up to the NUL. */
function field(stream: ByteView, offset: number): string {
  const text = stream.utf16(offset, 256);
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
}
