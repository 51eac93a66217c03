import type { AccessKind, MemoryOperand } from '../instruction.js';
import type { CodeReader } from './code-reader.js';
import { NotAnInstruction } from './code-reader.js';
import type { Prefixes } from './prefixes.js';
import { generalRegister } from './registers.js';

/** A decoded ModRM byte with what follows it. */
export interface ModRm {
  /** Register field, extended: 0 to 15. */
  register: number;
  /** Register field as it stands: 0 to 7, which chooses in a group. */
  field: number;
  /** Number of the register operand; null when it is memory. */
  direct: number | null;
  memory: Omit<MemoryOperand, 'kind' | 'size' | 'access'> | null;
}

export function readModRm(reader: CodeReader, prefixes: Prefixes): ModRm {
  const byte = reader.byte();
  const field = (byte >> 3) & 7;
  const register = field | prefixes.r;
  const mode = byte >> 6;
  const rm = byte & 7;
  if (mode === 3) return { register, field, direct: rm | prefixes.b, memory: null };
  if (prefixes.addressSize === 2) throw new NotAnInstruction('16-bit addresses are not decoded');
  return { register, field, direct: null, memory: readMemory(reader, prefixes, mode, rm) };
}

function readMemory(reader: CodeReader, prefixes: Prefixes, mode: number, rm: number): ModRm['memory'] {
  const size = prefixes.addressSize === 8 ? 8 : 4;
  const name = (number: number) => generalRegister(number, size, true);
  let base: string | null = null;
  let index: string | null = null;
  let scale = 1;
  let hasDisplacement32 = mode === 2;
  if (rm === 4) {
    const sib = reader.byte();
    const indexNumber = ((sib >> 3) & 7) | prefixes.x;
    if (indexNumber !== 4) {
      index = name(indexNumber);
      scale = 1 << (sib >> 6);
    }
    if ((sib & 7) === 5 && mode === 0) hasDisplacement32 = true;
    else base = name((sib & 7) | prefixes.b);
  } else if (rm === 5 && mode === 0) {
    hasDisplacement32 = true;
    if (prefixes.is64) base = size === 8 ? 'rip' : 'eip';
  } else {
    base = name(rm | prefixes.b);
  }
  const displacement = hasDisplacement32 ? reader.number(4, true) : mode === 1 ? reader.number(1, true) : 0n;
  return { base, index, scale, displacement, segment: prefixes.segment };
}

export function memoryOperand(modRm: ModRm, size: number | null, access: AccessKind | null): MemoryOperand {
  if (modRm.memory === null) throw new NotAnInstruction();
  return { kind: 'memory', ...modRm.memory, size, access };
}
