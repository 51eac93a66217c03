import { FaultlineError } from '@faultline/sdk/errors';
import type { ByteView } from './byte-view.js';
import type { DecodeContext } from './stream-definition.js';

/** Where the entries of a list stand. `count` is bounded by the stream's bytes and the limit. */
export interface ListLayout {
  count: number;
  /** Offset of the first entry in the stream. */
  start: number;
  entrySize: number;
}

interface ListShape {
  entrySize: number;
  limit: number;
  /** For people: "threads". */
  what: string;
}

/**
 * A list that begins with a 32-bit count. Some writers align the entries to 8 bytes with 4 bytes of padding: exactly
 * 4 bytes too many mean that. A count larger than the stream is a problem; the entries that are there are read.
 */
export function plainList(stream: ByteView, context: DecodeContext, shape: ListShape): ListLayout {
  const stated = stream.u32(0);
  const room = Math.floor((stream.length - 4) / shape.entrySize);
  const isPadded = stream.length === 8 + stated * shape.entrySize;
  if (stated > room) tooMany(context, shape, stated, room);
  return {
    count: bounded(context, shape, Math.min(stated, room)),
    start: isPadded ? 8 : 4,
    entrySize: shape.entrySize,
  };
}

/**
 * A list with its own header: header size, entry size, count (32 or 64 bit). Entries may be longer than we know.
 */
export function headedList(
  stream: ByteView,
  context: DecodeContext,
  shape: ListShape & { countBits: 32 | 64 },
): ListLayout {
  const start = stream.u32(0);
  const entrySize = stream.u32(4);
  const stated = shape.countBits === 64 ? stream.offset64(8) : stream.u32(8);
  if (entrySize < shape.entrySize || start < 8 + shape.countBits / 8) {
    throw new FaultlineError(
      'Malformed',
      'MINIDUMP_BAD_LIST',
      `${context.name}: header of ${start} and entries of ${entrySize} bytes, expected ${shape.entrySize} at least`,
    );
  }
  const room = Math.max(0, Math.floor((stream.length - start) / entrySize));
  if (stated > room) tooMany(context, shape, stated, room);
  return { count: bounded(context, shape, Math.min(stated, room)), start, entrySize };
}

function tooMany(context: DecodeContext, shape: ListShape, stated: number, room: number): void {
  context.problems.add({
    stream: context.name,
    code: 'COUNT_EXCEEDS_STREAM',
    message: `The stream names ${stated} ${shape.what}, but has bytes for ${room}`,
  });
}

function bounded(context: DecodeContext, shape: ListShape, count: number): number {
  if (count <= shape.limit) return count;
  context.problems.limited(context.name, shape.what, count, shape.limit);
  return shape.limit;
}
