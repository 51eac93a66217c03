import { corruptIndex } from './corrupt-index.js';

/** Reads what `ByteWriter` wrote; reading beyond the end is a coded error, never another body's bytes. */
export class BodyReader {
  at = 0;

  constructor(readonly bytes: Uint8Array) {}

  varint(): number {
    const { bytes } = this;
    let byte = bytes[this.at++];
    if (byte === undefined) throw corruptIndex('a number ends too early');
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let scale = 128;
    for (;;) {
      byte = bytes[this.at++];
      if (byte === undefined || scale > 2 ** 49) throw corruptIndex('a number ends too early or too late');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  }

  signed(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** A text with its length before it, as a view. */
  text(): Uint8Array {
    return this.take(this.varint());
  }

  take(length: number): Uint8Array {
    const start = this.at;
    if (start + length > this.bytes.length) throw corruptIndex('a text ends too early');
    this.at = start + length;
    return this.bytes.subarray(start, this.at);
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }
}
