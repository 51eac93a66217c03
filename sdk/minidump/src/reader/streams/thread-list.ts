import type { AbsoluteAddress, Bytes } from '@faultline/sdk/units';
import type { ByteView } from '../byte-view.js';
import { type ListLayout, plainList } from '../list-layout.js';
import { defineStream } from '../stream-definition.js';

/** A place in the file. */
export interface Location {
  size: Bytes;
  rva: Bytes;
}

/** MINIDUMP_THREAD (minidumpapiset.h). */
export interface ThreadRecord {
  /** Position in the dump's thread list. */
  index: number;
  threadId: number;
  suspendCount: number;
  priorityClass: number;
  priority: number;
  /** Thread environment block; 0 outside Windows. */
  teb: AbsoluteAddress;
  /** Memory of the stack: its start, and where the bytes are; size or rva 0 when the dump holds none here. */
  stack: Location & { start: AbsoluteAddress };
  context: Location;
}

/** Stream 3. A walk needs it, or the extended list. */
export const threadList = defineStream<ThreadRecord[]>(3, (stream, context) =>
  readThreads(stream, plainList(stream, context, { entrySize: 48, limit: context.limits.threads, what: 'threads' })),
);

/** Stream 8, MINIDUMP_THREAD_EX: the same records, each with the place of an Itanium's register stack behind it. */
export const threadExList = defineStream<ThreadRecord[]>(8, (stream, context) =>
  readThreads(stream, plainList(stream, context, { entrySize: 64, limit: context.limits.threads, what: 'threads' })),
);

function readThreads(stream: ByteView, list: ListLayout): ThreadRecord[] {
  return Array.from({ length: list.count }, (_, index) => {
    const at = list.start + index * list.entrySize;
    return {
      index,
      threadId: stream.u32(at),
      suspendCount: stream.u32(at + 4),
      priorityClass: stream.u32(at + 8),
      priority: stream.u32(at + 12),
      teb: stream.u64(at + 16),
      stack: { start: stream.u64(at + 24), size: stream.u32(at + 32), rva: stream.u32(at + 36) },
      context: { size: stream.u32(at + 40), rva: stream.u32(at + 44) },
    };
  });
}
