/**
 * What a native debug file is for: PDB, PE, ELF, Mach-O. Only headers are read, by range, with every count bounded
 * before anything is allocated: these files come from anybody who may upload, and some have many gigabytes.
 */
import type { RandomAccessSource } from '@faultline/sdk/random-access-source';
import type { DebugFileFormat, DebugFileIdentity } from './debug-file-identity.js';
import { readElf } from './elf.js';
import { readMachO } from './mach-o.js';
import { readPdb } from './pdb.js';
import { readPe } from './pe.js';

export type { DebugFileFormat, DebugFileIdentity, DebugFileModule } from './debug-file-identity.js';
export { debugIdOfGuid } from './debug-file-identity.js';

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
