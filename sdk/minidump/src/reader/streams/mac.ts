import { FaultlineError } from '@faultline/sdk/errors';
import { type ByteView, decodeUtf8 } from '../byte-view.js';
import { defineStream } from '../stream-definition.js';

/** One `__crash_info` record of a Mach-O image: `crashreporter_annotations_t` of CrashReporterClient.h. */
export interface MacCrashRecord {
  version: number;
  /** Numbers that are 0 and texts that are empty say nothing: null. */
  thread: bigint | null;
  dialogMode: bigint | null;
  /** From version 5 on. */
  abortCause: bigint | null;
  modulePath: string | null;
  message: string | null;
  signature: string | null;
  backtrace: string | null;
  message2: string | null;
}

const most = 20;
const longestText = 8192;
const recordTypeBytes = 16;

/**
 * Mozilla's stream of these records. Its head says where the texts of a record begin, so that records of later
 * versions can be read as well; versions may not be mixed.
 */
export const macCrashInfo = defineStream<MacCrashRecord[]>(0x4d7a0001, async (stream, context) => {
  const count = Math.min(stream.u32(4), most);
  const fixedSize = stream.u32(8);
  const records: MacCrashRecord[] = [];
  for (let index = 0; index < count; index++) {
    const at = 12 + index * 8;
    const size = Math.min(stream.u32(at), fixedSize + 5 * longestText);
    const record = readRecord(await context.bytes.read(stream.u32(at + 4), size), fixedSize);
    if (records.some(({ version }) => version !== record.version)) {
      throw new FaultlineError('Malformed', 'MIXED_VERSIONS', 'Records of several versions stand in one stream');
    }
    records.push(record);
  }
  return records;
});

/** The kernel's boot arguments. */
export const macBootArgs = defineStream<string>(0x4d7a0002, (stream, context) =>
  context.bytes.utf16String(stream.offset64(4)),
);

function readRecord(record: ByteView, fixedSize: number): MacCrashRecord {
  const version = record.offset64(8);
  const number = (end: number, least: number) => {
    const value = version >= least && fixedSize >= end ? record.u64(end - 8) : 0n;
    return value === 0n ? null : value;
  };
  const texts = version >= 4 ? readTexts(record, Math.max(fixedSize, recordTypeBytes)) : [];
  return {
    version,
    thread: number(24, 4),
    dialogMode: number(32, 4),
    abortCause: number(40, 5),
    modulePath: texts[0] ?? null,
    message: texts[1] ?? null,
    signature: texts[2] ?? null,
    backtrace: texts[3] ?? null,
    message2: texts[4] ?? null,
  };
}

/** Five texts that end in NUL, one after another; null where empty. */
function readTexts(record: ByteView, start: number): (string | null)[] {
  const texts: (string | null)[] = [];
  let at = start;
  while (texts.length < 5 && at < record.length) {
    const text = record.bytes.subarray(at, at + longestText);
    const end = text.indexOf(0);
    if (end === -1) {
      throw new FaultlineError('Malformed', 'UNTERMINATED_TEXT', 'A text of a crash record has no end');
    }
    texts.push(end === 0 ? null : decodeUtf8(text));
    at += end + 1;
  }
  return texts;
}
