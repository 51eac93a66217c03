import type { CpuContext } from '../model/cpu-context.js';
import { type CpuArchitecture, pointerSize } from '../model/cpu.js';

const mips = ['gp', 'sp', 'fp', 'ra', 'pc', 's0', 's1', 's2', 's3', 's4', 's5', 's6', 's7'];

const amd64 = ['rax', 'rdx', 'rcx', 'rbx', 'rsi', 'rdi', 'rbp', 'rsp'];

/** Breakpad's order; for x86 and mips not all registers that the dump stores are printed. */
const shown: Partial<Record<CpuArchitecture, readonly string[]>> = {
  amd64: [...amd64, 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15', 'rip'],
  x86: ['eip', 'esp', 'ebp', 'ebx', 'esi', 'edi', 'eax', 'ecx', 'edx', 'eflags'],
  mips,
  mips64: mips,
};

/** Names of the registers to print, in the order of the human text. */
export function shownRegisters(context: CpuContext): readonly string[] {
  return shown[context.cpu] ?? [...context.registers.keys()];
}

/** Hex digits of a register: mips and sparc contexts store 64 bits on 32-bit CPUs too. */
export function registerDigits(cpu: CpuArchitecture): number {
  return cpu === 'mips' || cpu === 'sparc' ? 16 : pointerSize(cpu) * 2;
}
