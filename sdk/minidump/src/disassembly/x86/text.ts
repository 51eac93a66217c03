import type { MemoryOperand, Operand } from '../instruction.js';

const sizeNames: Record<number, string> = {
  1: 'byte',
  2: 'word',
  4: 'dword',
  6: 'mword',
  8: 'qword',
  10: 'mword',
  16: 'xmmword',
  32: 'ymmword',
  64: 'zmmword',
};

/**
 * An instruction as text, in the Intel-like form of rust-minidump's `crash_info.instruction`: sizes before the
 * bracket, numbers in signed hex, spaces around operators, branch targets as `$+0x10`.
 */
export function formatX86(mnemonic: string, operands: readonly Operand[], prefix = ''): string {
  const shown = operands.map(formatOperand).join(', ');
  return `${prefix}${mnemonic}${shown === '' ? '' : ` ${shown}`}`;
}

function formatOperand(operand: Operand): string {
  switch (operand.kind) {
    case 'register':
      return operand.name;
    case 'immediate':
      return signedHex(operand.value);
    case 'relative':
      return `$${operand.offset < 0n ? '-' : '+'}0x${absolute(operand.offset).toString(16)}`;
    case 'memory':
      return formatMemory(operand);
  }
}

function formatMemory(memory: MemoryOperand): string {
  const size = memory.size === null ? 'ptr' : (sizeNames[memory.size] ?? 'ptr');
  const terms: string[] = [];
  if (memory.base !== null) terms.push(memory.base);
  if (memory.index !== null) terms.push(`${memory.index} * ${String(memory.scale)}`);
  let address = terms.join(' + ');
  if (terms.length === 0) {
    // 32 bits in the code, which the CPU extends; a 64-bit address (mov al, [moffs]) is never negative here.
    address = `0x${BigInt.asUintN(memory.displacement < 0n ? 32 : 64, memory.displacement).toString(16)}`;
  } else if (memory.displacement !== 0n) {
    address += ` ${memory.displacement < 0n ? '-' : '+'} 0x${absolute(memory.displacement).toString(16)}`;
  }
  return `${size} ${memory.segment === null ? '' : `${memory.segment}:`}[${address}]`;
}

function signedHex(value: bigint): string {
  return `${value < 0n ? '-' : ''}0x${absolute(value).toString(16)}`;
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}
