import type { WinFrameRecord } from '@faultline/sdk/module-symbols';
import type { AbsoluteAddress } from '@faultline/sdk/units';

/**
 * STACK WIN records: how 32-bit Windows compilers describe frames. Framedata (type 4) carries a program in postfix
 * with assignments, FPO (type 0) only sizes. Grammar: Breakpad's docs/symbol_files.md, "STACK WIN records".
 */

export interface WinEnvironment {
  /** Registers of the callee; null when unknown. */
  esp: number;
  ebp: number | null;
  ebx: number | null;
  eip: number | null;
  /** Whether the callee is the context frame, which called nobody. */
  isContextFrame: boolean;
  /** Bytes of parameters that the callee pushed for the function it called; they still lie on the stack. */
  grandCalleeParameterSize: number;
  /** A 32-bit word of the stack; null outside it. */
  load(address: number): number | null;
}

/** Registers of the caller, and the slot of its return address when it was loaded; or why there are none. */
export type WinResult =
  { registers: Map<string, number>; returnAddressSlot: AbsoluteAddress | null } | { error: string };

const outputs = ['eip', 'esp', 'ebp', 'ebx', 'esi', 'edi'] as const;
const maxProgramLength = 64 * 1024;

type Operand = { variable: string } | { value: number; loadedFrom: number | null } | 'undefined';

/** Runs the program of a framedata record. Arithmetic is on unsigned 32-bit words and wraps. */
export function runWinProgram(record: WinFrameRecord, environment: WinEnvironment): WinResult {
  const program = record.program ?? '';
  if (program.length > maxProgramLength) return { error: 'the program is too long' };
  if (environment.ebp === null) return { error: 'ebp is unknown' };
  const searchStart = returnAddressSlot(record, environment);
  if (searchStart > 0xffff_ffff) return { error: 'the frame reaches beyond the address space' };
  const variables = new Map<string, number>([
    ['$esp', environment.esp],
    ['$ebp', environment.ebp],
    ['.cbParams', record.parameterSize >>> 0],
    ['.cbCalleeParams', environment.grandCalleeParameterSize],
    ['.cbSavedRegs', record.savedRegisterSize >>> 0],
    ['.cbLocals', record.localSize >>> 0],
    ['.raSearch', searchStart],
    ['.raSearchStart', searchStart],
  ]);
  if (environment.ebx !== null) variables.set('$ebx', environment.ebx);
  const machine = { variables, operands: [] as Operand[], returnAddressSlot: null as number | null };
  for (const token of tokens(program)) {
    const error = execute(token, machine, environment);
    if (error !== null) return { error };
  }
  const registers = new Map<string, number>();
  for (const name of outputs) {
    const value = variables.get(`$${name}`);
    if (value !== undefined) registers.set(name, value);
  }
  if (!registers.has('eip')) return { error: 'the program gives no return address' };
  return {
    registers,
    returnAddressSlot: machine.returnAddressSlot === null ? null : BigInt(machine.returnAddressSlot),
  };
}

interface WinMachine {
  variables: Map<string, number>;
  operands: Operand[];
  returnAddressSlot: number | null;
}

function execute(token: string, machine: WinMachine, environment: WinEnvironment): string | null {
  const { operands, variables } = machine;
  if (token === '=') {
    const right = operands.pop();
    const left = operands.pop();
    if (left === undefined || right === undefined || left === 'undefined' || !('variable' in left)) {
      return 'an assignment lacks its variable';
    }
    if (right === 'undefined') {
      variables.delete(left.variable);
      return null;
    }
    const value = valueOf(right, variables);
    if (value === null) return 'an unknown variable is used';
    variables.set(left.variable, value);
    if (left.variable === '$eip') machine.returnAddressSlot = 'loadedFrom' in right ? right.loadedFrom : null;
    return null;
  }
  if (token === '^') {
    const address = valueOf(operands.pop(), variables);
    if (address === null) return 'an operator lacks operands';
    const value = environment.load(address);
    if (value === null) return `0x${address.toString(16)} is not in the stack`;
    operands.push({ value, loadedFrom: address });
    return null;
  }
  if (token === '.undef') {
    operands.push('undefined');
  } else if (token.startsWith('$') || token.startsWith('.')) {
    operands.push({ variable: token });
  } else if (/^[+-]?[0-9]{1,10}$/.test(token) && Math.abs(Number(token) + 0.5) < 0x8000_0000) {
    operands.push({ value: Number(token) >>> 0, loadedFrom: null });
  } else {
    const right = valueOf(operands.pop(), variables);
    const left = valueOf(operands.pop(), variables);
    if (left === null || right === null) return 'an operator lacks operands';
    const value = operate(token, left, right);
    if (value === null) return `${token.slice(0, 32)} by 0x${right.toString(16)}`;
    operands.push({ value: value >>> 0, loadedFrom: null });
  }
  return null;
}

function valueOf(operand: Operand | undefined, variables: Map<string, number>): number | null {
  if (operand === undefined || operand === 'undefined') return null;
  return 'variable' in operand ? (variables.get(operand.variable) ?? null) : operand.value;
}

function operate(operator: string, left: number, right: number): number | null {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return Math.imul(left, right);
    case '/':
      return right === 0 ? null : Math.floor(left / right);
    case '%':
      return right === 0 ? null : left % right;
    case '@':
      return right === 0 || (right & (right - 1)) !== 0 ? null : left - (left % right);
    default:
      return null;
  }
}

/** Some Windows toolchains glue an assignment to what follows it: `=$esp` stands for `= $esp`. */
function* tokens(program: string): Generator<string> {
  for (const word of program.split(/[ \t\r\n\f]+/)) {
    if (word === '') continue;
    if (word.length > 1 && word.startsWith('=')) {
      yield '=';
      yield word.slice(1);
    } else {
      yield word;
    }
  }
}

/** Where the return address should stand, by the sizes of the record; behind ebp where the program aligns the stack. */
export function returnAddressSlot(record: WinFrameRecord, environment: WinEnvironment): number {
  if (environment.ebp !== null && record.program?.includes('@') === true) return environment.ebp + 4;
  return environment.esp + frameSize(record, environment);
}

function frameSize(record: WinFrameRecord, environment: WinEnvironment): number {
  return (record.localSize + record.savedRegisterSize + environment.grandCalleeParameterSize) >>> 0;
}

/**
 * The caller by a record without a program. The return address stands above locals, saved registers and the
 * parameters of the call in progress. In the context frame a return address equal to the instruction pointer means
 * that the frame was entered by a jump: the next word is taken.
 */
export function unwindWinFpo(record: WinFrameRecord, environment: WinEnvironment): WinResult {
  let slot = environment.esp + frameSize(record, environment);
  let eip = environment.load(slot);
  if (eip !== null && environment.isContextFrame && eip === environment.eip) {
    slot += 4;
    eip = environment.load(slot);
  }
  if (eip === null) return { error: `0x${slot.toString(16)} is not in the stack` };
  if (slot + 4 > 0xffff_ffff) return { error: 'the frame reaches beyond the address space' };
  const registers = new Map<string, number>([
    ['eip', eip],
    ['esp', slot + 4],
  ]);
  if (!record.allocatesBasePointer) {
    if (environment.ebp === null) return { error: 'ebp is unknown' };
    registers.set('ebp', environment.ebp);
    if (environment.ebx !== null) registers.set('ebx', environment.ebx);
    return { registers, returnAddressSlot: BigInt(slot) };
  }
  const saved = environment.esp + environment.grandCalleeParameterSize + record.savedRegisterSize - 8;
  const ebp = environment.load(saved);
  if (ebp === null) return { error: `0x${saved.toString(16)} is not in the stack` };
  registers.set('ebp', ebp);
  return { registers, returnAddressSlot: BigInt(slot) };
}
