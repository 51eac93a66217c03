import type { DumpLayout } from '../dump-layout.js';

/** Streams that Breakpad's client writes (minidump_format.h). */
export interface BreakpadDescription {
  breakpadInfo?: { dumpThreadId?: number; requestingThreadId?: number };
  assertion?: { expression: string; functionName: string; file: string; line: number; type: number };
}

export function writeBreakpadStreams(dump: BreakpadDescription, layout: DumpLayout): void {
  if (dump.breakpadInfo !== undefined) {
    const { dumpThreadId, requestingThreadId } = dump.breakpadInfo;
    const validity = (dumpThreadId === undefined ? 0 : 1) | (requestingThreadId === undefined ? 0 : 2);
    layout.stream(
      0x47670001,
      layout
        .writer()
        .u32(validity, dumpThreadId ?? 0, requestingThreadId ?? 0)
        .finish(),
    );
  }
  if (dump.assertion !== undefined) {
    const { expression, functionName, file, line, type } = dump.assertion;
    const record = layout.writer().utf16Field(expression, 128).utf16Field(functionName, 128).utf16Field(file, 128);
    layout.stream(0x47670002, record.u32(line, type).finish());
  }
}
