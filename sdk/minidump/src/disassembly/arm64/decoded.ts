import type { Instruction } from '../instruction.js';

/** What one decoder knows of an instruction. */
export type DecodedArm64 = Pick<Instruction, 'mnemonic' | 'operands' | 'text'>;
