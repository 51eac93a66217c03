/**
 * The distinct strings of one text field, for all days. A string's code is its place in the table, from 1 on (0 is
 * "missing"); codes never change and the table only grows. Strings live as UTF-8 in one buffer: 16 bytes of
 * bookkeeping a string, nothing for the garbage collector to walk, and a literal is looked for in all of them with one
 * search of memory.
 */
import { FaultlineError } from '@faultline/sdk/errors';

/** A table may hold so many bytes of text; offsets are 32 bits wide. */
const mostBytes = 2 ** 31;
const recentLimit = 8_192;
/** Bytes of two strings that are compared one by one. */
const looped = 48;
/** Stands in a file for the length of a string that was blanked. */
const blankLength = 0xffff_ffff;

export class StringTable {
  /** Number of strings; the largest code. */
  size = 0;
  private text: Buffer = Buffer.allocUnsafeSlow(4_096);
  /** Start of the string with code c at `offsets[c - 1]`, its end at `offsets[c]`. */
  private offsets = new Uint32Array(256);
  private hashes = new Uint32Array(256);
  private slots = new Uint32Array(512);
  private scratch: Buffer = Buffer.allocUnsafeSlow(4_096);
  private readonly recent = new Map<string, number>();
  /** Codes whose strings were erased: no row has them, and they are never given again. */
  private readonly blanks = new Set<number>();

  /** Bytes of text. */
  get textBytes(): number {
    return this.offsets[this.size] ?? 0;
  }

  /** Bytes in memory. */
  get memory(): number {
    return this.text.length + this.offsets.byteLength + this.hashes.byteLength + this.slots.byteLength;
  }

  /** The string's code; it is added when it is new. */
  intern(value: string): number {
    const known = this.recent.get(value);
    if (known !== undefined) return known;
    const length = this.toScratch(value);
    const code = this.internBytes(this.scratch, length);
    if (this.recent.size >= recentLimit) this.recent.clear();
    this.recent.set(value, code);
    return code;
  }

  /** The string's code; 0 when it is not in the table. */
  find(value: string): number {
    const length = this.toScratch(value);
    return this.slots[this.slotOf(this.scratch, length, hashOf(this.scratch, length))] ?? 0;
  }

  textOf(code: number): string {
    return this.text.toString('utf8', this.startOf(code), this.offsets[code]);
  }

  /** Code point order. */
  compare(a: number, b: number): number {
    if (a === b) return 0;
    const { text } = this;
    const startA = this.startOf(a);
    const startB = this.startOf(b);
    // Most differ early, where a loop is done before a call has begun.
    const end = Math.min(looped, (this.offsets[a] ?? 0) - startA, (this.offsets[b] ?? 0) - startB);
    for (let index = 0; index < end; index++) {
      const difference = (text[startA + index] ?? 0) - (text[startB + index] ?? 0);
      if (difference !== 0) return difference;
    }
    return this.text.compare(this.text, this.startOf(b), this.offsets[b], this.startOf(a), this.offsets[a]);
  }

  compareTo(code: number, value: Uint8Array): number {
    return this.text.compare(value, 0, value.length, this.startOf(code), this.offsets[code]);
  }

  startsWith(code: number, prefix: Uint8Array): boolean {
    return this.holdsAt(this.startOf(code), code, prefix);
  }

  endsWith(code: number, suffix: Uint8Array): boolean {
    const start = (this.offsets[code] ?? 0) - suffix.length;
    return start >= this.startOf(code) && this.holdsAt(start, code, suffix);
  }

  /**
   * Calls back with each code above `after` whose string holds the bytes, in ascending order, and returns where to go
   * on; stops after about `bytes` bytes of text.
   */
  findLiteral(literal: Uint8Array, after: number, bytes: number, found: (code: number) => void): number {
    let code = after + 1;
    const begin = this.startOf(code);
    const last = this.codeAtOrBefore(Math.min(begin + bytes, this.textBytes));
    const end = this.offsets[last] ?? 0;
    let position = begin;
    while (position < end) {
      position = this.text.indexOf(literal, position);
      if (position < 0 || position >= end) break;
      code = this.codeHolding(position, code);
      const stringEnd = this.offsets[code] ?? 0;
      if (position + literal.length > stringEnd) {
        position++;
        continue;
      }
      found(code);
      position = stringEnd;
      code++;
    }
    return last;
  }

  /** Bytes of the strings above `after`, each behind its length (32 bits, little endian). */
  encodeAfter(after: number): Buffer {
    const begin = this.offsets[after] ?? 0;
    const encoded = Buffer.allocUnsafe(this.textBytes - begin + 4 * (this.size - after));
    let at = 0;
    for (let code = after + 1; code <= this.size; code++) {
      const start = this.startOf(code);
      const end = this.offsets[code] ?? 0;
      at = encoded.writeUInt32LE(this.blanks.has(code) ? blankLength : end - start, at);
      at += this.text.copy(encoded, at, start, end);
    }
    return encoded;
  }

  /** Adds strings that `encodeAfter` gave. Throws `Internal SEARCH_STRINGS_DAMAGED` when the bytes are cut or wrong. */
  decode(encoded: Buffer, expectedSize: number): void {
    let at = 0;
    while (at + 4 <= encoded.length) {
      const length = encoded.readUInt32LE(at);
      at += 4;
      if (length === blankLength) {
        this.addBlank();
        continue;
      }
      if (at + length > encoded.length) throw damaged();
      const before = this.size;
      this.internBytes(encoded.subarray(at, at + length), length);
      if (this.size !== before + 1) throw damaged();
      at += length;
    }
    if (at !== encoded.length || this.size !== expectedSize) throw damaged();
  }

  /** A copy in which some strings are blank; null when it would be the same. */
  withBlanks(isBlank: (code: number) => boolean): StringTable | null {
    const copy = new StringTable();
    let isChanged = false;
    for (let code = 1; code <= this.size; code++) {
      const wasBlank = this.blanks.has(code);
      if (!wasBlank && isBlank(code)) isChanged = true;
      if (wasBlank || isBlank(code)) copy.addBlank();
      else {
        const start = this.startOf(code);
        const bytes = this.text.subarray(start, this.offsets[code]);
        copy.internBytes(bytes, bytes.length);
      }
    }
    return isChanged ? copy : null;
  }

  private addBlank(): void {
    this.makeRoom(this.textBytes);
    const code = ++this.size;
    this.offsets[code] = this.offsets[code - 1] ?? 0;
    this.blanks.add(code);
  }

  private startOf(code: number): number {
    return this.offsets[code - 1] ?? 0;
  }

  private holdsAt(position: number, code: number, bytes: Uint8Array): boolean {
    if (position + bytes.length > (this.offsets[code] ?? 0)) return false;
    return this.text.compare(bytes, 0, bytes.length, position, position + bytes.length) === 0;
  }

  /** The code whose string holds the byte at `position`; at least `from`. */
  private codeHolding(position: number, from: number): number {
    let low = from;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.offsets[middle] ?? 0) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private codeAtOrBefore(position: number): number {
    return position >= this.textBytes ? this.size : this.codeHolding(position, 1);
  }

  private toScratch(value: string): number {
    if (value.length * 3 > this.scratch.length) this.scratch = Buffer.allocUnsafeSlow(value.length * 4);
    return this.scratch.write(value, 0, 'utf8');
  }

  private internBytes(bytes: Buffer, length: number): number {
    const hash = hashOf(bytes, length);
    const slot = this.slotOf(bytes, length, hash);
    const known = this.slots[slot] ?? 0;
    if (known !== 0) return known;
    const start = this.textBytes;
    this.makeRoom(start + length);
    bytes.copy(this.text, start, 0, length);
    const code = ++this.size;
    this.offsets[code] = start + length;
    this.hashes[code] = hash;
    this.slots[slot] = code;
    if (this.size * 2 > this.slots.length) this.growSlots();
    return code;
  }

  /** Where the string stands, or the free slot where it would. */
  private slotOf(bytes: Buffer, length: number, hash: number): number {
    const mask = this.slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const code = this.slots[slot] ?? 0;
      if (code === 0) return slot;
      if (this.hashes[code] !== hash) continue;
      const start = this.startOf(code);
      const end = this.offsets[code] ?? 0;
      if (end - start === length && bytes.compare(this.text, start, end, 0, length) === 0) return slot;
    }
  }

  private makeRoom(bytes: number): void {
    if (bytes > mostBytes) {
      throw new FaultlineError('TooLarge', 'SEARCH_STRINGS_FULL', 'A field has more than 2 GB of distinct texts.', {
        hint: 'Declare the field as "stored", so that it is kept but not indexed.',
      });
    }
    if (bytes > this.text.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(mostBytes, Math.max(bytes, Math.ceil(this.text.length * 1.5))));
      this.text.copy(larger, 0, 0, this.textBytes);
      this.text = larger;
    }
    if (this.size + 2 > this.offsets.length) {
      this.offsets = copyInto(new Uint32Array(Math.ceil(this.offsets.length * 1.5)), this.offsets);
      this.hashes = copyInto(new Uint32Array(this.offsets.length), this.hashes);
    }
  }

  private growSlots(): void {
    this.slots = new Uint32Array(this.slots.length * 2);
    const mask = this.slots.length - 1;
    for (let code = 1; code <= this.size; code++) {
      if (this.blanks.has(code)) continue;
      let slot = (this.hashes[code] ?? 0) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = code;
    }
  }
}

function copyInto(target: Uint32Array<ArrayBuffer>, source: Uint32Array): Uint32Array<ArrayBuffer> {
  target.set(source);
  return target;
}

/** FNV-1a with a last stir, so that the low bits of short strings differ. */
function hashOf(bytes: Uint8Array, length: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < length; index++) hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function damaged(): FaultlineError {
  return new FaultlineError('Internal', 'SEARCH_STRINGS_DAMAGED', 'A string table of the search index is damaged.');
}
