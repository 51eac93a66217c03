/**
 * Where each CPU's context record keeps its registers: the CONTEXT structures of winnt.h for x86, amd64, arm and
 * arm64, and Breakpad's MDRawContext structures for the others.
 */
export interface RegisterLayout {
  /** Offset of the context flags, and their width in bytes. */
  flags: { offset: number; width: 4 | 8 };
  /** The bit of the flags that names this CPU. */
  cpuBit: number;
  /** Bytes of the whole record. */
  size: number;
  registers: RegisterRun[];
}

/** Registers that stand one after another. */
interface RegisterRun {
  offset: number;
  width: 4 | 8;
  names: readonly string[];
}

const numbered = (prefix: string, count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `${prefix}${index + from}`);

export const x86Layout: RegisterLayout = {
  flags: { offset: 0, width: 4 },
  cpuBit: 0x0001_0000,
  size: 716,
  registers: [
    { offset: 156, width: 4, names: ['edi', 'esi', 'ebx', 'edx', 'ecx', 'eax', 'ebp', 'eip'] },
    { offset: 192, width: 4, names: ['eflags', 'esp'] },
  ],
};

export const amd64Layout: RegisterLayout = {
  flags: { offset: 48, width: 4 },
  cpuBit: 0x0010_0000,
  size: 1232,
  registers: [
    { offset: 120, width: 8, names: ['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi'] },
    { offset: 184, width: 8, names: [...numbered('r', 8, 8), 'rip'] },
  ],
};

export const armLayout: RegisterLayout = {
  flags: { offset: 0, width: 4 },
  cpuBit: 0x4000_0000,
  size: 368,
  registers: [{ offset: 4, width: 4, names: [...numbered('r', 11), 'fp', 'r12', 'sp', 'lr', 'pc'] }],
};

const arm64Names = [...numbered('x', 29), 'fp', 'lr', 'sp', 'pc'];

export const arm64Layout: RegisterLayout = {
  flags: { offset: 0, width: 4 },
  cpuBit: 0x0040_0000,
  size: 912,
  registers: [{ offset: 8, width: 8, names: arm64Names }],
};

/** Breakpad's older record, processor architecture 0x8003. */
export const arm64OldLayout: RegisterLayout = {
  flags: { offset: 0, width: 8 },
  cpuBit: 0x8000_0000,
  size: 796,
  registers: [{ offset: 8, width: 8, names: arm64Names }],
};

const mipsNames = [
  ...['zero', 'at', 'v0', 'v1', 'a0', 'a1', 'a2', 'a3'],
  ...numbered('t', 8),
  ...numbered('s', 8),
  ...['t8', 't9', 'k0', 'k1', 'gp', 'sp', 'fp', 'ra'],
];

function mipsLayout(cpuBit: number): RegisterLayout {
  return {
    flags: { offset: 0, width: 4 },
    cpuBit,
    size: 600,
    registers: [
      { offset: 8, width: 8, names: mipsNames },
      { offset: 312, width: 8, names: ['pc'] },
    ],
  };
}
export const mips32Layout = mipsLayout(0x0004_0000);
export const mips64Layout = mipsLayout(0x0008_0000);

export const ppcLayout: RegisterLayout = {
  flags: { offset: 0, width: 4 },
  cpuBit: 0x2000_0000,
  size: 1004,
  registers: [
    { offset: 4, width: 4, names: ['srr0', 'srr1', ...numbered('r', 32)] },
    { offset: 140, width: 4, names: ['cr', 'xer', 'lr', 'ctr', 'mq', 'vrsave'] },
  ],
};

export const ppc64Layout: RegisterLayout = {
  flags: { offset: 0, width: 8 },
  cpuBit: 0x0100_0000,
  size: 1160,
  registers: [
    { offset: 8, width: 8, names: ['srr0', 'srr1', ...numbered('r', 32), 'cr', 'xer', 'lr', 'ctr', 'vrsave'] },
  ],
};

export const sparcLayout: RegisterLayout = {
  flags: { offset: 0, width: 4 },
  cpuBit: 0x1000_0000,
  size: 584,
  registers: [{ offset: 8, width: 8, names: [...numbered('g_r', 32), 'ccr', 'pc', 'npc', 'y', 'asi', 'fprs'] }],
};

const riscvNames = [
  ...['pc', 'ra', 'sp', 'gp', 'tp', 't0', 't1', 't2', 's0', 's1'],
  ...numbered('a', 8),
  ...numbered('s', 10, 2),
  ...numbered('t', 4, 3),
];

export const riscvLayout: RegisterLayout = {
  flags: { offset: 0, width: 4 },
  cpuBit: 0x0080_0000,
  size: 268,
  registers: [{ offset: 8, width: 4, names: riscvNames }],
};

export const riscv64Layout: RegisterLayout = {
  flags: { offset: 0, width: 4 },
  cpuBit: 0x0800_0000,
  size: 528,
  registers: [{ offset: 8, width: 8, names: riscvNames }],
};
