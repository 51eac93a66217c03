/** Thrown inside the decoder, and caught by it: the bytes end, or mean nothing. */
export class NotAnInstruction extends Error {}

/** Reads an instruction's bytes in order. 15 bytes are the longest that the CPU takes. */
export class CodeReader {
  position = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes.subarray(0, 15);
  }

  peek(ahead = 0): number {
    const byte = this.#bytes[this.position + ahead];
    if (byte === undefined) throw new NotAnInstruction();
    return byte;
  }

  byte(): number {
    const byte = this.peek();
    this.position++;
    return byte;
  }

  /** A little-endian number of 1, 2, 4 or 8 bytes, signed or not. */
  number(size: number, signed: boolean): bigint {
    let value = 0n;
    for (let index = 0; index < size; index++) value |= BigInt(this.byte()) << BigInt(index * 8);
    return signed ? BigInt.asIntN(size * 8, value) : value;
  }
}
