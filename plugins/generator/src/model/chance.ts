/** Of every number of 16 bits: making them anew took a tenth of the time of a generated crash. */
const fourDigits = Array.from({ length: 2 ** 16 }, (_, number) => number.toString(16).padStart(4, '0'));

/** Randomness that is the same for the same seed: xoshiro128** (public domain, Blackman and Vigna), seeded by FNV-1a. */
export class Chance {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  /** @param seed any text; another one gives other crashes */
  constructor(seed: string) {
    let hash = 0x811c9dc5;
    const word = (): number => {
      hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
      hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
      return (hash ^= hash >>> 15) >>> 0;
    };
    for (let index = 0; index < seed.length; index++) hash = Math.imul(hash ^ seed.charCodeAt(index), 0x01000193);
    this.a = word();
    this.b = word();
    this.c = word();
    this.d = word() | 1;
  }

  /** 32 bits. */
  bits(): number {
    const scrambled = Math.imul(this.b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result >>> 0;
  }

  /** From 0 on, below 1. */
  fraction(): number {
    return this.bits() / 2 ** 32;
  }

  /** A whole number from 0 on, below `count`. */
  below(count: number): number {
    return Math.floor(this.fraction() * count);
  }

  /** As `below`, the small ones more often. */
  low(count: number): number {
    return Math.floor(this.fraction() * this.fraction() * count);
  }

  happens(part: number): boolean {
    return this.fraction() < part;
  }

  pick<T>(values: readonly [T, ...T[]]): T {
    return values[this.below(values.length)] ?? values[0];
  }

  /** Hexadecimal digits. */
  hex(digits: number): string {
    let text = '';
    while (text.length < digits) {
      const bits = this.bits();
      text += (fourDigits[bits >>> 16] ?? '') + (fourDigits[bits & 0xffff] ?? '');
    }
    return text.slice(0, digits);
  }

  /** Spread over magnitudes, as times and sizes are: the middle value is about the root of `most`. */
  magnitude(most: number): number {
    return Math.floor(Math.exp(this.fraction() * Math.log(most)));
  }
}
