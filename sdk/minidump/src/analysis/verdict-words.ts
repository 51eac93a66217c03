import type { AbsoluteAddress } from '@faultline/sdk/units';
import type { CrashFacts, MemoryAccess } from './crash-facts.js';
import { operationOf } from './exception-kind.js';
import type { FaultingOperation } from './operation.js';
import type { PointerKind } from './pointer-kind.js';

/** The access of the instruction that covers an address. */
export function accessAt(operation: FaultingOperation | null, address: AbsoluteAddress): MemoryAccess | null {
  const accesses = operation?.accesses ?? [];
  return (
    accesses.find((access) => address >= access.address && address < access.address + BigInt(access.size ?? 1)) ?? null
  );
}

/** What was done to memory, as the first word of a title. */
export function verbOf(access: MemoryAccess | null, facts: CrashFacts): string {
  const kind = access?.access ?? operationOf(facts.exception);
  if (kind === 'write') return 'Write';
  if (kind === 'read') return 'Read';
  return kind === 'execute' ? 'Execution' : 'Access';
}

export function instructionEvidence(operation: FaultingOperation | null): string[] {
  return operation === null ? [] : [`the instruction is ${operation.instruction.text}`];
}

export function baseEvidence(operation: FaultingOperation | null): string[] {
  for (const operand of operation?.instruction.operands ?? []) {
    if (operand.kind === 'memory' && operand.base !== null) return [`${operand.base} is 0`];
  }
  return [];
}

/** What a pointer points to, for a sentence. */
export function describe(target: PointerKind): string {
  switch (target.kind) {
    case 'module':
      return `${target.module} + ${hex(target.offset)}`;
    case 'stack':
      return `the stack of thread ${String(target.threadIndex)}`;
    case 'mapped':
      return target.name === '' ? 'mapped memory' : target.name;
    case 'poison':
      return `the pattern 0x${target.poison.pattern.word.toString(16)}`;
    case 'unknown':
      return 'memory that the dump does not describe';
    case 'unmapped':
      return 'nothing';
    case 'inaccessible':
      return 'memory without permissions';
    case 'generated-code':
      return 'code of no module';
    case 'small':
      return 'the first pages';
    case 'null':
    case 'heap':
    case 'kernel':
    case 'non-canonical':
      return { null: 'null', heap: 'the heap', kernel: "the kernel's memory", 'non-canonical': 'no possible memory' }[
        target.kind
      ];
  }
}

export function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
