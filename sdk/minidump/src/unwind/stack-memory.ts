import type { AbsoluteAddress, Bytes } from '@faultline/sdk/units';
import type { MemoryBlock } from '../model/memory-block.js';

const machineIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The stack region of one thread: the only memory that unwinding reads. */
export class StackMemory {
  readonly start: AbsoluteAddress;
  readonly size: Bytes;
  readonly littleEndian: boolean;
  readonly view: DataView;
  /** The region as 32-bit numbers, where its place in memory and its byte order are those of this machine. */
  readonly halves: Uint32Array | null;

  constructor(block: MemoryBlock) {
    this.start = block.start;
    this.size = block.bytes.byteLength;
    this.littleEndian = block.littleEndian;
    const { buffer, byteOffset, byteLength } = block.bytes;
    this.view = new DataView(buffer, byteOffset, byteLength);
    const isNative = block.littleEndian && machineIsLittleEndian && byteOffset % 4 === 0;
    this.halves = isNative ? new Uint32Array(buffer, byteOffset, byteLength >>> 2) : null;
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
