/** CPU architectures that a minidump can name, as rust-minidump spells them in its JSON. */
export const cpuArchitectures = [
  'x86',
  'amd64',
  'arm',
  'arm64',
  'ppc',
  'ppc64',
  'sparc',
  'mips',
  'mips64',
  'riscv',
  'riscv64',
  'unknown',
] as const;
export type CpuArchitecture = (typeof cpuArchitectures)[number];

const narrow: ReadonlySet<CpuArchitecture> = new Set(['x86', 'arm', 'ppc', 'sparc', 'mips', 'riscv']);

/** Bytes of a pointer: 4 or 8; an unknown CPU counts as 64 bit. */
export function pointerSize(cpu: CpuArchitecture): 4 | 8 {
  return narrow.has(cpu) ? 4 : 8;
}
