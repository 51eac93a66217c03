import type { CodeReader } from './code-reader.js';
import { NotAnInstruction } from './code-reader.js';
import { segmentRegisters } from './registers.js';

/** Everything before the opcode, and the opcode map that it chooses. */
export interface Prefixes {
  is64: boolean;
  lock: boolean;
  /** The last of F3 and F2. */
  repeat: 'f3' | 'f2' | null;
  operandSize16: boolean;
  addressSize: 2 | 4 | 8;
  segment: string | null;
  hasRex: boolean;
  /** REX or VEX bits, each 0 or 1; r, x and b as 0 or 8. */
  w: boolean;
  r: number;
  x: number;
  b: number;
  /** Null without a VEX prefix. */
  vex: { map: '0f' | '0f38' | '0f3a'; prefix: 'none' | '66' | 'f3' | 'f2'; register: number; is256: boolean } | null;
}

const segments: Record<number, number> = { 0x26: 0, 0x2e: 1, 0x36: 2, 0x3e: 3, 0x64: 4, 0x65: 5 };
const vexPrefixes = ['none', '66', 'f3', 'f2'] as const;
const vexMaps = [null, '0f', '0f38', '0f3a'] as const;

export function readPrefixes(reader: CodeReader, is64: boolean): Prefixes {
  const prefixes: Prefixes = {
    is64,
    lock: false,
    repeat: null,
    operandSize16: false,
    addressSize: is64 ? 8 : 4,
    segment: null,
    hasRex: false,
    w: false,
    r: 0,
    x: 0,
    b: 0,
    vex: null,
  };
  for (;;) {
    const byte = reader.peek();
    const segment = segments[byte];
    // In 64-bit code only fs and gs have a base; the others do not even replace them.
    if (segment !== undefined) {
      if (!is64 || segment >= 4) prefixes.segment = segmentRegisters[segment] ?? null;
    } else if (byte === 0x66) prefixes.operandSize16 = true;
    else if (byte === 0x67) prefixes.addressSize = is64 ? 4 : 2;
    else if (byte === 0xf0) prefixes.lock = true;
    else if (byte === 0xf3) prefixes.repeat = 'f3';
    else if (byte === 0xf2) prefixes.repeat = 'f2';
    else break;
    reader.position++;
  }
  if (is64 && isRex(reader.peek())) {
    // Of several the last counts; assemblers pad with them.
    let rex = reader.byte();
    while (isRex(reader.peek())) rex = reader.byte();
    Object.assign(prefixes, { hasRex: true, ...rexBits(rex) });
    return prefixes;
  }
  const byte = reader.peek();
  if ((byte === 0xc4 || byte === 0xc5) && (is64 || reader.peek(1) >= 0xc0)) {
    readVex(reader, prefixes);
  } else if (byte === 0x62 && is64) {
    throw new NotAnInstruction('EVEX instructions are not decoded');
  }
  return prefixes;
}

function isRex(byte: number): boolean {
  return byte >= 0x40 && byte <= 0x4f;
}

function rexBits(rex: number) {
  return { w: (rex & 8) !== 0, r: (rex & 4) << 1, x: (rex & 2) << 2, b: (rex & 1) << 3 };
}

/** VEX bits are stored inverted. */
function readVex(reader: CodeReader, prefixes: Prefixes): void {
  const isLong = reader.byte() === 0xc4;
  const first = reader.byte() ^ 0xe0;
  const last = isLong ? reader.byte() : first ^ 0x60;
  const map = isLong ? vexMaps[first & 0x1f] : '0f';
  if (map === undefined || map === null) throw new NotAnInstruction();
  prefixes.r = (first & 0x80) >> 4;
  if (isLong) {
    prefixes.x = (first & 0x40) >> 3;
    prefixes.b = (first & 0x20) >> 2;
    prefixes.w = (last & 0x80) !== 0;
  }
  const register = (~last >> 3) & 15;
  prefixes.vex = {
    map,
    prefix: vexPrefixes[last & 3] ?? 'none',
    register: prefixes.is64 ? register : register & 7,
    is256: (last & 4) !== 0,
  };
}
