import { FaultlineError } from '@faultline/sdk/errors';

export type DebugFileFormat = 'elf' | 'pe' | 'pdb' | 'mach-o';

/** One binary's identity; fat Mach-O files have several. */
export interface DebugFileModule {
  /** As MODULE records and dump_syms name it: `x86_64`, `x86`, `arm64`, `arm`, ...; "" when unknown. */
  architecture: string;
  /** Breakpad form; "" when the file has none. */
  debugId: string;
  /** Upper case: PE timestamp and size, ELF build id, Mach-O uuid; "" when the file has none. */
  codeId: string;
}

export interface DebugFileIdentity {
  format: DebugFileFormat;
  modules: DebugFileModule[];
  /** Has DWARF or PDB records, or is a symbol table that was split off. */
  hasDebugInfo: boolean;
  /** Has the program itself, not only what was split off it. */
  hasCode: boolean;
  /** Of a PE: the PDB that its debug directory names (last part of the path); "" otherwise. */
  debugFile: string;
}

/** The debug id that stands for a GUID as Windows keeps it, and an age. */
export function debugIdOfGuid(guid: Uint8Array, age: number): string {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  const hex = order.map((at) => (guid[at] ?? 0).toString(16).padStart(2, '0')).join('');
  return `${hex}${(age >>> 0).toString(16)}`.toUpperCase();
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();
}

export function damaged(reason: string): FaultlineError {
  return new FaultlineError('Malformed', 'DEBUG_FILE_DAMAGED', reason);
}
