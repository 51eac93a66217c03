/** Grows as it is written. Numbers are LEB128 varints of up to 53 bits; signed ones are zigzag coded. */
export class ByteWriter {
  bytes: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 4096) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Makes room; `varint` and `signed` write at most 8 bytes and do not look. */
  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  varint(value: number): void {
    this.length = putVarint(this.bytes, this.length, value);
  }

  signed(value: number): void {
    this.varint(zigzag(value));
  }

  text(source: Uint8Array, start: number, end: number): void {
    this.reserve(end - start + 8);
    this.varint(end - start);
    this.raw(source, start, end);
  }

  raw(source: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    const { bytes } = this;
    let to = this.length;
    for (let at = start; at < end; at++) bytes[to++] = source[at] as number;
    this.length = to;
  }
}

/** Writes a varint at `at`, where room must be, and returns the position behind it. */
export function putVarint(bytes: Uint8Array, at: number, value: number): number {
  let to = at;
  let rest = value;
  while (rest >= 0x80) {
    // The low seven bits of a double above 2^31 survive `& 0x7f`, because ToInt32 takes it modulo 2^32.
    bytes[to++] = (rest & 0x7f) | 0x80;
    rest = rest < 0x80000000 ? rest >>> 7 : Math.floor(rest / 128);
  }
  bytes[to++] = rest;
  return to;
}

/** Signed numbers as small unsigned ones: 0, -1, 1, -2, 2, … */
export function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}
