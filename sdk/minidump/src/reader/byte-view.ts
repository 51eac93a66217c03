import { FaultlineError } from '@faultline/sdk/errors';

const utf8 = new TextDecoder('utf-8');
const utf16 = { little: new TextDecoder('utf-16le'), big: new TextDecoder('utf-16be') };

/**
 * Bytes of a dump with numbers in the dump's byte order. Reading past the end throws `MINIDUMP_TRUNCATED`, which
 * costs the stream being decoded and nothing else.
 */
export class ByteView {
  private readonly data: DataView;

  constructor(
    readonly bytes: Uint8Array,
    readonly littleEndian: boolean,
  ) {
    this.data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.byteLength;
  }

  u8(offset: number): number {
    this.need(offset, 1);
    return this.data.getUint8(offset);
  }

  u16(offset: number): number {
    this.need(offset, 2);
    return this.data.getUint16(offset, this.littleEndian);
  }

  u32(offset: number): number {
    this.need(offset, 4);
    return this.data.getUint32(offset, this.littleEndian);
  }

  i32(offset: number): number {
    this.need(offset, 4);
    return this.data.getInt32(offset, this.littleEndian);
  }

  u64(offset: number): bigint {
    this.need(offset, 8);
    return this.data.getBigUint64(offset, this.littleEndian);
  }

  /** A 64-bit offset or count as a number; what exceeds 2^53 cannot lie in any file and is refused. */
  offset64(offset: number): number {
    this.need(offset, 8);
    const low = this.data.getUint32(this.littleEndian ? offset : offset + 4, this.littleEndian);
    const high = this.data.getUint32(this.littleEndian ? offset + 4 : offset, this.littleEndian);
    if (high >= 0x20_0000) throw truncated(offset, 8, this.length, 'a 64-bit offset lies beyond any file');
    return high * 0x1_0000_0000 + low;
  }

  slice(offset: number, length: number): ByteView {
    this.need(offset, length);
    return new ByteView(this.bytes.subarray(offset, offset + length), this.littleEndian);
  }

  /** `length` bytes of UTF-16; what is not valid becomes U+FFFD. */
  utf16(offset: number, length: number): string {
    this.need(offset, length);
    return (this.littleEndian ? utf16.little : utf16.big).decode(this.bytes.subarray(offset, offset + length));
  }

  /** UTF-8 up to a NUL or `length` bytes; what is not valid becomes U+FFFD. */
  utf8(offset: number, length: number): string {
    this.need(offset, length);
    return decodeUtf8(this.bytes.subarray(offset, offset + length));
  }

  private need(offset: number, length: number): void {
    if (offset < 0 || offset + length > this.bytes.byteLength) throw truncated(offset, length, this.bytes.byteLength);
  }
}

/** Text up to the first NUL byte, or all of it. */
export function decodeUtf8(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return utf8.decode(end === -1 ? bytes : bytes.subarray(0, end));
}

/** All bytes as text, NULs included: for Linux streams whose lines are separated by NUL. */
export function decodeUtf8Whole(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

function truncated(offset: number, length: number, available: number, why = 'the data ends before it'): FaultlineError {
  return new FaultlineError(
    'Malformed',
    'MINIDUMP_TRUNCATED',
    `Cannot read ${length} bytes at ${offset} of ${available}: ${why}`,
    { details: { offset, length, available } },
  );
}
