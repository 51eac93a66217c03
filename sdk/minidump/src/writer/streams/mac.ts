import type { DumpLayout } from '../dump-layout.js';

/** Mozilla's macOS streams. */
export interface MacDescription {
  macCrashInfo?: MacCrashRecordDescription[];
  macBootArgs?: string;
}

/** A record of `__crash_info`. Version 5 has an abort cause, 4 has thread, dialog mode and strings, 1 has neither. */
export interface MacCrashRecordDescription {
  version: number;
  thread?: bigint;
  dialogMode?: bigint;
  abortCause?: bigint;
  modulePath?: string;
  message?: string;
  signature?: string;
  backtrace?: string;
  message2?: string;
}

const most = 20;

export function writeMacStreams(dump: MacDescription, layout: DumpLayout): void {
  if (dump.macCrashInfo !== undefined) writeCrashInfo(dump.macCrashInfo, layout);
  if (dump.macBootArgs !== undefined) {
    const rva = layout.utf16String(dump.macBootArgs);
    layout.stream(0x4d7a0002, layout.writer().u32(0x4d7a0002).u64(rva).finish());
  }
}

function writeCrashInfo(records: MacCrashRecordDescription[], layout: DumpLayout): void {
  const version = records[0]?.version ?? 5;
  const fixedSize = version >= 5 ? 40 : version >= 4 ? 32 : 16;
  const stream = layout.writer().u32(0x4d7a0001, records.length, fixedSize);
  for (const record of records.slice(0, most)) {
    const body = layout.writer().u64(0x4d7a0001, record.version);
    if (version >= 4) body.u64(record.thread ?? 0n, record.dialogMode ?? 0n);
    if (version >= 5) body.u64(record.abortCause ?? 0n);
    if (version >= 4) {
      const { modulePath, message, signature, backtrace, message2 } = record;
      for (const text of [modulePath, message, signature, backtrace, message2]) body.utf8(`${text ?? ''}\0`);
    }
    const bytes = body.finish();
    stream.u32(bytes.byteLength, layout.place(bytes));
  }
  layout.stream(0x4d7a0001, stream.zeros((most - Math.min(most, records.length)) * 8).finish());
}
