import type { Operand } from '../instruction.js';
import type { DecodedArm64 } from './decoded.js';
import { bits, generalName, immediate, signedBits } from './fields.js';

/** Address formation, moves, additions and logic: what most often stands where a thread was stopped. */
export function decodeComputation(word: number): DecodedArm64 | null {
  const is64 = bits(word, 31, 31) === 1;
  if (bits(word, 28, 24) === 0x10) return pcRelative(word, is64);
  if (bits(word, 28, 23) === 0x22) return addImmediate(word, is64);
  if (bits(word, 28, 23) === 0x25) return wideMove(word, is64);
  if (bits(word, 28, 24) === 0x0b && bits(word, 21, 21) === 0) return shiftedRegister(word, is64, addition);
  if (bits(word, 28, 24) === 0x0a) return shiftedRegister(word, is64, logic);
  if (bits(word, 28, 21) === 0xd6 && bits(word, 30, 29) === 0) return division(word, is64);
  return null;
}

function decoded(mnemonic: string, names: string[], extra: string[] = []): DecodedArm64 {
  const operands: Operand[] = names.map((name) => ({ kind: 'register', name }));
  return { mnemonic, operands, text: `${mnemonic} ${[...names, ...extra].join(', ')}` };
}

function pcRelative(word: number, isPage: boolean): DecodedArm64 {
  const value = signedBits(word, 23, 5) * 4 + bits(word, 30, 29);
  const register = generalName(bits(word, 4, 0), true, 'zr');
  return decoded(isPage ? 'adrp' : 'adr', [register], [immediate(isPage ? value * 4096 : value)]);
}

function addImmediate(word: number, is64: boolean): DecodedArm64 {
  const setsFlags = bits(word, 29, 29) === 1;
  const isSubtraction = bits(word, 30, 30) === 1;
  const value = bits(word, 21, 10) * (bits(word, 22, 22) === 1 ? 4096 : 1);
  const target = bits(word, 4, 0);
  const source = generalName(bits(word, 9, 5), is64, 'sp');
  if (setsFlags && target === 31) return decoded(isSubtraction ? 'cmp' : 'cmn', [source], [immediate(value)]);
  const name = generalName(target, is64, setsFlags ? 'zr' : 'sp');
  const isMove = !setsFlags && !isSubtraction && value === 0 && (target === 31 || bits(word, 9, 5) === 31);
  if (isMove) return decoded('mov', [name, source]);
  return decoded(`${isSubtraction ? 'sub' : 'add'}${setsFlags ? 's' : ''}`, [name, source], [immediate(value)]);
}

function wideMove(word: number, is64: boolean): DecodedArm64 | null {
  const kind = bits(word, 30, 29);
  const register = generalName(bits(word, 4, 0), is64, 'zr');
  const shift = bits(word, 22, 21) * 16;
  const value = BigInt(bits(word, 20, 5));
  if (kind === 3) {
    const by = shift === 0 ? [] : [`lsl #${String(shift)}`];
    return decoded('movk', [register], [immediate(value), ...by]);
  }
  if (kind === 1) return null;
  const shifted = value << BigInt(shift);
  return decoded('mov', [register], [immediate(kind === 2 ? shifted : -shifted - 1n)]);
}

const addition = ['add', 'adds', 'sub', 'subs'];
const logic = ['and', 'bic', 'orr', 'orn', 'eor', 'eon', 'ands', 'bics'];
const shiftNames = ['lsl', 'lsr', 'asr', 'ror'];

function shiftedRegister(word: number, is64: boolean, names: string[]): DecodedArm64 | null {
  const isLogic = names === logic;
  const mnemonic = names[isLogic ? bits(word, 30, 29) * 2 + bits(word, 21, 21) : bits(word, 30, 29)];
  if (mnemonic === undefined) return null;
  const name = (low: number) => generalName(bits(word, low + 4, low), is64, 'zr');
  const [target, first, second] = [name(0), name(5), name(16)];
  const amount = bits(word, 15, 10);
  const shift = amount === 0 ? [] : [`${shiftNames[bits(word, 23, 22)] ?? ''} #${String(amount)}`];
  if (mnemonic === 'orr' && bits(word, 9, 5) === 31 && amount === 0) return decoded('mov', [target, second]);
  if (bits(word, 4, 0) === 31) {
    const short = { subs: 'cmp', adds: 'cmn', ands: 'tst' }[mnemonic];
    if (short !== undefined) return decoded(short, [first, second], shift);
  }
  return decoded(mnemonic, [target, first, second], shift);
}

function division(word: number, is64: boolean): DecodedArm64 | null {
  const mnemonic = { 2: 'udiv', 3: 'sdiv', 8: 'lsl', 9: 'lsr', 10: 'asr', 11: 'ror' }[bits(word, 15, 10)];
  if (mnemonic === undefined) return null;
  const name = (low: number) => generalName(bits(word, low + 4, low), is64, 'zr');
  return decoded(mnemonic, [name(0), name(5), name(16)]);
}
