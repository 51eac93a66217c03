import type { AbsoluteAddress, Bytes } from '@faultline/sdk/units';
import type { MemoryBlock } from '../model/memory-block.js';

/** The stack region of one thread: the only memory that unwinding reads. */
export class StackMemory {
  readonly start: AbsoluteAddress;
  readonly size: Bytes;
  readonly littleEndian: boolean;
  readonly view: DataView;

  constructor(block: MemoryBlock) {
    this.start = block.start;
    this.size = block.bytes.byteLength;
    this.littleEndian = block.littleEndian;
    this.view = new DataView(block.bytes.buffer, block.bytes.byteOffset, block.bytes.byteLength);
  }

  /** Offset of the address in the region, or null when it lies outside. */
  offsetOf(address: AbsoluteAddress): Bytes | null {
    if (address < this.start) return null;
    const offset = address - this.start;
    return offset < BigInt(this.size) ? Number(offset) : null;
  }

  /** The unsigned word of `bytes` bytes at the address; null when any of its bytes lies outside the region. */
  word(address: AbsoluteAddress, bytes: 4 | 8): bigint | null {
    const offset = this.offsetOf(address);
    if (offset === null || offset + bytes > this.size) return null;
    return bytes === 4
      ? BigInt(this.view.getUint32(offset, this.littleEndian))
      : this.view.getBigUint64(offset, this.littleEndian);
  }
}
