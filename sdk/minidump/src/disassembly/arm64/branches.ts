import type { Operand } from '../instruction.js';
import type { DecodedArm64 } from './decoded.js';
import { bits, conditions, generalName, immediate, signedBits } from './fields.js';

/** Branches, calls, returns, exceptions and hints. */
export function decodeBranch(word: number): DecodedArm64 | null {
  if (bits(word, 30, 26) === 5) return relative(bits(word, 31, 31) === 1 ? 'bl' : 'b', signedBits(word, 25, 0) * 4);
  if (bits(word, 31, 24) === 0x54 && bits(word, 4, 4) === 0) {
    return relative(`b.${conditions[bits(word, 3, 0)] ?? ''}`, signedBits(word, 23, 5) * 4);
  }
  if (bits(word, 30, 25) === 0x1a) {
    const register = generalName(bits(word, 4, 0), bits(word, 31, 31) === 1, 'zr');
    return relative(bits(word, 24, 24) === 1 ? 'cbnz' : 'cbz', signedBits(word, 23, 5) * 4, [register]);
  }
  if (bits(word, 30, 25) === 0x1b) {
    const bit = (bits(word, 31, 31) << 5) | bits(word, 23, 19);
    const register = generalName(bits(word, 4, 0), bit >= 32, 'zr');
    const mnemonic = bits(word, 24, 24) === 1 ? 'tbnz' : 'tbz';
    return relative(mnemonic, signedBits(word, 18, 5) * 4, [register, `#${String(bit)}`]);
  }
  if (bits(word, 31, 25) === 0x6b) return throughRegister(word);
  if (bits(word, 31, 24) === 0xd4) return exception(word);
  if (bits(word, 31, 12) === 0xd5032 && bits(word, 4, 0) === 31) return hint(bits(word, 11, 5));
  if (bits(word, 31, 16) === 0) return plain('udf', bits(word, 15, 0));
  return null;
}

function relative(mnemonic: string, offset: number, before: string[] = []): DecodedArm64 {
  const target = `$${offset < 0 ? '-' : '+'}0x${Math.abs(offset).toString(16)}`;
  const operands: Operand[] = before
    .filter((name) => !name.startsWith('#'))
    .map((name) => ({ kind: 'register', name }));
  operands.push({ kind: 'relative', offset: BigInt(offset) });
  return { mnemonic, operands, text: `${mnemonic} ${[...before, target].join(', ')}` };
}

/** BR, BLR, RET and their forms with pointer authentication (opcode bit 24 or op3). */
function throughRegister(word: number): DecodedArm64 | null {
  const operation = bits(word, 22, 21);
  const stem = ['br', 'blr', 'ret'][operation];
  if (stem === undefined || bits(word, 20, 16) !== 31 || bits(word, 15, 12) !== 0) return null;
  const key = bits(word, 10, 10) === 1 ? 'b' : 'a';
  const isAuthenticated = bits(word, 11, 11) === 1;
  if (!isAuthenticated && (bits(word, 24, 24) === 1 || bits(word, 4, 0) !== 0 || key === 'b')) return null;
  const number = bits(word, 9, 5);
  if (stem === 'ret') {
    if (isAuthenticated) return { mnemonic: `reta${key}`, operands: [], text: `reta${key}` };
    const name = generalName(number, true, 'zr');
    const text = number === 30 ? 'ret' : `ret ${name}`;
    return { mnemonic: 'ret', operands: [{ kind: 'register', name }], text };
  }
  const name = generalName(number, true, 'zr');
  const mnemonic = isAuthenticated ? `${stem === 'br' ? 'bra' : 'blra'}${key}${bits(word, 24, 24) ? '' : 'z'}` : stem;
  return { mnemonic, operands: [{ kind: 'register', name }], text: `${mnemonic} ${name}` };
}

function exception(word: number): DecodedArm64 | null {
  const operation = `${String(bits(word, 23, 21))}${String(bits(word, 4, 0))}`;
  const mnemonic = { '01': 'svc', '02': 'hvc', '03': 'smc', '10': 'brk', '20': 'hlt' }[operation];
  return mnemonic === undefined ? null : plain(mnemonic, bits(word, 20, 5));
}

const hints: Record<number, string> = {
  0: 'nop',
  1: 'yield',
  2: 'wfe',
  3: 'wfi',
  4: 'sev',
  7: 'xpaclri',
  25: 'paciasp',
  27: 'pacibsp',
  29: 'autiasp',
  31: 'autibsp',
  32: 'bti',
  34: 'bti c',
  36: 'bti j',
  38: 'bti jc',
};

function hint(number: number): DecodedArm64 {
  const text = hints[number] ?? `hint ${immediate(number)}`;
  return { mnemonic: text.split(' ')[0] ?? text, operands: [], text };
}

function plain(mnemonic: string, value: number): DecodedArm64 {
  return {
    mnemonic,
    operands: [{ kind: 'immediate', value: BigInt(value) }],
    text: `${mnemonic} ${immediate(value)}`,
  };
}
