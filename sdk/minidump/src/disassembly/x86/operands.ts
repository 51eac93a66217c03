import type { Operand } from '../instruction.js';
import type { CodeReader } from './code-reader.js';
import { NotAnInstruction } from './code-reader.js';
import type { ModRm } from './modrm.js';
import { memoryOperand, readModRm } from './modrm.js';
import type { Prefixes } from './prefixes.js';
import { generalRegister, segmentRegisters } from './registers.js';

type GeneralSize = 1 | 2 | 4 | 8;

/** Reads the operands that a form of the opcode tables names. */
export class OperandReader {
  readonly #reader: CodeReader;
  readonly #prefixes: Prefixes;
  #modRm: ModRm | null;
  /** Size of `v` operands. */
  readonly #size: 2 | 4 | 8;

  constructor(reader: CodeReader, prefixes: Prefixes, modRm: ModRm | null, defaultsTo64: boolean) {
    this.#reader = reader;
    this.#prefixes = prefixes;
    this.#modRm = modRm;
    const isWide = prefixes.w || (defaultsTo64 && prefixes.is64 && !prefixes.operandSize16);
    this.#size = isWide ? 8 : prefixes.operandSize16 ? 2 : 4;
  }

  read(form: string): Operand[] {
    if (form === '') return [];
    const codes = form.split(',').flatMap((code) => this.#expand(code));
    return codes.map((code) => this.#operand(code));
  }

  /** VEX adds an operand before those marked `(H)`; `(H.)` only beside a register, `H` always. */
  #expand(code: string): string[] {
    const marked = /^(\(H\)|\(H\.\)|H(?=[WVMU]))(.*)$/.exec(code);
    if (marked === null) return [code];
    const [, mark, rest = ''] = marked;
    if (mark === '(H.)' && this.#ensureModRm().direct === null) return [rest];
    return [/x$/.test(rest) ? 'Hx' : 'H', rest];
  }

  #ensureModRm(): ModRm {
    this.#modRm ??= readModRm(this.#reader, this.#prefixes);
    return this.#modRm;
  }

  #operand(code: string): Operand {
    const size = code.slice(1);
    switch (code[0]) {
      case 'E':
        return this.#generalOrMemory(size);
      case 'G':
        return this.#general(this.#ensureModRm().register, this.#generalSize(size));
      case 'B':
        return this.#general(this.#prefixes.vex?.register ?? 0, this.#prefixes.w ? 8 : 4);
      case 'M':
        return memoryOperand(this.#ensureModRm(), this.#memorySize(size), null);
      case 'Z':
        return this.#general(this.#opcodeRegister(), this.#generalSize(size));
      case 'S':
        return this.#register(segmentRegisters[this.#ensureModRm().field]);
      case 'I':
        return {
          kind: 'immediate',
          value: this.#reader.number(this.#immediateSize(size), this.#prefixes.vex === null),
        };
      case 'U':
        if (size === 'b' || size === 'w') {
          return { kind: 'immediate', value: this.#reader.number(size === 'b' ? 1 : 2, false) };
        }
        return this.#vector(this.#direct(), size);
      case 'J':
        return { kind: 'relative', offset: this.#reader.number(size === 'b' ? 1 : 4, true) };
      case 'O':
        return this.#absolute(size === 'b' ? 1 : this.#size);
      case 'X':
      case 'Y':
        return this.#string(code[0], size === 'b' ? 1 : size === 'z' ? Math.min(this.#size, 4) : this.#size);
      case 'V':
        return this.#vector(this.#ensureModRm().register, size);
      case 'H':
        return this.#vector(this.#prefixes.vex?.register ?? 0, size);
      case 'W':
        return this.#vectorOrMemory(size);
      case 'P':
        return this.#register(`mm${String(this.#ensureModRm().field)}`);
      case 'N':
        return this.#register(`mm${String(this.#direct() & 7)}`);
      case 'Q': {
        const modRm = this.#ensureModRm();
        return modRm.direct === null ? memoryOperand(modRm, 8, null) : this.#register(`mm${String(modRm.direct & 7)}`);
      }
      default:
        return this.#fixed(code);
    }
  }

  #fixed(code: string): Operand {
    if (code === '1' || code === '3') return { kind: 'immediate', value: BigInt(code) };
    if (code.startsWith('L')) return this.#vector(this.#reader.byte() >> 4, code.slice(1));
    if (code === 'rAX') return this.#general(0, this.#size);
    if (code === 'eAX') return this.#general(0, this.#size === 2 ? 2 : 4);
    return this.#register(code);
  }

  #register(name: string | undefined): Operand {
    if (name === undefined) throw new NotAnInstruction();
    return { kind: 'register', name };
  }

  #general(number: number, size: GeneralSize): Operand {
    return this.#register(generalRegister(number, size, this.#prefixes.hasRex));
  }

  #direct(): number {
    const { direct } = this.#ensureModRm();
    if (direct === null) throw new NotAnInstruction();
    return direct;
  }

  /** The register number in the low bits of the opcode, which is the byte just read. */
  #opcodeRegister(): number {
    this.#reader.position--;
    return (this.#reader.byte() & 7) | this.#prefixes.b;
  }

  #generalOrMemory(size: string): Operand {
    const modRm = this.#ensureModRm();
    if (modRm.direct === null) return memoryOperand(modRm, this.#memorySize(size), null);
    return this.#general(modRm.direct, this.#generalSize(size));
  }

  #generalSize(size: string): GeneralSize {
    switch (size) {
      case 'b':
        return 1;
      case 'w':
        return 2;
      case 'y':
        return this.#prefixes.w ? 8 : 4;
      case 'v':
        return this.#size;
      case 's':
        return this.#size;
      case 'q':
        return 8;
      default:
        return 4;
    }
  }

  #memorySize(size: string): number | null {
    const vector = this.#prefixes.vex?.is256 === true ? 32 : 16;
    switch (size) {
      case 'x':
        return vector;
      case 'h':
        return vector / 2;
      case 'r':
        return vector / 4;
      case 'e':
        return vector / 8;
      case 'o':
        return 16;
      case 'c':
        return 64;
      case 'f':
        return this.#size + 2;
      case 'p':
        return this.#prefixes.w ? 16 : 8;
      case 't':
        return 10;
      case 'i':
      case 's':
        return 2;
      case 'j':
        return 1;
      case 'z':
        return this.#prefixes.w ? 8 : 4;
      case 'n':
        return null;
      case '':
        return this.#size;
      default:
        return this.#generalSize(size);
    }
  }

  #immediateSize(size: string): number {
    if (size === 'b') return 1;
    if (size === 'w') return 2;
    return size === 'z' ? Math.min(this.#size, 4) : this.#size;
  }

  #vector(number: number, size: string): Operand {
    const isWide = size === 'x' && this.#prefixes.vex?.is256 === true;
    return this.#register(`${isWide ? 'y' : 'x'}mm${String(number)}`);
  }

  #vectorOrMemory(size: string): Operand {
    const modRm = this.#ensureModRm();
    if (modRm.direct !== null) return this.#vector(modRm.direct, size);
    // Scalars of FMA: 4 or 8 bytes by the W bit.
    return memoryOperand(modRm, this.#memorySize(size === 's' ? 'z' : size), null);
  }

  #absolute(size: GeneralSize): Operand {
    const displacement = this.#reader.number(this.#prefixes.addressSize, false);
    return {
      kind: 'memory',
      base: null,
      index: null,
      scale: 1,
      displacement,
      segment: this.#prefixes.segment,
      size,
      access: null,
    };
  }

  /** The operands of string instructions: [rsi] in ds, or the segment of the prefix, and [rdi] in es. */
  #string(code: 'X' | 'Y', size: number): Operand {
    const address = this.#prefixes.addressSize === 8 ? 8 : 4;
    return {
      kind: 'memory',
      base: generalRegister(code === 'X' ? 6 : 7, address, true),
      index: null,
      scale: 1,
      displacement: 0n,
      segment: code === 'Y' ? 'es' : (this.#prefixes.segment ?? 'ds'),
      size,
      access: null,
    };
  }
}
