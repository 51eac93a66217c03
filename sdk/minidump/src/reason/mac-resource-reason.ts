import { hex64 } from './code-table.js';
import { guardFlavors, guardTypes, resourceFlavors, resourceTypes } from './data/mac-codes.js';

/**
 * EXC_RESOURCE: which resource a program used too much of. The bit fields are those of xnu's kern/exc_resource.h.
 * @param flags the upper half of the first code, as Crashpad stores it
 * @returns null for a resource that has no name
 */
export function resourceReason(flags: number, code: bigint, subcode: bigint): string | null {
  const type = resourceTypes[(flags >>> 29) & 7];
  if (type === undefined) return null;
  const flavor = resourceFlavors[type]?.[Number((code >> 58n) & 7n)];
  const detail = flavor === undefined ? rawCodes(code, subcode) : `${flavor} ${resourceDetail(type, code, subcode)}`;
  return `EXC_RESOURCE / ${type} / ${detail}`;
}

function resourceDetail(type: string, code: bigint, subcode: bigint): string {
  switch (type) {
    case 'RESOURCE_TYPE_CPU':
      // Percentages have seven bits. rust-minidump takes three.
      return `interval: ${(code >> 7n) & 0x1ffffffn}s CPU limit: ${code & 0x7fn}% CPU consumed: ${subcode & 0x7fn}%`;
    case 'RESOURCE_TYPE_WAKEUPS':
      return `interval: ${(code >> 20n) & 0xfffffn}s wakeups permitted: ${code & 0xfffn} wakeups observed: ${subcode & 0xfffn}`;
    case 'RESOURCE_TYPE_MEMORY':
      return `high watermark limit: ${code & 0x1fffn}MiB`;
    case 'RESOURCE_TYPE_IO':
      // The header says megabytes; rust-minidump prints a percent sign.
      return `interval: ${(code >> 15n) & 0x1ffffn}s I/O limit: ${code & 0x7fffn}MiB I/O observed: ${subcode & 0x7fffn}MiB`;
    default:
      return `high watermark limit: ${code & 0x7fffn}`;
  }
}

/** EXC_GUARD: which guarded thing was touched. The bit fields are those of xnu's kern/exc_guard.h. */
export function guardReason(flags: number, code: bigint, subcode: bigint): string | null {
  const type = guardTypes[(flags >>> 29) & 7];
  if (type === undefined) return null;
  const start = `EXC_GUARD / ${type}`;
  if (type === 'GUARD_TYPE_NONE') return start;
  if (type === 'GUARD_TYPE_USER') return `${start}/ namespace: ${code & 0xffff_ffffn} guard identifier: ${subcode}`;
  const flavor = guardFlavors[type]?.[Number((code >> 32n) & 0x1fff_ffffn)];
  if (flavor === undefined) return `${start} / ${rawCodes(code, subcode)}`;
  return `${start} / ${flavor} ${guardDetail(type, code & 0xfff_ffffn, subcode)}`;
}

function guardDetail(type: string, target: bigint, subcode: bigint): string {
  switch (type) {
    case 'GUARD_TYPE_MACH_PORT':
      return `port name: ${target}${subcode === 0n ? '' : ` subcode: ${subcode}`}`;
    case 'GUARD_TYPE_FD':
      return `file descriptor: ${target} guard identifier: ${subcode}`;
    case 'GUARD_TYPE_VN':
      return `pid: ${target} guard identifier: ${subcode}`;
    case 'GUARD_TYPE_VIRT_MEMORY':
      return `offset: ${subcode}`;
    default:
      return `syscall: ${subcode}`;
  }
}

function rawCodes(code: bigint, subcode: bigint): string {
  return `${hex64(code)} / ${hex64(subcode)}`;
}
