import type { AbsoluteAddress } from '@faultline/sdk/units';
import { type CpuArchitecture, pointerSize } from '../model/cpu.js';
import type { MemoryBlock } from '../model/memory-block.js';
import type { Disassembler, Instruction } from './instruction.js';

/** One of the instructions around a frame's address. */
export interface CodeLine {
  address: AbsoluteAddress;
  /** Of the instruction; none of one on x86 that is not understood: nobody knows how many it has. */
  bytes: Uint8Array;
  /** Null when the decoder does not know it. */
  text: string | null;
  /** Where a direct branch or call goes; null for all else. */
  target: AbsoluteAddress | null;
  /** The frame stands here: the instruction at fault, or the call that has not returned. */
  isCurrent: boolean;
}

export interface CodePlace {
  cpu: CpuArchitecture;
  /** Where execution stood or would go on. */
  address: AbsoluteAddress;
  /** The frame is a caller's: the address is where a call returns to, so the frame's own instruction ends there. */
  isReturnAddress: boolean;
  /** Where the function starts, if symbols know it: nothing before it is shown. */
  functionStart: AbsoluteAddress | null;
}

/** Instructions shown before and behind the frame's own. */
const linesBefore = 6;
const linesAfter = 8;
/** How far back a place is looked for from which the instructions lead to the address. */
const bytesBefore = 64;
/** The longest instruction of x86; those of arm64 have 4 bytes. */
const longestInstruction = 15;
/** `call` through memory, with REX, a segment or BND prefix, SIB and 32 bits of displacement. */
const longestCall = 9;

/** Bytes of memory that `codeAround` makes use of, before the address and from there on. */
export const codeWindow = { before: bytesBefore, after: (linesAfter + 1) * longestInstruction };

/**
 * The instructions around a place in code by address, up to 6 before the frame's own and 8 behind it. Those of x86 have
 * to be read from where one starts: of the 64 bytes before (never before the function) the farthest place counts from
 * which decoding ends exactly at the address, as a wrong one falls into step after a few instructions. Empty when the
 * memory does not hold the address, or for a caller on x86 when no call ends there.
 */
export function codeAround(disassemble: Disassembler, memory: MemoryBlock, place: CodePlace): CodeLine[] {
  const end = memory.start + BigInt(memory.bytes.length);
  if (place.address < memory.start || place.address > end || (place.address === end && !place.isReturnAddress))
    return [];
  const at = Number(place.address - memory.start);
  const start = place.functionStart ?? memory.start;
  const isKnown = start > memory.start && start <= place.address;
  const from = Math.max(0, at - bytesBefore, isKnown ? Number(start - memory.start) : 0);
  const code = new Code(disassemble, memory, place.cpu);
  return place.cpu === 'arm64'
    ? linesOfWords(code, place.isReturnAddress ? at - 4 : at, from)
    : linesOfAnyLength(code, { at, from, isReturnAddress: place.isReturnAddress });
}

function linesOfWords(code: Code, current: number, from: number): CodeLine[] {
  if (current < from || current + 4 > code.length) return [];
  const before = Math.min(linesBefore, Math.floor((current - from) / 4));
  return Array.from({ length: before + 1 + linesAfter }, (_, index) => current + (index - before) * 4)
    .filter((at) => at + 4 <= code.length)
    .map((at) => code.line(at, { length: 4, isCurrent: at === current }));
}

function linesOfAnyLength(
  code: Code,
  { at, from, isReturnAddress }: { at: number; from: number; isReturnAddress: boolean },
): CodeLine[] {
  const current = isReturnAddress ? callBefore(code, at, from) : at;
  if (current === null) return [];
  const places = [...code.pathTo(current, from).slice(-linesBefore), current];
  const own = code.at(current);
  let next = own === null ? code.length : current + own.length;
  for (let count = 0; count < linesAfter; count++) {
    const instruction = code.at(next);
    if (instruction === null) break;
    places.push(next);
    next += instruction.length;
  }
  return places.map((place) => code.line(place, { length: code.at(place)?.length ?? 0, isCurrent: place === current }));
}

/** The call that ends at an address; of several (`call r10` holds the bytes of `call rdx`) what most starts lead to. */
function callBefore(code: Code, end: number, from: number): number | null {
  const calls: number[] = [];
  for (let at = Math.max(from, end - longestCall); at < end; at++) {
    const instruction = code.at(at);
    if (instruction === null || at + instruction.length !== end) continue;
    if (/^callf?$/.test(instruction.mnemonic)) calls.push(at);
  }
  if (calls.length <= 1) return calls[0] ?? null;
  const starts = new Map(calls.map((at) => [at, code.startsOf(at, from)]));
  return calls.reduce((best, at) => ((starts.get(at) ?? 0) > (starts.get(best) ?? 0) ? at : best));
}

/** Bytes as instructions, each decoded once; places are counted from the first byte. */
class Code {
  private readonly known = new Map<number, Instruction | null>();
  readonly length: number;

  constructor(
    private readonly disassemble: Disassembler,
    private readonly memory: MemoryBlock,
    private readonly cpu: CpuArchitecture,
  ) {
    this.length = memory.bytes.length;
  }

  at(place: number): Instruction | null {
    const known = this.known.get(place);
    if (known !== undefined) return known;
    const bytes = this.memory.bytes.subarray(place, place + longestInstruction);
    const instruction = bytes.length === 0 ? null : this.disassemble(bytes);
    this.known.set(place, instruction);
    return instruction;
  }

  /** The instructions that lead exactly to `end`, from the farthest place from `from` on where that is so. */
  pathTo(end: number, from: number): number[] {
    const astray = new Set<number>();
    for (let start = from; start < end; start++) {
      const path: number[] = [];
      let place = start;
      while (place < end && !astray.has(place)) {
        path.push(place);
        place += this.at(place)?.length ?? Infinity;
      }
      if (place === end) return path;
      for (const passed of path) astray.add(passed);
    }
    return [];
  }

  /** How many places from `from` on have instructions that lead exactly to `end`. */
  startsOf(end: number, from: number): number {
    const leading = new Set([end]);
    for (let place = end - 1; place >= from; place--) {
      const instruction = this.at(place);
      if (instruction !== null && leading.has(place + instruction.length)) leading.add(place);
    }
    return leading.size - 1;
  }

  line(place: number, { length, isCurrent }: { length: number; isCurrent: boolean }): CodeLine {
    const instruction = this.at(place);
    return {
      address: this.memory.start + BigInt(place),
      bytes: this.memory.bytes.slice(place, place + length),
      text: instruction?.text ?? null,
      target: instruction === null ? null : this.target(instruction, place),
      isCurrent,
    };
  }

  private target({ operands, length }: Instruction, place: number): AbsoluteAddress | null {
    const branch = operands.find((operand) => operand.kind === 'relative');
    if (branch === undefined) return null;
    const origin = this.memory.start + BigInt(this.cpu === 'arm64' ? place : place + length);
    return BigInt.asUintN(pointerSize(this.cpu) * 8, origin + branch.offset);
  }
}
