import type { CpuArchitecture } from './cpu.js';

/**
 * Registers of one frame. A name is present only when its value is known: frame 0 has all that the dump stored, a
 * caller's frame just what unwinding recovered. Values are unsigned, of the register's own width.
 *
 * Names per architecture: x86 eip esp ebp ebx esi edi eax ecx edx eflags; amd64 rip rsp rbp rbx rax rcx rdx rsi rdi
 * r8-r15; arm r0-r10 fp r12 sp lr pc; arm64 x0-x28 fp lr sp pc; mips and mips64 gp sp fp ra pc s0-s7 and the rest by
 * o32 name; ppc srr0 r0-r31 lr; sparc pc npc g_r0-g_r31; riscv pc ra sp s0-s11.
 */
export interface CpuContext {
  readonly cpu: CpuArchitecture;
  readonly registers: Map<string, bigint>;
}

/** Names of the registers that hold the instruction and stack pointer. */
export const pointerRegisters: Record<CpuArchitecture, { instruction: string; stack: string }> = {
  x86: { instruction: 'eip', stack: 'esp' },
  amd64: { instruction: 'rip', stack: 'rsp' },
  arm: { instruction: 'pc', stack: 'sp' },
  arm64: { instruction: 'pc', stack: 'sp' },
  ppc: { instruction: 'srr0', stack: 'r1' },
  ppc64: { instruction: 'srr0', stack: 'r1' },
  sparc: { instruction: 'pc', stack: 'g_r14' },
  mips: { instruction: 'pc', stack: 'sp' },
  mips64: { instruction: 'pc', stack: 'sp' },
  riscv: { instruction: 'pc', stack: 'sp' },
  riscv64: { instruction: 'pc', stack: 'sp' },
  unknown: { instruction: 'pc', stack: 'sp' },
};
