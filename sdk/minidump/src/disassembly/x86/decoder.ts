import type { Instruction } from '../instruction.js';
import { accessOf } from './access.js';
import { CodeReader, NotAnInstruction } from './code-reader.js';
import { floatForm } from './float-opcodes.js';
import { oneByteMap32, oneByteMap64, twoByteMap } from './integer-opcodes.js';
import type { ModRm } from './modrm.js';
import { readModRm } from './modrm.js';
import { OperandReader } from './operands.js';
import { type Prefixes, readPrefixes } from './prefixes.js';
import { formatX86 } from './text.js';
import { vectorMaps } from './vector-opcodes.js';

/** Decodes 64-bit code. EVEX (AVX-512) and AMD's XOP and 3DNow! are not decoded. */
export function decodeAmd64(code: Uint8Array): Instruction | null {
  return decode(code, true);
}

/** Decodes 32-bit code, but for 16-bit addresses. */
export function decodeX86(code: Uint8Array): Instruction | null {
  return decode(code, false);
}

function decode(code: Uint8Array, is64: boolean): Instruction | null {
  try {
    return decodeOne(new CodeReader(code), is64);
  } catch (error) {
    if (error instanceof NotAnInstruction) return null;
    throw error;
  }
}

/** `mnemonic operands` from a table, and the ModRM byte where the form has been chosen by it. */
interface Form {
  text: string;
  modRm: ModRm | null;
}

function decodeOne(reader: CodeReader, is64: boolean): Instruction {
  const prefixes = readPrefixes(reader, is64);
  const form = prefixes.vex === null ? legacyForm(reader, prefixes) : vexForm(reader, prefixes);
  const defaultsTo64 = form.text.startsWith('64:');
  const [name = '', operandText = ''] = (defaultsTo64 ? form.text.slice(3) : form.text).split(' ');
  const operands = new OperandReader(reader, prefixes, form.modRm, defaultsTo64).read(operandText);
  const mnemonic = mnemonicOf(name, prefixes);
  operands.forEach((operand, position) => {
    if (operand.kind === 'memory') operand.access = accessOf(mnemonic, position);
    if (operand.kind === 'memory' && bareStrings.test(mnemonic)) operand.segment = prefixes.segment;
  });
  if (prefixes.lock && !(lockable.test(mnemonic) && operands[0]?.kind === 'memory')) throw new NotAnInstruction();
  if (mnemonic === 'mov' && operands[0]?.kind === 'register' && operands[0].name === 'cs') throw new NotAnInstruction();
  const text = formatX86(mnemonic, operands, textPrefix(mnemonic, prefixes));
  return { mnemonic, operands, length: reader.position, text, implicitStack: implicitStackOf(mnemonic, prefixes) };
}

function legacyForm(reader: CodeReader, prefixes: Prefixes): Form {
  const opcode = reader.byte();
  if (opcode === 0x0f) return escapedForm(reader, prefixes);
  if (opcode >= 0xd8 && opcode <= 0xdf) {
    const modRm = readModRm(reader, prefixes);
    return { text: floatForm(opcode, modRm), modRm };
  }
  if (opcode === 0xc7 && reader.peek() === 0xf8) {
    reader.byte();
    return { text: 'xbegin Jz', modRm: null };
  }
  if (opcode === 0x90) return { text: nopForm(prefixes), modRm: null };
  const map = prefixes.is64 ? oneByteMap64 : oneByteMap32;
  return chosenForm(map, hex(opcode), reader, prefixes);
}

function nopForm(prefixes: Prefixes): string {
  if (prefixes.b !== 0) return 'xchg rAX,Zv';
  return prefixes.repeat === 'f3' ? 'pause' : 'nop';
}

function chosenForm(map: ReadonlyMap<string, string>, opcode: string, reader: CodeReader, prefixes: Prefixes): Form {
  const direct = map.get(opcode);
  if (direct !== undefined) return { text: direct, modRm: null };
  const modRm = readModRm(reader, prefixes);
  const grouped = map.get(`${opcode}/${String(modRm.field)}`);
  if (grouped === undefined) throw new NotAnInstruction();
  return { text: grouped, modRm };
}

function escapedForm(reader: CodeReader, prefixes: Prefixes): Form {
  const opcode = reader.byte();
  if (opcode === 0x38 || opcode === 0x3a) {
    const map = vectorMaps[opcode === 0x38 ? '0f38' : '0f3a'];
    const text = vectorText(map, hex(reader.byte()), mandatoryPrefix(prefixes));
    if (text === undefined || /^[+=]/.test(text)) throw new NotAnInstruction();
    return { text: withoutVex(text), modRm: null };
  }
  if (opcode === 0x01 || opcode === 0xae) {
    const special = registerOnly[`${hex(opcode)}${hex(reader.peek())}`];
    if (special !== undefined) {
      reader.byte();
      return { text: special, modRm: null };
    }
  }
  if (opcode === 0xae && (reader.peek() & 0xc0) === 0xc0) return fenceForm(reader, prefixes);
  if (opcode === 0xae && mandatoryPrefix(prefixes) === '66') {
    const modRm = readModRm(reader, prefixes);
    const text = cacheLines[modRm.field];
    if (text === undefined) throw new NotAnInstruction();
    return { text, modRm };
  }
  if (opcode === 0x1e && prefixes.repeat === 'f3' && (reader.peek() & 0xfe) === 0xfa) {
    return { text: reader.byte() === 0xfa ? 'endbr64' : 'endbr32', modRm: null };
  }
  if ((opcode === 0x12 || opcode === 0x16) && mandatoryPrefix(prefixes) === 'none' && reader.peek() >= 0xc0) {
    return { text: `${opcode === 0x12 ? 'movhlps' : 'movlhps'} V,U`, modRm: null };
  }
  const vector = vectorMaps['0f'];
  const prefix = mandatoryPrefix(prefixes);
  const text = vectorText(vector, hex(opcode), prefix);
  if (text !== undefined) return { text: withoutVex(text), modRm: null };
  if (/^7[123]$/.test(hex(opcode))) {
    const modRm = readModRm(reader, prefixes);
    const shift = vector.get(`${hex(opcode)}/${String(modRm.field)} ${prefix}`);
    if (shift === undefined || modRm.direct === null) throw new NotAnInstruction();
    return { text: withoutVex(shift), modRm };
  }
  return chosenForm(twoByteMap, hex(opcode), reader, prefixes);
}

/** A form under its own prefix; a repeat prefix that means nothing to an instruction is ignored by the CPU. */
function vectorText(map: ReadonlyMap<string, string>, opcode: string, prefix: string): string | undefined {
  return map.get(`${opcode} ${prefix}`);
}

const registerOnly: Record<string, string> = {
  '01c1': 'vmcall',
  '01c8': 'monitor',
  '01c9': 'mwait',
  '01d0': 'xgetbv',
  '01d1': 'xsetbv',
  '01d5': 'xend',
  '01d6': 'xtest',
  '01ee': 'rdpkru',
  '01ef': 'wrpkru',
  '01f8': 'swapgs',
  '01f9': 'rdtscp',
  aee8: 'lfence',
  aef0: 'mfence',
  aef8: 'sfence',
};

const segmentBases = ['rdfsbase', 'rdgsbase', 'wrfsbase', 'wrgsbase'];

/** Forms of 0F AE with memory that 66 turns into others. */
const cacheLines: Record<number, string> = { 6: 'clwb Mc', 7: 'clflushopt Mc' };

function fenceForm(reader: CodeReader, prefixes: Prefixes): Form {
  const modRm = readModRm(reader, prefixes);
  const name = prefixes.repeat === 'f3' ? segmentBases[modRm.field] : undefined;
  if (name === undefined) throw new NotAnInstruction();
  return { text: `${name} Ey`, modRm };
}

function vexForm(reader: CodeReader, prefixes: Prefixes): Form {
  const vex = prefixes.vex as NonNullable<Prefixes['vex']>;
  const map = vectorMaps[vex.map];
  const opcode = hex(reader.byte());
  if (vex.map === '0f' && opcode === 'ae') {
    const modRm = readModRm(reader, prefixes);
    if (modRm.field !== 2 && modRm.field !== 3) throw new NotAnInstruction();
    return { text: `${modRm.field === 2 ? 'vldmxcsr' : 'vstmxcsr'} Md`, modRm };
  }
  if (vex.map === '0f' && opcode === '77') return { text: vex.is256 ? 'vzeroall' : 'vzeroupper', modRm: null };
  let text = vectorText(map, opcode, vex.prefix);
  let modRm: ModRm | null = null;
  if (text === undefined) {
    modRm = readModRm(reader, prefixes);
    text = map.get(`${opcode}/${String(modRm.field)} ${vex.prefix}`);
  }
  if (text === undefined || text.startsWith('!')) throw new NotAnInstruction();
  if (text.startsWith('=')) return { text: text.slice(1), modRm };
  return { text: `v${text.replace(/^\+/, '')}`, modRm };
}

/** The form of a legacy instruction: without what only VEX adds. */
function withoutVex(text: string): string {
  return text.replace(/^!/, '').replace(/\(H\.?\)/g, '');
}

function mandatoryPrefix(prefixes: Prefixes): string {
  return prefixes.repeat ?? (prefixes.operandSize16 ? '66' : 'none');
}

/** Names that depend on sizes. */
function mnemonicOf(name: string, prefixes: Prefixes): string {
  const size = prefixes.w ? 8 : prefixes.operandSize16 ? 2 : 4;
  switch (name) {
    case '@convert':
      return { 2: 'cbw', 4: 'cwde', 8: 'cdqe' }[size];
    case '@extend':
      return { 2: 'cwd', 4: 'cdq', 8: 'cqo' }[size];
    case '@iret':
      return { 2: 'iret', 4: 'iretd', 8: 'iretq' }[size];
    case '@cmpxchg':
      return prefixes.w ? 'cmpxchg16b' : 'cmpxchg8b';
    case 'jrcxz':
      return prefixes.addressSize === 8 ? 'jrcxz' : 'jecxz';
    case 'movd':
    case 'vmovd':
      return prefixes.w ? name.replace('movd', 'movq') : name;
    case 'pextrd':
    case 'vpextrd':
    case 'pinsrd':
    case 'vpinsrd':
      return prefixes.w ? `${name.slice(0, -1)}q` : name;
    default:
      if (name.endsWith('*')) return `${name.slice(0, -1)}${prefixes.w ? 'd' : 's'}`;
      return name.endsWith('%') ? `${name.slice(0, -1)}${prefixes.w ? 'q' : 'd'}` : name;
  }
}

const lockable = /^(add|adc|and|bt[crs]|cmpxchg(8b|16b)?|dec|inc|neg|not|or|sbb|sub|xadd|xchg|xor)$/;
/** String instructions with one memory operand are shown without its usual segment. */
const bareStrings = /^(lods|ins|outs)$/;
const strings = /^(movs|cmps|stos|lods|scas|ins|outs)$/;

function textPrefix(mnemonic: string, prefixes: Prefixes): string {
  const lock = prefixes.lock ? 'lock ' : '';
  if (prefixes.repeat === null || !strings.test(mnemonic)) return lock;
  return `${lock}${prefixes.repeat === 'f3' ? 'rep ' : 'repnz '}`;
}

function implicitStackOf(mnemonic: string, { is64 }: Prefixes): Instruction['implicitStack'] {
  const size = is64 ? 8 : 4;
  if (/^(call|push)$/.test(mnemonic)) return { access: 'write', size, below: true };
  if (/^(ret|retf|pop)$/.test(mnemonic)) return { access: 'read', size, below: false };
  return null;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
