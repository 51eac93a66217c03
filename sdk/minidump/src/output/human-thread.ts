import type { FrameTrust, WalkedFrame } from '../model/frame.js';
import type { WalkedThread, WalkResult } from '../walk/walk-result.js';
import { addressText, baseName } from './address-text.js';
import { registerDigits, shownRegisters } from './shown-registers.js';

/** Breakpad's words for how a frame was found. */
const trustTexts: Record<FrameTrust, string> = {
  context: 'given as instruction pointer in context',
  cfi: 'call frame info',
  cfi_scan: 'call frame info with scanning',
  frame_pointer: "previous frame's frame pointer",
  leaf: 'simulating a return from leaf function',
  scan: 'stack scanning',
};

const widestLine = 80;

/** A thread's head and its frames; inlined calls are frames of their own and counted. */
export function threadLines(thread: WalkedThread, result: WalkResult): string[] {
  const lines = [`Thread ${thread.index} ${thread.name ?? ''}${role(thread, result)} - tid: ${thread.threadId}`];
  if (thread.status === 'dump-writer') lines.push('    This thread wrote the dump.');
  if (thread.status === 'no-context') lines.push('    The dump has no registers of this thread.');
  if (thread.status === 'not-asked') lines.push('    This thread was not walked.');
  const address = addressText(result.dump.system.cpu);
  let count = 0;
  for (const frame of thread.frames) {
    const module = frame.module === null ? '' : baseName(frame.module.codeFile);
    for (const call of frame.symbol?.inlines ?? []) {
      const place = call.file === null ? '' : ` [${baseName(call.file)}${call.line === null ? '' : ` : ${call.line}`}]`;
      lines.push(`${number(count++)}  ${module}!${call.function}${place}`, '    Found by: inlining');
    }
    lines.push(`${number(count++)}  ${place(frame, module, address)}`, ...registerLines(frame));
    lines.push(`    Found by: ${trustTexts[frame.trust]}`);
  }
  const { summary } = thread;
  if (summary !== null && summary.end !== 'end-of-stack') lines.push(`    The walk ended early: ${summary.reason}`);
  return lines;
}

function role(thread: WalkedThread, { crash, requestingThread }: WalkResult): string {
  if (thread.index !== requestingThread) return '';
  return crash === null ? ' (requested dump, did not crash)' : ' (crashed)';
}

function number(count: number): string {
  return String(count).padStart(2);
}

function place(frame: WalkedFrame, moduleName: string, address: (value: bigint) => string): string {
  const { module, symbol, instruction } = frame;
  if (module === null) return address(instruction);
  const inModule = instruction - module.base;
  if (symbol === null) return `${moduleName} + 0x${inModule.toString(16)}`;
  const name = `${moduleName}!${symbol.function}`;
  const inFunction = inModule - BigInt(symbol.functionAddress);
  if (symbol.file === null) return `${name} + 0x${inFunction.toString(16)}`;
  const offset = symbol.lineAddress === undefined ? '' : ` + 0x${(inModule - BigInt(symbol.lineAddress)).toString(16)}`;
  return `${name} [${baseName(symbol.file)}${symbol.line === null ? '' : ` : ${symbol.line}${offset}`}]`;
}

/** As many registers in a line as fit. */
function registerLines({ context }: WalkedFrame): string[] {
  const digits = registerDigits(context.cpu);
  const cells: string[] = [];
  for (const name of shownRegisters(context)) {
    const value = context.registers.get(name);
    if (value !== undefined) cells.push(`${name.padStart(3)} = 0x${value.toString(16).padStart(digits, '0')}`);
  }
  const perLine = Math.max(1, Math.floor((widestLine - 1) / (digits + 12)));
  const lines: string[] = [];
  for (let at = 0; at < cells.length; at += perLine) lines.push(`     ${cells.slice(at, at + perLine).join('    ')}`);
  return lines;
}
