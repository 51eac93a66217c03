import { pointerSize } from '../../model/cpu.js';
import { ByteView } from '../byte-view.js';
import type { Minidump } from '../minidump.js';
import { exceptionStream, type ExceptionRecord } from '../streams/exception.js';
import { systemInfo } from '../streams/system-info.js';
import { processMemory } from './process-memory.js';

const longestChain = 32;

/** An exception that another one followed: EXCEPTION_RECORD (winnt.h) as it stood in the process's memory. */
export type ChainedException = Pick<ExceptionRecord, 'code' | 'flags' | 'address' | 'information'>;

/**
 * Exceptions that came before the dump's own one, the latest first; as far as the dump holds their records. A chain
 * that comes back to itself, or has more than 32 records, ends there.
 */
export async function exceptionChain(dump: Minidump): Promise<ChainedException[]> {
  const pointer = pointerSize((await dump.get(systemInfo))?.cpu ?? 'unknown');
  const memory = await processMemory(dump);
  const seen = new Set<bigint>();
  const chain: ChainedException[] = [];
  let at = (await dump.get(exceptionStream))?.chainedRecord ?? 0n;
  while (at !== 0n && !seen.has(at) && chain.length < longestChain) {
    seen.add(at);
    const block = await memory.read(at, pointer === 8 ? 152 : 80);
    if (block?.bytes.byteLength !== (pointer === 8 ? 152 : 80)) break;
    const record = new ByteView(block.bytes, block.littleEndian);
    const word = (offset: number) => (pointer === 8 ? record.u64(offset) : BigInt(record.u32(offset)));
    const parameters = Math.min(record.u32(8 + 2 * pointer), 15);
    const first = pointer === 8 ? 32 : 20;
    chain.push({
      code: record.u32(0),
      flags: record.u32(4),
      address: word(8 + pointer),
      information: Array.from({ length: parameters }, (_, index) => word(first + index * pointer)),
    });
    at = word(8);
  }
  return chain;
}
