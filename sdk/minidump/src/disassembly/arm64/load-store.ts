import type { AccessKind, MemoryOperand, Operand } from '../instruction.js';
import type { DecodedArm64 } from './decoded.js';
import { bits, generalName, immediate, signedBits } from './fields.js';

interface Transfer {
  mnemonic: string;
  /** Registers as shown, the loaded or stored ones. */
  registers: string[];
  size: number;
  access: AccessKind | null;
  /** Number of the base register. */
  base: number;
  displacement?: number;
  /** How the base is written back, if at all. */
  writeBack?: 'pre' | 'post';
  index?: { name: string; scale: number; isSigned: boolean; shown: string };
}

/** A load or store; null when the word is another instruction or one of several addresses. */
export function decodeLoadStore(word: number): DecodedArm64 | null {
  const group = bits(word, 29, 27);
  let transfer: Transfer | null = null;
  if (group === 7) transfer = single(word);
  else if (group === 5) transfer = pair(word);
  else if (group === 3 && bits(word, 25, 24) === 0) return literal(word);
  else if (group === 1 && bits(word, 26, 24) === 0) transfer = exclusive(word);
  return transfer === null ? null : shown(transfer);
}

const vectorLetters = 'bhsdq';

/** Register and size of a single transfer, by the size, V and opc fields. */
function single(word: number): Transfer | null {
  const size = bits(word, 31, 30);
  const isVector = bits(word, 26, 26) === 1;
  const opc = bits(word, 23, 22);
  const kind = bits(word, 25, 24);
  const register = bits(word, 4, 0);
  const base = bits(word, 9, 5);
  if (kind > 1) return null;
  if (kind === 0 && bits(word, 21, 21) === 1 && bits(word, 11, 10) === 0) return atomic(word);
  const what = isVector ? vectorTransfer(size, opc, register) : generalTransfer(size, opc, register);
  if (what === null) return null;
  if (kind === 1) return { ...what, base, displacement: bits(word, 21, 10) * what.size };
  const mode = bits(word, 11, 10);
  if (bits(word, 21, 21) === 1) {
    // The extension must be one of 32 or 64 bits.
    if (mode !== 2 || bits(word, 14, 14) === 0) return null;
    return { ...what, base, index: registerOffset(word, what.size) };
  }
  const displacement = signedBits(word, 20, 12);
  if (mode === 1) return { ...what, base, displacement, writeBack: 'post' };
  if (mode === 3) return { ...what, base, displacement, writeBack: 'pre' };
  const isPrefetch = what.mnemonic === 'prfm';
  if (isPrefetch && mode === 2) return null;
  const mnemonic = isPrefetch ? 'prfum' : what.mnemonic.replace(/^(ld|st)r/, mode === 2 ? '$1tr' : '$1ur');
  return { ...what, mnemonic, base, displacement };
}

function generalTransfer(size: number, opc: number, register: number) {
  const bytes = 1 << size;
  const suffix = ['b', 'h', '', ''][size] ?? '';
  if (opc === 0) return named(`str${suffix}`, generalName(register, size === 3, 'zr'), bytes, 'write');
  if (opc === 1) return named(`ldr${suffix}`, generalName(register, size === 3, 'zr'), bytes, 'read');
  if (size === 3) return opc === 2 ? named('prfm', `#${String(register)}`, bytes, null) : null;
  if (size === 2 && opc === 3) return null;
  const signed = ['sb', 'sh', 'sw'][size] ?? '';
  return named(`ldr${signed}`, generalName(register, opc === 2, 'zr'), bytes, 'read');
}

function vectorTransfer(size: number, opc: number, register: number) {
  const log = size + (opc >= 2 ? 4 : 0);
  const letter = vectorLetters[log];
  if (letter === undefined) return null;
  const isLoad = (opc & 1) === 1;
  return named(isLoad ? 'ldr' : 'str', `${letter}${String(register)}`, 1 << log, isLoad ? 'read' : 'write');
}

function named(mnemonic: string, register: string, size: number, access: AccessKind | null) {
  return { mnemonic, registers: [register], size, access };
}

function registerOffset(word: number, size: number): Transfer['index'] {
  const option = bits(word, 15, 13);
  const isShifted = bits(word, 12, 12) === 1;
  const shift = isShifted ? Math.log2(size) : 0;
  const name = generalName(bits(word, 20, 16), (option & 1) === 1, 'zr');
  const extension = ['', '', 'uxtw', 'lsl', '', '', 'sxtw', 'sxtx'][option] ?? '';
  const isPlain = extension === 'lsl' && !isShifted;
  const suffix = isPlain ? '' : `, ${extension}${isShifted ? ` #${String(shift)}` : ''}`;
  return { name, scale: 1 << shift, isSigned: option === 6, shown: `${name}${suffix}` };
}

/** LDADD and its kin, SWP; the suffixes a, l and al name their ordering. */
function atomic(word: number): Transfer | null {
  if (bits(word, 26, 26) === 1) return null;
  const operation = bits(word, 15, 12);
  const name = operation === 8 ? 'swp' : ['add', 'clr', 'eor', 'set', 'smax', 'smin', 'umax', 'umin'][operation];
  if (name === undefined) return operation === 12 ? acquirePc(word) : null;
  const size = bits(word, 31, 30);
  const order = ['', 'l', 'a', 'al'][bits(word, 23, 22)] ?? '';
  const suffix = ['b', 'h', '', ''][size] ?? '';
  const register = (low: number) => generalName(bits(word, low + 4, low), size === 3, 'zr');
  return {
    mnemonic: `${operation === 8 ? '' : 'ld'}${name}${order}${suffix}`,
    registers: [register(16), register(0)],
    size: 1 << size,
    access: 'readwrite',
    base: bits(word, 9, 5),
  };
}

function acquirePc(word: number): Transfer {
  const size = bits(word, 31, 30);
  const name = generalName(bits(word, 4, 0), size === 3, 'zr');
  const suffix = ['b', 'h', '', ''][size] ?? '';
  return { mnemonic: `ldapr${suffix}`, registers: [name], size: 1 << size, access: 'read', base: bits(word, 9, 5) };
}

function pair(word: number): Transfer | null {
  const opc = bits(word, 31, 30);
  const isVector = bits(word, 26, 26) === 1;
  const mode = bits(word, 25, 23);
  if (mode > 3 || opc === 3) return null;
  const isLoad = bits(word, 22, 22) === 1;
  const each = isVector ? 4 << opc : opc === 2 ? 8 : 4;
  const isSignedWord = !isVector && opc === 1;
  const register = (number: number) =>
    isVector ? `${'sdq'[opc] ?? 'q'}${String(number)}` : generalName(number, opc !== 0, 'zr');
  const stem = mode === 0 ? (isLoad ? 'ldnp' : 'stnp') : isLoad ? 'ldp' : 'stp';
  return {
    mnemonic: `${stem}${isSignedWord ? 'sw' : ''}`,
    registers: [register(bits(word, 4, 0)), register(bits(word, 14, 10))],
    size: each * 2,
    access: isLoad ? 'read' : 'write',
    base: bits(word, 9, 5),
    displacement: signedBits(word, 21, 15) * each,
    ...(mode === 1 ? { writeBack: 'post' as const } : mode === 3 ? { writeBack: 'pre' as const } : {}),
  };
}

/** LDXR, STXR, LDAR, STLR, CAS: `o2 L o1 o0` in bits 23, 22, 21 and 15. */
function exclusive(word: number): Transfer | null {
  const size = bits(word, 31, 30);
  const is64 = size === 3;
  const suffix = ['b', 'h', '', ''][size] ?? '';
  const [o2, isLoad, o1, o0] = [23, 22, 21, 15].map((bit) => bits(word, bit, bit) === 1) as [
    boolean,
    boolean,
    boolean,
    boolean,
  ];
  const base = bits(word, 9, 5);
  const target = generalName(bits(word, 4, 0), is64, 'zr');
  const bytes = 1 << size;
  if (o2 && o1) {
    const order = `${isLoad ? 'a' : ''}${o0 ? 'l' : ''}`;
    const compared = generalName(bits(word, 20, 16), is64, 'zr');
    return { mnemonic: `cas${order}${suffix}`, registers: [compared, target], size: bytes, access: 'readwrite', base };
  }
  if (o2) {
    const mnemonic = `${isLoad ? 'ld' : 'st'}${o0 ? (isLoad ? 'a' : 'l') : isLoad ? 'la' : 'll'}r${suffix}`;
    return { mnemonic, registers: [target], size: bytes, access: isLoad ? 'read' : 'write', base };
  }
  // Of bytes and halves there are no exclusive pairs: those words are CASP.
  if (o1 && size < 2) return null;
  const second = generalName(bits(word, 14, 10), is64, 'zr');
  const stem = `${isLoad ? (o0 ? 'ldax' : 'ldx') : o0 ? 'stlx' : 'stx'}${o1 ? 'p' : 'r'}${o1 ? '' : suffix}`;
  const status = isLoad ? [] : [generalName(bits(word, 20, 16), false, 'zr')];
  return {
    mnemonic: stem,
    registers: [...status, target, ...(o1 ? [second] : [])],
    size: o1 ? bytes * 2 : bytes,
    access: isLoad ? 'read' : 'write',
    base,
  };
}

function literal(word: number): DecodedArm64 | null {
  const opc = bits(word, 31, 30);
  const isVector = bits(word, 26, 26) === 1;
  if (opc === 3) return null;
  const number = bits(word, 4, 0);
  const register = isVector ? `${'sdq'[opc] ?? ''}${String(number)}` : generalName(number, opc !== 0, 'zr');
  const size = isVector ? 4 << opc : opc === 1 ? 8 : 4;
  const offset = signedBits(word, 23, 5) * 4;
  const mnemonic = !isVector && opc === 2 ? 'ldrsw' : 'ldr';
  const memory: MemoryOperand = {
    kind: 'memory',
    base: 'pc',
    index: null,
    scale: 1,
    displacement: BigInt(offset),
    segment: null,
    size,
    access: 'read',
  };
  const text = `${mnemonic} ${register}, [pc, ${immediate(offset)}]`;
  return { mnemonic, operands: [{ kind: 'register', name: register }, memory], text };
}

function shown(transfer: Transfer): DecodedArm64 {
  const { mnemonic, registers, index, writeBack } = transfer;
  const displacement = transfer.displacement ?? 0;
  const base = generalName(transfer.base, true, 'sp');
  const memory: MemoryOperand = {
    kind: 'memory',
    base,
    index: index?.name ?? null,
    scale: index?.scale ?? 1,
    displacement: writeBack === 'post' ? 0n : BigInt(displacement),
    segment: null,
    size: transfer.size,
    access: transfer.access,
    ...(index?.isSigned === true ? { isIndexSigned: true } : {}),
  };
  let address = `[${base}${index === undefined ? '' : `, ${index.shown}`}`;
  if (writeBack === 'post') address += `], ${immediate(displacement)}`;
  else address += `${displacement === 0 && writeBack === undefined ? '' : `, ${immediate(displacement)}`}]`;
  if (writeBack === 'pre') address += '!';
  const named: Operand[] = registers.map((name) => ({ kind: 'register', name }));
  return { mnemonic, operands: [...named, memory], text: `${mnemonic} ${[...registers, address].join(', ')}` };
}
