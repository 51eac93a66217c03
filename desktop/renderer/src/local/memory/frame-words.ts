import { pointerRegisters, pointerSize, type WalkedFrame } from '@faultline/minidump';
import { hex, pointerMeaning, type AddressSpace, type PointerMeaning } from './pointer-meaning.js';

/** One word that a frame keeps on the stack. Numbers are hex texts. */
export interface StackWord {
  address: string;
  /** Bytes from the frame's stack pointer. */
  offset: number;
  value: string;
  meaning: PointerMeaning;
  /** This is where the caller's return address was read: number of the caller's frame; null for all else. */
  returnsTo: number | null;
}

export interface FrameWords {
  /** Words from the frame's stack pointer to the caller's, of the last frame to the end of the stack. */
  total: number;
  /** The first of them, as far as the dump holds them. */
  words: StackWord[];
}

const mostWords = 64;

/** What a frame keeps on its stack. Nothing where its stack pointer is not known. */
export async function frameWords(
  space: AddressSpace,
  { thread, frame }: { thread: number; frame: number },
): Promise<FrameWords> {
  const { dump, threads } = space.result;
  const walked = threads[thread];
  const at = walked?.frames.findIndex(({ index }) => index === frame) ?? -1;
  const start = stackPointer(walked?.frames[at]);
  if (walked === undefined || start === null) return { total: 0, words: [] };
  const caller = walked.frames[at + 1];
  const size = pointerSize(dump.system.cpu);
  const end = (caller === undefined ? walked.stackRange?.end : stackPointer(caller)) ?? start;
  const total = end <= start ? 0 : Number((end - start) / BigInt(size));
  if (total === 0) return { total, words: [] };
  const block = await dump.memory.read(start, Math.min(total, mostWords) * size);
  if (block === null) return { total, words: [] };
  const view = new DataView(block.bytes.buffer, block.bytes.byteOffset, block.bytes.byteLength);
  const words = Array.from({ length: Math.floor(view.byteLength / size) }, async (_, index): Promise<StackWord> => {
    const offset = index * size;
    const address = start + BigInt(offset);
    const value =
      size === 8 ? view.getBigUint64(offset, block.littleEndian) : BigInt(view.getUint32(offset, block.littleEndian));
    const isReturn = caller?.evidence.returnAddressSlot === address;
    const meaning = await pointerMeaning(space, value);
    return { address: hex(address), offset, value: hex(value), meaning, returnsTo: isReturn ? caller.index : null };
  });
  return { total, words: await Promise.all(words) };
}

function stackPointer(frame: WalkedFrame | undefined): bigint | null {
  return frame?.context.registers.get(pointerRegisters[frame.context.cpu].stack) ?? null;
}
