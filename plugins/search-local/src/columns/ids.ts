/** Crash ids as 16 bytes: their 32 hexadecimal digits. */
import type { CrashId } from '@faultline/sdk';

export const idBytes = 16;

export function idToBytes(id: CrashId): Uint8Array {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

export function idFromBytes(bytes: Uint8Array, row: number): CrashId {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset + row * idBytes, idBytes).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function compareIds(a: Uint8Array, rowA: number, b: Uint8Array, rowB: number): number {
  const startA = rowA * idBytes;
  const startB = rowB * idBytes;
  for (let index = 0; index < idBytes; index++) {
    const difference = (a[startA + index] ?? 0) - (b[startB + index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Finds the row of an id. The first four bytes of a crash id are random, so they are their own hash. */
export class IdLookup {
  private readonly slots: Int32Array;
  private readonly mask: number;

  constructor(
    private readonly bytes: Uint8Array,
    rows: number,
  ) {
    let capacity = 16;
    while (capacity < rows * 2) capacity *= 2;
    this.slots = new Int32Array(capacity).fill(-1);
    this.mask = capacity - 1;
    for (let row = 0; row < rows; row++) {
      let slot = this.slotFor(bytes, row);
      while (this.slots[slot] !== -1) slot = (slot + 1) & this.mask;
      this.slots[slot] = row;
    }
  }

  get memory(): number {
    return this.slots.byteLength;
  }

  /** -1 when it is not there. */
  rowOf(id: Uint8Array): number {
    for (let slot = this.slotFor(id, 0); ; slot = (slot + 1) & this.mask) {
      const row = this.slots[slot] ?? -1;
      if (row === -1 || compareIds(this.bytes, row, id, 0) === 0) return row;
    }
  }

  private slotFor(bytes: Uint8Array, row: number): number {
    const at = row * idBytes;
    const head = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
    return ((head ^ ((bytes[at + 3] ?? 0) << 24)) >>> 0) & this.mask;
  }
}
