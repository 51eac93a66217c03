import type { MemoryBlock } from '../../model/memory-block.js';
import type { CpuContext } from '../../model/cpu-context.js';
import { pointerRegisters } from '../../model/cpu-context.js';
import type { Minidump } from '../minidump.js';
import type { ThreadRecord } from '../streams/thread-list.js';
import { processMemory } from './process-memory.js';
import type { StoredRange } from '../streams/memory-lists.js';

/**
 * Stack memory of a thread: the region that its record names, or, when that is empty or does not hold the stack
 * pointer, the region of the dump that does. Null when the dump has neither.
 */
export async function threadStack(
  dump: Minidump,
  thread: ThreadRecord,
  context: CpuContext | null,
): Promise<MemoryBlock | null> {
  const pointer = context?.registers.get(pointerRegisters[context.cpu].stack);
  const named = await namedRegion(dump, thread);
  if (pointer === undefined) return named === null ? null : readRegion(dump, named, named.start);
  if (named !== null && holds(named, pointer)) return readRegion(dump, named, pointer);
  const found = (await processMemory(dump)).rangeAt(pointer);
  if (found !== null) return readRegion(dump, found, pointer);
  return named === null ? null : readRegion(dump, named, named.start);
}

async function namedRegion(dump: Minidump, thread: ThreadRecord): Promise<StoredRange | null> {
  const { start, size, rva } = thread.stack;
  const isStored = size !== 0 && rva !== 0 && rva + size <= dump.size;
  const isInSpace = start + BigInt(size) <= 0x1_0000_0000_0000_0000n;
  if (isStored && isInSpace) return { start, size, offset: rva };
  return (await processMemory(dump)).rangeAt(start);
}

function holds(range: StoredRange, address: bigint): boolean {
  return address >= range.start && address < range.start + BigInt(range.size);
}

/** The whole region when it is within the limit, else the part from the stack pointer's page on. */
async function readRegion(dump: Minidump, range: StoredRange, pointer: bigint): Promise<MemoryBlock | null> {
  const { stackBytes } = dump.limits;
  let skipped = 0;
  if (range.size > stackBytes) {
    const context = dump.contextFor('ThreadStack');
    skipped = Math.max(0, Math.floor(Number(pointer - range.start) / 4096) * 4096);
    if (range.size - skipped > stackBytes) {
      context.problems.limited('ThreadStack', 'bytes of one stack', range.size - skipped, stackBytes);
    }
  }
  const bytes = await dump
    .contextFor('ThreadStack')
    .attempt(() => dump.bytes.bytes(range.offset + skipped, Math.min(range.size - skipped, stackBytes)));
  if (bytes === null) return null;
  return { start: range.start + BigInt(skipped), bytes, littleEndian: dump.bytes.littleEndian };
}
