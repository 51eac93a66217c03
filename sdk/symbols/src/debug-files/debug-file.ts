/**
 * What a native debug file is for: PDB, PE, ELF, Mach-O. Only headers are read, by range, with every count bounded
 * before anything is allocated: these files come from anybody who may upload, and some have many gigabytes.
 */
import { FaultlineError } from '@faultline/sdk/errors';
import type { RandomAccessSource } from '@faultline/sdk/random-access-source';
import { readElf } from './elf.js';
import { readMachO } from './mach-o.js';
import { readPdb } from './pdb.js';
import { readPe } from './pe.js';

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

const formats: readonly [DebugFileFormat, readonly number[][]][] = [
  ['elf', [[0x7f, 0x45, 0x4c, 0x46]]],
  ['pe', [[0x4d, 0x5a]]],
  ['pdb', [[...'Microsoft C/C++ '].map((letter) => letter.charCodeAt(0))]],
  [
    'mach-o',
    [
      [0xfe, 0xed, 0xfa, 0xce],
      [0xfe, 0xed, 0xfa, 0xcf],
      [0xce, 0xfa, 0xed, 0xfe],
      [0xcf, 0xfa, 0xed, 0xfe],
      // A fat file's count of binaries follows. Java classes begin with the same word, and their version is larger.
      [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0],
      [0xca, 0xfe, 0xba, 0xbf, 0, 0, 0],
    ],
  ],
];

/** By its first 16 bytes; null for anything else. */
export function debugFileFormat(start: Uint8Array): DebugFileFormat | null {
  const found = formats.find(([, magics]) => magics.some((magic) => magic.every((byte, at) => start[at] === byte)));
  if (found === undefined) return null;
  const isJava = found[0] === 'mach-o' && start[0] === 0xca && (start[7] ?? 255) > 32;
  return isJava ? null : found[0];
}

/**
 * Null when it is none of these formats.
 * @throws FaultlineError `Malformed DEBUG_FILE_DAMAGED` with what is wrong, `Unsupported DEBUG_FILE_UNSUPPORTED`
 */
export async function identifyDebugFile(source: RandomAccessSource): Promise<DebugFileIdentity | null> {
  const format = debugFileFormat(await source.read(0, Math.min(16, source.size)));
  switch (format) {
    case 'elf':
      return readElf(source);
    case 'pe':
      return readPe(source);
    case 'pdb':
      return readPdb(source);
    case 'mach-o':
      return readMachO(source);
    case null:
      return null;
  }
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
