/** Largest memory for distinct rule texts; beyond it a rule is stored again instead of shared. */
const arenaLimit = 16 * 1024 * 1024;
/** Crafted collisions cost at most this many comparisons. */
const probeLimit = 32;
const emptySlot = -1;

/**
 * Numbers for rule texts (STACK CFI rules, STACK WIN programs): a large file repeats a few thousand of them a
 * million times. Compared as bytes; no strings are made.
 */
export class RuleDictionary {
  private arena = new Uint8Array(64 * 1024);
  private arenaLength = 0;
  private slots = new Int32Array(4096).fill(emptySlot);
  private count = 0;
  private shared = 0;
  private hashes = new Int32Array(1024);
  private starts = new Uint32Array(1025);
  private numbers = new Uint32Array(1024);

  /** @param store called once per new text with its number */
  constructor(private readonly store: (number: number, bytes: Uint8Array, start: number, end: number) => void) {}

  /** The number of a text: the same for equal texts, save when a bound above was hit. */
  numberOf(bytes: Uint8Array, start: number, end: number): number {
    let hash = 0x811c9dc5;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.slots.length - 1;
    for (let probe = 0; probe < probeLimit; probe++) {
      const slot = (hash + probe) & mask;
      const entry = this.slots[slot] as number;
      if (entry === emptySlot) return this.add(bytes, start, end, hash, slot);
      if (this.hashes[entry] === hash && this.isEqual(entry, bytes, start, end)) return this.numbers[entry] as number;
    }
    return this.add(bytes, start, end, hash, emptySlot);
  }

  private add(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const number = this.count++;
    this.store(number, bytes, start, end);
    if (slot === emptySlot || this.arenaLength + (end - start) > arenaLimit) return number;
    this.makeRoom(end - start);
    const entry = this.shared++;
    this.arena.set(bytes.subarray(start, end), this.arenaLength);
    this.arenaLength += end - start;
    this.starts[entry + 1] = this.arenaLength;
    this.hashes[entry] = hash;
    this.numbers[entry] = number;
    this.slots[slot] = entry;
    if (this.shared * 2 > this.slots.length) this.rehash();
    return number;
  }

  private isEqual(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.starts[entry] as number;
    const length = (this.starts[entry + 1] as number) - from;
    if (length !== end - start) return false;
    for (let index = 0; index < length; index++) {
      if (this.arena[from + index] !== bytes[start + index]) return false;
    }
    return true;
  }

  private makeRoom(length: number): void {
    if (this.arenaLength + length > this.arena.length) {
      const larger = new Uint8Array(Math.max(this.arena.length * 2, this.arenaLength + length));
      larger.set(this.arena.subarray(0, this.arenaLength));
      this.arena = larger;
    }
    if (this.shared + 1 < this.hashes.length) return;
    const capacity = this.hashes.length * 2;
    const hashes = new Int32Array(capacity);
    hashes.set(this.hashes);
    const starts = new Uint32Array(capacity + 1);
    starts.set(this.starts);
    const numbers = new Uint32Array(capacity);
    numbers.set(this.numbers);
    this.hashes = hashes;
    this.starts = starts;
    this.numbers = numbers;
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 4).fill(emptySlot);
    const mask = slots.length - 1;
    for (let entry = 0; entry < this.shared; entry++) {
      let slot = (this.hashes[entry] as number) & mask;
      let probes = 0;
      while (slots[slot] !== emptySlot && probes < probeLimit) {
        slot = (slot + 1) & mask;
        probes++;
      }
      if (slots[slot] === emptySlot) slots[slot] = entry;
    }
    this.slots = slots;
  }
}
