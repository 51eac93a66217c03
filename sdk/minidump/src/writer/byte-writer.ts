const utf8 = new TextEncoder();

/** Growing bytes with numbers in the dump's byte order. Every method returns the writer, so that records read as one. */
export class ByteWriter {
  private bytes = new Uint8Array(256);
  private data = new DataView(this.bytes.buffer);
  private used = 0;

  constructor(readonly littleEndian: boolean) {}

  get length(): number {
    return this.used;
  }

  u8(value: number): this {
    const at = this.grow(1);
    this.data.setUint8(at, value);
    return this;
  }

  u16(...values: number[]): this {
    let at = this.grow(2 * values.length);
    for (const value of values) {
      this.data.setUint16(at, value, this.littleEndian);
      at += 2;
    }
    return this;
  }

  u32(...values: number[]): this {
    let at = this.grow(4 * values.length);
    for (const value of values) {
      this.data.setUint32(at, value, this.littleEndian);
      at += 4;
    }
    return this;
  }

  u64(...values: (bigint | number)[]): this {
    let at = this.grow(8 * values.length);
    for (const value of values) {
      this.data.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), this.littleEndian);
      at += 8;
    }
    return this;
  }

  raw(bytes: Uint8Array): this {
    const at = this.grow(bytes.byteLength);
    this.bytes.set(bytes, at);
    return this;
  }

  zeros(count: number): this {
    this.grow(count);
    return this;
  }

  utf8(text: string): this {
    return this.raw(utf8.encode(text));
  }

  /** UTF-16 units of the text, without length or terminator. */
  utf16(text: string): this {
    for (let at = 0; at < text.length; at++) this.u16(text.charCodeAt(at));
    return this;
  }

  /** UTF-16 in a field of `units` places, cut or filled with zeros. */
  utf16Field(text: string, units: number): this {
    const kept = text.slice(0, units - 1);
    return this.utf16(kept).zeros((units - kept.length) * 2);
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.used);
  }

  private grow(count: number): number {
    const at = this.used;
    this.used += count;
    if (this.used > this.bytes.byteLength) {
      const larger = new Uint8Array(Math.max(this.used, this.bytes.byteLength * 2));
      larger.set(this.bytes);
      this.bytes = larger;
      this.data = new DataView(larger.buffer);
    }
    return at;
  }
}
