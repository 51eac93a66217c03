import type { RandomAccessSource } from '@faultline/sdk/random-access-source';
import type { Bytes, Seconds } from '@faultline/sdk/units';
import { ByteWriter } from './byte-writer.js';

/** Memory contents: bytes, or a size whose bytes are made when they are read. */
export type Contents = Uint8Array | SparseContents;

/** Contents that take no memory: zeros, unless `fill` writes something into them. */
export interface SparseContents {
  size: Bytes;
  /** Fills `into`, which stands for the contents from `offset` on; it is zeros before. Must be deterministic. */
  fill?: (into: Uint8Array, offset: Bytes) => void;
}

interface Segment {
  offset: Bytes;
  size: Bytes;
  contents: Contents;
}

/** Places records, strings and streams of a dump one after another, and writes header and directory at the end. */
export class DumpLayout {
  private readonly segments: Segment[] = [];
  private directory: { type: number; size: Bytes; rva: Bytes }[] = [];
  private directoryRva: Bytes | null = null;
  private end: Bytes = 32;

  constructor(readonly littleEndian: boolean) {}

  writer(): ByteWriter {
    return new ByteWriter(this.littleEndian);
  }

  /** Puts contents at the next multiple of 8 and returns where. */
  place(contents: Contents): Bytes {
    const size = contents instanceof Uint8Array ? contents.byteLength : contents.size;
    const offset = Math.ceil(this.end / 8) * 8;
    this.segments.push({ offset, size, contents });
    this.end = offset + size;
    return offset;
  }

  /** A MINIDUMP_STRING: byte length, UTF-16, NUL. */
  utf16String(text: string): Bytes {
    return this.place(
      this.writer()
        .u32(text.length * 2)
        .utf16(text)
        .u16(0)
        .finish(),
    );
  }

  /** Crashpad's UTF-8 string: byte length, bytes, NUL. */
  utf8String(text: string): Bytes {
    const body = this.writer().utf8(text).finish();
    return this.place(this.writer().u32(body.byteLength).raw(body).u8(0).finish());
  }

  /** Adds a stream with these bytes. */
  stream(type: number, bytes: Uint8Array): void {
    this.directory.push({ type, size: bytes.byteLength, rva: this.place(bytes) });
  }

  /** Adds a directory entry as given, true or not: for hostile dumps. */
  directoryEntry(entry: { type: number; size: Bytes; rva: Bytes }): void {
    this.directory.push(entry);
  }

  /** Takes all streams of a type out of the directory; their bytes stay. */
  dropStreams(type: number): void {
    this.directory = this.directory.filter((entry) => entry.type !== type);
  }

  /**
   * Adds a Memory64List. Its contents come last in the file, behind everything that 32-bit offsets must reach; so
   * this ends the layout, but for `seal`.
   */
  memory64(ranges: { start: bigint; contents: Contents }[]): void {
    const sizes = ranges.map(({ contents }) => (contents instanceof Uint8Array ? contents.byteLength : contents.size));
    const stream = this.writer().u64(ranges.length);
    const placed = Math.ceil(this.end / 8) * 8;
    const streamSize = 16 + 16 * ranges.length;
    const directorySize = 12 * (this.directory.length + 1);
    stream.u64(Math.ceil((placed + streamSize) / 8) * 8 + directorySize);
    ranges.forEach(({ start }, index) => stream.u64(start, sizes[index] ?? 0));
    this.stream(9, stream.finish());
    this.placeDirectory();
    for (const [index, { contents }] of ranges.entries()) {
      const size = sizes[index] ?? 0;
      this.segments.push({ offset: this.end, size, contents });
      this.end += size;
    }
  }

  private placeDirectory(): Bytes {
    const table = this.writer();
    for (const { type, size, rva } of this.directory) table.u32(type, size, rva);
    this.directoryRva = this.place(table.finish());
    return this.directoryRva;
  }

  /** The finished dump as a source; sparse contents are made when they are read. */
  seal(header: { timestamp: Seconds; flags: bigint }): RandomAccessSource {
    const rva = this.directoryRva ?? this.placeDirectory();
    const head = this.writer().u32(0x504d444d, 0xa793, this.directory.length, rva, 0, header.timestamp);
    const segments = [{ offset: 0, size: 32, contents: head.u64(header.flags).finish() }, ...this.segments];
    return segmentSource(segments, this.end);
  }
}

function segmentSource(segments: Segment[], size: Bytes): RandomAccessSource {
  return {
    size,
    read(offset, length) {
      const result = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      for (const segment of segments) copyOverlap(segment, result, offset);
      return Promise.resolve(result);
    },
  };
}

function copyOverlap(segment: Segment, into: Uint8Array, offset: Bytes): void {
  const from = Math.max(segment.offset, offset);
  const to = Math.min(segment.offset + segment.size, offset + into.byteLength);
  if (from >= to) return;
  const target = into.subarray(from - offset, to - offset);
  const skipped = from - segment.offset;
  if (segment.contents instanceof Uint8Array)
    target.set(segment.contents.subarray(skipped, skipped + target.byteLength));
  else segment.contents.fill?.(target, skipped);
}
