import { FaultlineError } from '@faultline/sdk/errors';
import type { RandomAccessSource } from '@faultline/sdk/random-access-source';
import type { Bytes } from '@faultline/sdk/units';
import { ByteView } from './byte-view.js';
import type { MinidumpLimits } from './limits.js';

const pageBytes = 65_536;
const cachedPages = 128;

/**
 * Reads a dump by range. A small dump is read once; of a large one pages of 64 KiB are kept, 8 MiB at most, because
 * names and records that belong together stand together in the file.
 */
export class DumpBytes {
  littleEndian = true;
  private whole: Uint8Array | null = null;
  private readonly pages = new Map<number, Uint8Array>();

  constructor(
    private readonly source: RandomAccessSource,
    private readonly limits: MinidumpLimits,
    private readonly signal: AbortSignal | undefined,
  ) {}

  get size(): Bytes {
    return this.source.size;
  }

  /** Exactly `length` bytes at `offset`, else `MINIDUMP_TRUNCATED`. The bytes must not be changed. */
  async read(offset: Bytes, length: Bytes): Promise<ByteView> {
    return new ByteView(await this.bytes(offset, length), this.littleEndian);
  }

  /** As `read`, without a view around the bytes. */
  async bytes(offset: Bytes, length: Bytes): Promise<Uint8Array> {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.source.size)) {
      throw new FaultlineError(
        'Malformed',
        'MINIDUMP_TRUNCATED',
        `The dump names ${length} bytes at ${offset}, but it has ${this.source.size} bytes`,
        { details: { offset, length, size: this.source.size } },
      );
    }
    this.whole ??= await this.readWhole();
    if (this.whole !== null) return this.whole.subarray(offset, offset + length);
    const first = Math.floor(offset / pageBytes);
    if (length > pageBytes || offset + length > (first + 2) * pageBytes) return this.fromSource(offset, length);
    return this.fromPages(first, offset, length);
  }

  /** A MINIDUMP_STRING: byte length, then UTF-16. */
  async utf16String(rva: Bytes): Promise<string> {
    const length = (await this.read(rva, 4)).u32(0);
    const kept = Math.min(length, this.limits.stringBytes) & ~1;
    return (await this.read(rva + 4, kept)).utf16(0, kept);
  }

  /** Crashpad's MinidumpUTF8String: byte length, then UTF-8 and a NUL that is not counted. */
  async utf8String(rva: Bytes): Promise<string> {
    const length = (await this.read(rva, 4)).u32(0);
    const kept = Math.min(length, this.limits.stringBytes);
    return (await this.read(rva + 4, kept)).utf8(0, kept);
  }

  private async readWhole(): Promise<Uint8Array | null> {
    if (this.source.size > this.limits.wholeFileBytes) return null;
    return this.fromSource(0, this.source.size);
  }

  private async fromPages(first: number, offset: Bytes, length: Bytes): Promise<Uint8Array> {
    const page = await this.page(first);
    const inPage = offset - first * pageBytes;
    if (inPage + length <= page.byteLength) return page.subarray(inPage, inPage + length);
    const joined = new Uint8Array(length);
    const head = page.subarray(inPage);
    joined.set(head);
    const next = await this.page(first + 1);
    joined.set(next.subarray(0, length - head.byteLength), head.byteLength);
    return joined;
  }

  private async page(index: number): Promise<Uint8Array> {
    const known = this.pages.get(index);
    if (known !== undefined) {
      this.pages.delete(index);
      this.pages.set(index, known);
      return known;
    }
    const start = index * pageBytes;
    const page = await this.fromSource(start, Math.min(pageBytes, this.source.size - start));
    this.pages.set(index, page);
    if (this.pages.size > cachedPages) {
      for (const oldest of this.pages.keys()) {
        this.pages.delete(oldest);
        break;
      }
    }
    return page;
  }

  private async fromSource(offset: Bytes, length: Bytes): Promise<Uint8Array> {
    this.signal?.throwIfAborted();
    const bytes = await this.source.read(offset, length, this.signal);
    if (bytes.byteLength === length) return bytes;
    throw new FaultlineError(
      'Unavailable',
      'MINIDUMP_SHORT_READ',
      `The source gave ${bytes.byteLength} of ${length} bytes at ${offset}`,
      { hint: 'The dump changed or was cut while it was read; read it again.' },
    );
  }
}
