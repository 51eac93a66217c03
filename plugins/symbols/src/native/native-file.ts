/** Native debug files as the store keeps them: what they are for, and under which key. */
import { open } from 'node:fs/promises';
import { FaultlineError, isFaultlineError } from '@faultline/sdk/errors';
import type { RandomAccessSource } from '@faultline/sdk/random-access-source';
import { identifyDebugFile, type DebugFileFormat, type DebugFileIdentity } from '@faultline/symbols/debug-file';
import { safeLeaf } from '@faultline/symbols/symbol-path';
import { parseSymbolKey, type SymbolKey } from '../store/symbol-key.js';

/** Kept with the file's record. A type, not an interface: it is a JSON value. */
export type NativeFacts = {
  format: DebugFileFormat;
  modules: { architecture: string; debugId: string; codeId: string }[];
  hasDebugInfo: boolean;
  hasCode: boolean;
  /** Of the module in crash reports: what its `.sym` is named by. */
  debugFile: string;
};

/** Null for a file that is none of them. Throws what `identifyDebugFile` throws. */
export async function identifyNative(file: string): Promise<DebugFileIdentity | null> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const source: RandomAccessSource = {
      size,
      async read(offset, length) {
        const bytes = new Uint8Array(length);
        const { bytesRead } = await handle.read(bytes, 0, length, offset);
        return bytes.subarray(0, bytesRead);
      },
    };
    return await identifyDebugFile(source);
  } finally {
    await handle.close();
  }
}

/**
 * Where a file belongs: binaries of Windows by timestamp and size, PDBs by GUID and age (symsrv's layout), ELF files by
 * build id, Mach-O files by uuid. What was split off a binary lies beside it under a name that says so.
 * @param name as it was uploaded; only its last part counts
 * @throws FaultlineError `Malformed DEBUG_FILE_WITHOUT_ID`, `SYMBOL_KEY_INVALID`
 */
export function nativePlace(name: string, identity: DebugFileIdentity): { key: SymbolKey; facts: NativeFacts } {
  const leaf = safeLeaf(name) ?? '';
  const { format, hasDebugInfo, hasCode } = identity;
  const modules = identity.modules.filter(({ debugId, codeId }) => debugId !== '' || codeId !== '');
  const [first] = modules;
  const id = format === 'pdb' ? first?.debugId : first?.codeId || first?.debugId;
  if (first === undefined || id === undefined) {
    throw new FaultlineError('Malformed', 'DEBUG_FILE_WITHOUT_ID', 'it has no id that a crash could name it by', {
      hint: 'Link it with a build id (--build-id) or a uuid.',
    });
  }
  const module = isSplit(identity) ? leaf.replace(/\.(debug|dbg|dwarf)$/i, '') : leaf;
  const fileName = isSplit(identity) ? `${module}${format === 'elf' ? '.debug' : '.dwarf'}` : leaf;
  const debugFile = format === 'pe' && identity.debugFile !== '' ? identity.debugFile : module;
  return {
    key: parseSymbolKey(`${module}/${id}/${fileName}`),
    facts: { format, modules, hasDebugInfo, hasCode, debugFile: safeLeaf(debugFile) ?? module },
  };
}

/** ELF and Mach-O files whose code stands elsewhere. */
function isSplit({ format, hasCode }: Pick<DebugFileIdentity, 'format' | 'hasCode'>): boolean {
  return !hasCode && (format === 'elf' || format === 'mach-o');
}

/** Whether a key that somebody chose fits the file; null, or what it is for. */
export function keyProblem(key: SymbolKey, identity: DebugFileIdentity): string | null {
  const ids = identity.modules.flatMap(({ debugId, codeId }) => [debugId, codeId]).filter((id) => id !== '');
  return ids.includes(key.id) ? null : `it is for ${ids.join(', ') || 'no id at all'}`;
}

/** What is wrong with a native file, in words; null for an error that is not about the file. */
export function nativeProblem(error: unknown): string | null {
  const isAbout = isFaultlineError(error) && (error.kind === 'Malformed' || error.kind === 'Unsupported');
  if (!isAbout) return null;
  return error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
}

const extensions = /\.(pdb|exe|dll|sys|ocx|cpl|scr|so|debug|dbg|dwarf|dylib|node)$|\.so\.[\d.]+$/i;

/** Whether a file's name says that it may be one; what it is, its first bytes decide. */
export function mayBeNative(path: string): boolean {
  const leaf = path.split(/[\\/]/).at(-1) ?? '';
  if (/\.dSYM[\\/]Contents[\\/]Resources[\\/]DWARF[\\/][^\\/]+$/.test(path)) return true;
  return extensions.test(leaf) || (!leaf.includes('.') && leaf !== '');
}
