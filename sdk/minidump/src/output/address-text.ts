import type { AbsoluteAddress } from '@faultline/sdk/units';
import { type CpuArchitecture, pointerSize } from '../model/cpu.js';

/** Prints an address. */
export type AddressText = (address: AbsoluteAddress) => string;

const largestExact = BigInt(Number.MAX_SAFE_INTEGER);
const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * Prints an address: `0x` and 8 hex digits at least on 32-bit CPUs, 16 on others. A result has thousands of them, and
 * a bigint's own text takes several times as long as this.
 */
export function addressText(cpu: CpuArchitecture): AddressText {
  const isNarrow = pointerSize(cpu) === 4;
  return (address) => {
    if (address > largestExact) return `0x${address.toString(16).padStart(16, '0')}`;
    const value = Number(address);
    const high = Math.floor(value / 0x1_0000_0000);
    const low = digits(value % 0x1_0000_0000);
    if (isNarrow) return high === 0 ? `0x${low}` : `0x${high.toString(16)}${low}`;
    return `0x${digits(high)}${low}`;
  };
}

function digits(word: number): string {
  return `${pairs[word >>> 24]}${pairs[(word >>> 16) & 0xff]}${pairs[(word >>> 8) & 0xff]}${pairs[word & 0xff]}`;
}

/** What follows the last slash or backslash. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** "6.1.7600 Service Pack 1". */
export function systemVersion(system: { version: string; build: string | null }): string {
  return system.build === null ? system.version : `${system.version} ${system.build}`;
}
