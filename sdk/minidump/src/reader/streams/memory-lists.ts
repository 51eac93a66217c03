import type { AbsoluteAddress, Bytes } from '@faultline/sdk/units';
import { FaultlineError } from '@faultline/sdk/errors';
import type { ListLayout } from '../list-layout.js';
import { plainList } from '../list-layout.js';
import type { ByteView } from '../byte-view.js';
import { type DecodeContext, defineStream } from '../stream-definition.js';

/** Memory of the process that the dump holds: `size` bytes from `start`, at `offset` in the file. */
export interface StoredRange {
  start: AbsoluteAddress;
  size: Bytes;
  offset: Bytes;
}

/** Stream 5, MINIDUMP_MEMORY_DESCRIPTOR: what a usual minidump holds. Empty and overflowing ranges are left out. */
export const memoryList = defineStream<StoredRange[]>(5, (stream, context) => {
  const limit = context.limits.memoryRanges;
  const list = plainList(stream, context, { entrySize: 16, limit, what: 'memory ranges' });
  const ranges: StoredRange[] = [];
  for (let index = 0; index < list.count; index++) {
    const at = list.start + index * list.entrySize;
    keep(ranges, { start: stream.u64(at), size: stream.u32(at + 8), offset: stream.u32(at + 12) }, context);
  }
  return ranges;
});

/** Stream 9, MINIDUMP_MEMORY64_LIST: full dumps; the contents of all ranges stand one after another. */
export const memory64List = defineStream<StoredRange[]>(9, (stream, context) => {
  const list = layout64(stream, context);
  const ranges: StoredRange[] = [];
  let offset = stream.offset64(8);
  for (let index = 0; index < list.count; index++) {
    const at = list.start + index * list.entrySize;
    const size = stream.offset64(at + 8);
    if (!Number.isSafeInteger(offset + size)) {
      throw new FaultlineError('Malformed', 'MINIDUMP_TRUNCATED', 'Memory64List: the contents lie beyond any file');
    }
    keep(ranges, { start: stream.u64(at), size, offset }, context);
    offset += size;
  }
  return ranges;
});

/** The list's count has 64 bits, and the place of the contents stands between it and the entries. */
function layout64(stream: ByteView, context: DecodeContext): ListLayout {
  const stated = stream.offset64(0);
  const room = Math.floor((stream.length - 16) / 16);
  if (stated > room) {
    context.problems.add({
      stream: context.name,
      code: 'COUNT_EXCEEDS_STREAM',
      message: `The stream names ${stated} memory ranges, but has bytes for ${room}`,
    });
  }
  const stored = Math.max(0, Math.min(stated, room));
  const { memoryRanges } = context.limits;
  if (stored > memoryRanges) context.problems.limited(context.name, 'memory ranges', stored, memoryRanges);
  return { count: Math.min(stored, memoryRanges), start: 16, entrySize: 16 };
}

/** Contents that end before their range does are cut; what lies outside the file or the address space is dropped. */
function keep(ranges: StoredRange[], range: StoredRange, context: DecodeContext): void {
  if (range.size === 0) return;
  const inFile = Math.min(range.size, context.bytes.size - range.offset);
  const isInSpace = range.start + BigInt(range.size) <= 0x1_0000_0000_0000_0000n;
  if (inFile === range.size && isInSpace) {
    ranges.push(range);
    return;
  }
  context.problems.add({
    stream: context.name,
    code: 'BAD_MEMORY_RANGE',
    message: `${range.size} bytes at 0x${range.start.toString(16)} lie partly outside ${isInSpace ? 'the file' : 'the address space'}`,
  });
  if (inFile > 0 && isInSpace) ranges.push({ ...range, size: inFile });
}
