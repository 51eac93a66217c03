import { FaultlineError } from '@faultline/sdk/errors';
import type { CpuContext } from '../../model/cpu-context.js';
import type { CpuArchitecture } from '../../model/cpu.js';
import type { ByteView } from '../byte-view.js';
import type { Minidump } from '../minidump.js';
import type { SystemInfo } from '../streams/system-info.js';
import type { Location } from '../streams/thread-list.js';
import {
  amd64Layout,
  arm64Layout,
  arm64OldLayout,
  armLayout,
  mips32Layout,
  mips64Layout,
  ppc64Layout,
  ppcLayout,
  type RegisterLayout,
  riscv64Layout,
  riscvLayout,
  sparcLayout,
  x86Layout,
} from './register-layout.js';

const layouts: Record<CpuArchitecture, RegisterLayout | null> = {
  x86: x86Layout,
  amd64: amd64Layout,
  arm: armLayout,
  arm64: arm64Layout,
  ppc: ppcLayout,
  ppc64: ppc64Layout,
  sparc: sparcLayout,
  mips: mips32Layout,
  mips64: mips64Layout,
  riscv: riscvLayout,
  riscv64: riscv64Layout,
  unknown: null,
};

/** How contexts of this dump are laid out; null for a CPU that we don't know. */
export function registerLayout(system: Pick<SystemInfo, 'cpu' | 'processorArchitecture'>): RegisterLayout | null {
  return system.processorArchitecture === 0x8003 ? arm64OldLayout : layouts[system.cpu];
}

/** Registers at a location of the dump; null when there is no context, or it is another CPU's (then a problem). */
export async function readContext(
  dump: Minidump,
  system: Pick<SystemInfo, 'cpu' | 'processorArchitecture'>,
  location: Location,
): Promise<CpuContext | null> {
  const layout = registerLayout(system);
  if (layout === null || location.size === 0) return null;
  const context = dump.contextFor('ThreadContext');
  return context.attempt(async () => {
    const kept = Math.min(location.size, layout.size);
    return decodeContext(await dump.bytes.read(location.rva, kept), system.cpu, layout);
  });
}

/** Registers of one record. @throws FaultlineError `WRONG_CPU_CONTEXT` when its flags name another CPU */
export function decodeContext(record: ByteView, cpu: CpuArchitecture, layout: RegisterLayout): CpuContext {
  const { offset, width } = layout.flags;
  const flags = width === 8 ? Number(record.u64(offset) & 0xffff_ffffn) : record.u32(offset);
  // Only our own CPU's bit is asked for: Windows sets exception bits (0x48000000) that Breakpad gave to other CPUs.
  if ((flags & layout.cpuBit) === 0) {
    throw new FaultlineError(
      'Malformed',
      'WRONG_CPU_CONTEXT',
      `A context with flags 0x${flags.toString(16)} does not belong to ${cpu}`,
    );
  }
  const registers = new Map<string, bigint>();
  for (const run of layout.registers) {
    let at = run.offset;
    for (const name of run.names) {
      registers.set(name, run.width === 8 ? record.u64(at) : BigInt(record.u32(at)));
      at += run.width;
    }
  }
  return { cpu, registers };
}
