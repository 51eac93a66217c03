import type { AbsoluteAddress, Bytes } from '@faultline/sdk/units';
import type { MemoryBlock } from '../../model/memory-block.js';
import type { DumpBytes } from '../dump-bytes.js';
import type { Minidump } from '../minidump.js';
import { memory64List, memoryList, type StoredRange } from '../streams/memory-lists.js';

/**
 * Memory of the crashed process, read from the dump by address. Ranges are sorted and don't overlap: of two that do,
 * the one that starts first counts.
 */
export class ProcessMemory {
  private constructor(
    private readonly bytes: Pick<DumpBytes, 'bytes' | 'littleEndian'>,
    /** Sorted by start. */
    readonly ranges: readonly StoredRange[],
  ) {}

  static of(bytes: Pick<DumpBytes, 'bytes' | 'littleEndian'>, ranges: readonly StoredRange[]): ProcessMemory {
    const sorted = [...ranges].sort((one, other) => (one.start < other.start ? -1 : one.start > other.start ? 1 : 0));
    const kept: StoredRange[] = [];
    let end = 0n;
    for (const range of sorted) {
      if (range.start < end) continue;
      kept.push(range);
      end = range.start + BigInt(range.size);
    }
    return new ProcessMemory(bytes, kept);
  }

  /** The range that holds the address; null when the dump has no such memory. */
  rangeAt(address: AbsoluteAddress): StoredRange | null {
    let low = 0;
    let high = this.ranges.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const range = this.ranges[middle];
      if (range === undefined) return null;
      if (address < range.start) high = middle - 1;
      else if (address >= range.start + BigInt(range.size)) low = middle + 1;
      else return range;
    }
    return null;
  }

  /**
   * Memory from `address` on, `length` bytes or up to the end of its range; null when nothing is there.
   * The bytes may be the dump's own and must not be changed.
   */
  async read(address: AbsoluteAddress, length: Bytes): Promise<MemoryBlock | null> {
    const range = this.rangeAt(address);
    if (range === null) return null;
    const skipped = Number(address - range.start);
    const kept = Math.min(length, range.size - skipped);
    const bytes = await this.bytes.bytes(range.offset + skipped, kept);
    return { start: address, bytes, littleEndian: this.bytes.littleEndian };
  }

  /** An unsigned number of 1, 2, 4 or 8 bytes; null when the dump doesn't hold all of them. */
  async readNumber(address: AbsoluteAddress, size: 1 | 2 | 4 | 8): Promise<bigint | null> {
    const block = await this.read(address, size);
    if (block?.bytes.byteLength !== size) return null;
    let value = 0n;
    for (let at = 0; at < size; at++) {
      value = (value << 8n) | BigInt(block.bytes[this.bytes.littleEndian ? size - 1 - at : at] ?? 0);
    }
    return value;
  }
}

/** The dump's memory: Memory64List when it has one, else MemoryList. Empty when it has neither. */
export function processMemory(dump: Minidump): Promise<ProcessMemory> {
  return dump.once(processMemory, async () => {
    const full = await dump.get(memory64List);
    return ProcessMemory.of(dump.bytes, full ?? (await dump.get(memoryList)) ?? []);
  });
}
