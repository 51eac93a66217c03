import type { ExceptionFacts } from './crash-facts.js';

/** The access that an exception tells of itself. Only Windows says which. */
export type MemoryOperation = 'read' | 'write' | 'execute' | null;

export function operationOf({ type }: ExceptionFacts): MemoryOperation {
  switch (type) {
    case 'EXCEPTION_ACCESS_VIOLATION_READ':
      return 'read';
    case 'EXCEPTION_ACCESS_VIOLATION_WRITE':
      return 'write';
    case 'EXCEPTION_ACCESS_VIOLATION_EXEC':
      return 'execute';
    default:
      return null;
  }
}

/**
 * A general protection fault: the CPU refused the address itself, and the system could not tell which it was. Each
 * system reports it in its own way.
 */
export function isGeneralProtectionFault(os: string | null, { type, address }: ExceptionFacts): boolean {
  switch (os) {
    case 'Windows NT':
      return type === 'EXCEPTION_ACCESS_VIOLATION_READ' && address === 0xffff_ffff_ffff_ffffn;
    case 'Mac OS X':
      return type === 'EXC_BAD_ACCESS / EXC_I386_GPFLT' && address === 0n;
    case 'Linux':
      return (type === 'SIGSEGV / SI_KERNEL' || type === 'SIGBUS / SI_KERNEL') && address === 0n;
    default:
      return false;
  }
}

const divisions = new Set([
  'EXCEPTION_INT_DIVIDE_BY_ZERO',
  'SIGFPE / FPE_INTDIV',
  'EXC_ARITHMETIC / EXC_I386_DIV',
  'EXC_ARITHMETIC / EXC_PPC_ZERO_DIVIDE',
]);

export function isIntegerDivisionByZero({ type }: ExceptionFacts): boolean {
  return divisions.has(type);
}

export function isPrivilegedInstruction({ type }: ExceptionFacts): boolean {
  return type === 'EXCEPTION_PRIV_INSTRUCTION' || type === 'STATUS_PRIVILEGED_INSTRUCTION';
}

export function isStackOverflowException({ type }: ExceptionFacts): boolean {
  return type === 'EXCEPTION_STACK_OVERFLOW';
}

/** The process was stopped for touching memory that it may not. */
export function isMemoryFault({ type }: ExceptionFacts): boolean {
  return /^(SIGSEGV|SIGBUS|EXCEPTION_ACCESS_VIOLATION|EXCEPTION_IN_PAGE_ERROR|EXC_BAD_ACCESS)/.test(type);
}
