import { hexValue, space, tab } from './byte-class.js';

/** No address space is larger; the index doubles differences of addresses, which must stay exact in a double. */
export const addressLimit = 2 ** 52;
/** Sizes, lines and ids have 32 bits. */
export const wordLimit = 2 ** 32;

/** Reads the fields of one record from left to right. A field that is not what was asked for makes `isBad` true. */
export class RecordCursor {
  at = 0;
  end = 0;
  isBad = false;
  private bytes: Uint8Array = new Uint8Array(0);

  start(bytes: Uint8Array, at: number, end: number): this {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.isBad = false;
    return this;
  }

  get hasMore(): boolean {
    this.skipBlanks();
    return this.at < this.end;
  }

  /** A hex number, below 2^52. */
  address(): number {
    return this.number(16, addressLimit);
  }

  /** A hex number of 32 bits. */
  hexWord(): number {
    return this.number(16, wordLimit);
  }

  /** A decimal number of 32 bits. */
  decimal(): number {
    return this.number(10, wordLimit);
  }

  /** Takes the word `m` (several symbols folded into one address) when it stands here as a field of its own. */
  takeFoldedMark(): boolean {
    this.skipBlanks();
    const isMark = this.bytes[this.at] === 0x6d && this.isBlank(this.at + 1);
    if (isMark) this.at++;
    return isMark;
  }

  /** Moves behind the blanks before the rest of the line; the rest is `at` to `end`. */
  toRest(): this {
    this.skipBlanks();
    return this;
  }

  /** One field as it stands. */
  skipWord(): void {
    this.skipBlanks();
    while (this.at < this.end && !this.isBlank(this.at)) this.at++;
  }

  private number(base: number, limit: number): number {
    this.skipBlanks();
    const { bytes, end } = this;
    const start = this.at;
    let at = start;
    let value = 0;
    while (at < end) {
      const digit = hexValue[bytes[at] as number] as number;
      if (digit >= base) break;
      value = value * base + digit;
      at++;
    }
    this.at = at;
    if (at === start || value >= limit || (at < end && !this.isBlank(at))) this.isBad = true;
    return value;
  }

  private skipBlanks(): void {
    while (this.at < this.end && this.isBlank(this.at)) this.at++;
  }

  private isBlank(at: number): boolean {
    const byte = this.bytes[at];
    return byte === space || byte === tab;
  }
}
