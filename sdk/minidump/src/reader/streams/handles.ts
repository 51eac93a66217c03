import { headedList } from '../list-layout.js';
import { defineStream } from '../stream-definition.js';

/** MINIDUMP_HANDLE_DESCRIPTOR or _2 (minidumpapiset.h). On Linux the handles are file descriptors. */
export interface HandleRecord {
  handle: bigint;
  /** "File", "Event", …; null when the writer gave none, as on Linux. */
  typeName: string | null;
  objectName: string | null;
  attributes: number;
  grantedAccess: number;
  handleCount: number;
  pointerCount: number;
}

/** Stream 12. */
export const handleData = defineStream<HandleRecord[]>(12, async (stream, context) => {
  const limit = context.limits.handles;
  const list = headedList(stream, context, { entrySize: 32, limit, what: 'handles', countBits: 32 });
  const name = (rva: number) => (rva === 0 ? null : context.attempt(() => context.bytes.utf16String(rva)));
  const handles: HandleRecord[] = [];
  for (let index = 0; index < list.count; index++) {
    const at = list.start + index * list.entrySize;
    handles.push({
      handle: stream.u64(at),
      typeName: await name(stream.u32(at + 8)),
      objectName: await name(stream.u32(at + 12)),
      attributes: stream.u32(at + 16),
      grantedAccess: stream.u32(at + 20),
      handleCount: stream.u32(at + 24),
      pointerCount: stream.u32(at + 28),
    });
  }
  return handles;
});
