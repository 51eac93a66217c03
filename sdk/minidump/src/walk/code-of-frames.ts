import { codeAround, type CodeLine, codeWindow, loadDisassembler } from '../disassembly/index.js';
import type { WalkedFrame } from '../model/frame.js';
import type { CrashDump } from './crash-dump.js';

/** Frames of a thread that get their registers and code into the output: those that a person reads. */
export const detailedFrames = 32;

/**
 * Instructions around the first frames of a thread, by the frame's index. Only of frames in modules: what stands
 * elsewhere (a jump into the heap) may be anything that the program held, and code is shown to everybody.
 */
export async function codeOfFrames(
  { memory, system }: Pick<CrashDump, 'memory' | 'system'>,
  frames: readonly WalkedFrame[],
): Promise<Map<number, CodeLine[]>> {
  const code = new Map<number, CodeLine[]>();
  /** A recursion stands at the same few places again and again. */
  const ofCallers = new Map<bigint, CodeLine[]>();
  for (const { index, module, symbol, resumeAddress } of frames.slice(0, detailedFrames)) {
    // A return address may be the first one behind the memory that holds the call.
    const range = memory.rangeAt(resumeAddress) ?? (index > 0 ? memory.rangeAt(resumeAddress - 1n) : null);
    if (module === null || range === null) continue;
    const known = index > 0 ? ofCallers.get(resumeAddress) : undefined;
    if (known !== undefined) {
      code.set(index, known);
      continue;
    }
    const disassemble = await loadDisassembler(system.cpu);
    if (disassemble === null) break;
    const wanted = resumeAddress - BigInt(codeWindow.before);
    const start = wanted > range.start ? wanted : range.start;
    const block = await memory.read(start, Number(resumeAddress - start) + codeWindow.after);
    if (block === null) continue;
    const lines = codeAround(disassemble, block, {
      cpu: system.cpu,
      address: resumeAddress,
      isReturnAddress: index > 0,
      functionStart: symbol === null ? null : module.base + BigInt(symbol.functionAddress),
    });
    if (lines.length === 0) continue;
    code.set(index, lines);
    if (index > 0) ofCallers.set(resumeAddress, lines);
  }
  return code;
}
