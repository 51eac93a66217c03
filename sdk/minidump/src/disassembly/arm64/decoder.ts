import type { Instruction } from '../instruction.js';
import { decodeBranch } from './branches.js';
import { decodeComputation } from './computations.js';
import { decodeLoadStore } from './load-store.js';

/**
 * Decodes A64 code: loads and stores of every kind that names one address, branches, and the computations that
 * compilers use most. Encodings: Arm Architecture Reference Manual, C4.
 */
export function decodeArm64(code: Uint8Array): Instruction | null {
  if (code.byteLength < 4) return null;
  const word = new DataView(code.buffer, code.byteOffset, 4).getUint32(0, true);
  const decoded = decodeLoadStore(word) ?? decodeBranch(word) ?? decodeComputation(word);
  return decoded === null ? null : { ...decoded, length: 4, implicitStack: null };
}
