import type { CpuArchitecture } from '../../model/cpu.js';
import { pointerSize } from '../../model/cpu.js';
import { registerLayout } from '../../reader/contexts/cpu-context.js';
import type { ByteWriter } from '../byte-writer.js';
import type { DumpDescription, RegisterValues, ShadowStackDescription, StackDescription } from '../dump-description.js';
import type { Contents, DumpLayout } from '../dump-layout.js';

/** A location descriptor. */
export interface Placed {
  size: number;
  rva: number;
}
export const nowhere: Placed = { size: 0, rva: 0 };

interface ContextKind {
  cpu: CpuArchitecture;
  processorArchitecture: number;
}

/** Writes the thread list and the names of threads. Returns the memory of stacks, for the memory list. */
export function writeThreads(
  dump: DumpDescription,
  layout: DumpLayout,
  contexts: ContextKind,
): (Placed & { start: bigint })[] {
  const memory: (Placed & { start: bigint })[] = [];
  if (dump.threads === undefined) return memory;
  const list = layout.writer().u32(dump.threads.length);
  for (const thread of dump.threads) {
    const stack = thread.stack === undefined ? nowhere : placeStack(layout, contexts.cpu, thread.stack);
    const start = thread.stack?.start ?? 0n;
    if (stack.size > 0) memory.push({ start, ...stack });
    if (thread.shadowStack !== undefined) {
      const words = stackWords(thread.shadowStack.words, contexts.cpu, layout.littleEndian);
      memory.push({ start: thread.shadowStack.pointer, ...placeContents(layout, words) });
    }
    const context = placeContext(layout, contexts, thread);
    list.u32(thread.id, thread.suspendCount ?? 0, thread.priorityClass ?? 0, thread.priority ?? 0);
    list.u64(thread.teb ?? 0n, start).u32(stack.size, stack.rva, context.size, context.rva);
    if (dump.hasExtendedThreads === true) list.zeros(16);
  }
  layout.stream(dump.hasExtendedThreads === true ? 8 : 3, list.finish());
  writeNames(dump.threads, layout);
  return memory;
}

function writeNames(threads: NonNullable<DumpDescription['threads']>, layout: DumpLayout): void {
  const named = threads.filter((thread) => thread.name !== undefined);
  if (named.length === 0) return;
  const names = layout.writer().u32(named.length);
  for (const { id, name } of named) names.u32(id).u64(layout.utf16String(name ?? ''));
  layout.stream(24, names.finish());
}

function placeStack(layout: DumpLayout, cpu: CpuArchitecture, stack: StackDescription): Placed {
  if (stack.isElsewhere === true) return nowhere;
  if (stack.bytes !== undefined) return placeContents(layout, stack.bytes);
  return placeContents(layout, stackWords(stack.words ?? [], cpu, layout.littleEndian));
}

/** Words of the CPU's pointer size as bytes. */
function stackWords(words: (bigint | number)[], cpu: CpuArchitecture, littleEndian: boolean): Uint8Array {
  const size = pointerSize(cpu);
  const bytes = new Uint8Array(words.length * size);
  const view = new DataView(bytes.buffer);
  words.forEach((word, index) => {
    if (size === 8) view.setBigUint64(index * 8, BigInt.asUintN(64, BigInt(word)), littleEndian);
    else view.setUint32(index * 4, Number(BigInt.asUintN(32, BigInt(word))), littleEndian);
  });
  return bytes;
}

export function placeContents(layout: DumpLayout, contents: Contents): Placed {
  return { size: contents instanceof Uint8Array ? contents.byteLength : contents.size, rva: layout.place(contents) };
}

/** Bit of the context flags: an XSAVE area follows (winnt.h, CONTEXT_XSTATE). */
const hasExtendedState = 0x40;

/** A context of the CPU; nowhere without registers. */
export function placeContext(
  layout: DumpLayout,
  contexts: ContextKind,
  thread: { registers?: RegisterValues | undefined; shadowStack?: ShadowStackDescription | undefined },
): Placed {
  const registers = registerLayout(contexts);
  const { registers: values, shadowStack } = thread;
  if (registers === null || values === undefined) return nowhere;
  const bytes = new Uint8Array(registers.size);
  const view = new DataView(bytes.buffer);
  // Control and integer registers are there.
  const flags = registers.cpuBit + 0x3 + (shadowStack === undefined ? 0 : hasExtendedState);
  if (registers.flags.width === 8) view.setBigUint64(registers.flags.offset, BigInt(flags), layout.littleEndian);
  else view.setUint32(registers.flags.offset, flags, layout.littleEndian);
  for (const run of registers.registers) {
    run.names.forEach((name, index) => {
      const value = BigInt(values[name] ?? 0);
      const at = run.offset + index * run.width;
      if (run.width === 8) view.setBigUint64(at, BigInt.asUintN(64, value), layout.littleEndian);
      else view.setUint32(at, Number(BigInt.asUintN(32, value)), layout.littleEndian);
    });
  }
  if (shadowStack === undefined) return placeContents(layout, bytes);
  const extended = layout.writer().raw(bytes);
  writeExtendedState(extended, registers.size, shadowStack);
  return placeContents(layout, extended.finish());
}

/** CONTEXT_EX (winnt.h) and a compacted XSAVE area with AVX state, where asked for, and the user's CET state. */
function writeExtendedState(writer: ByteWriter, legacySize: number, shadowStack: ShadowStackDescription): void {
  const avx = shadowStack.hasAvxState === true ? 256 : 0;
  const features = (1n << 11n) | (avx > 0 ? 4n : 0n);
  const areaSize = 64 + avx + 16;
  writer.u32(-legacySize >>> 0, legacySize + 32 + areaSize, -legacySize >>> 0, legacySize, 32, areaSize).zeros(8);
  writer.u64(features, features | (1n << 63n)).zeros(48 + avx);
  writer.u64(1n, shadowStack.pointer);
}
