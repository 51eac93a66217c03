import type { AbsoluteAddress } from '@faultline/sdk/units';
import { type CpuArchitecture, pointerSize } from '../model/cpu.js';

/** Prints an address: `0x` and 8 hex digits at least on 32-bit CPUs, 16 on others. */
export type AddressText = (address: AbsoluteAddress) => string;

export function addressText(cpu: CpuArchitecture): AddressText {
  const digits = pointerSize(cpu) * 2;
  return (address) => `0x${address.toString(16).padStart(digits, '0')}`;
}

/** What follows the last slash or backslash. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** "6.1.7600 Service Pack 1". */
export function systemVersion(system: { version: string; build: string | null }): string {
  return system.build === null ? system.version : `${system.version} ${system.build}`;
}
