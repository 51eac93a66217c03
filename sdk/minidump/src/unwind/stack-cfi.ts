import type { AbsoluteAddress } from '@faultline/sdk/units';
import type { CfiExpression, CfiRules } from './cfi-rules.js';
import { combineCfiRows } from './cfi-rules.js';
import type { Architecture, Attempt, Registers, UnwindStep } from './architecture.js';
import { canonicalRegister, forwardedRegisters, found, nothing } from './architecture.js';

/** What an expression may look at. */
export interface CfiEnvironment {
  /** Value of a callee's register by its name in the symbol file; null when unknown. */
  register(name: string): bigint | null;
  /** A register-sized word of the stack; null outside it. */
  load(address: AbsoluteAddress): bigint | null;
  /** Null while the CFA itself is computed. */
  cfa: AbsoluteAddress | null;
}

export type CfiValue = { value: bigint; loadedFrom: AbsoluteAddress | null } | { error: string };

/**
 * The value of an expression, an unsigned 64-bit number in wrapping arithmetic. `loadedFrom` is the stack slot when
 * the last thing done was to load from it. Division by 0, alignment to what is no power of two, an unknown register,
 * `.undef`, a load from outside the stack, or other than one value left are errors.
 */
export function evaluateCfi(expression: CfiExpression, environment: CfiEnvironment): CfiValue {
  const values: bigint[] = [];
  let loadedFrom: AbsoluteAddress | null = null;
  for (const token of expression) {
    if (token.kind === 'integer') {
      values.push(token.value);
    } else if (token.kind === 'register') {
      const value = environment.register(token.name);
      if (value === null) return { error: `register ${shown(token.name)} is unknown` };
      values.push(value);
    } else if (token.kind === 'cfa') {
      if (environment.cfa === null) return { error: 'the CFA is computed from itself' };
      values.push(environment.cfa);
    } else if (token.kind === 'undefined') {
      return { error: 'undefined by its record' };
    } else if (token.kind === 'load') {
      const address = values.pop();
      if (address === undefined) return { error: 'an operator lacks operands' };
      const value = environment.load(address);
      if (value === null) return { error: `0x${address.toString(16)} is not in the stack` };
      values.push(value);
      loadedFrom = address;
      continue;
    } else {
      const right = values.pop();
      const left = values.pop();
      if (left === undefined || right === undefined) return { error: 'an operator lacks operands' };
      const value = operate(token.kind, left, right);
      if (value === null) return { error: `${token.kind} by 0x${right.toString(16)}` };
      values.push(value);
    }
    loadedFrom = null;
  }
  const [value, ...more] = values;
  if (value === undefined || more.length > 0) return { error: 'an expression leaves other than one value' };
  return { value, loadedFrom };
}

function operate(
  kind: 'add' | 'subtract' | 'multiply' | 'divide' | 'remainder' | 'align',
  left: bigint,
  right: bigint,
): bigint | null {
  switch (kind) {
    case 'add':
      return BigInt.asUintN(64, left + right);
    case 'subtract':
      return BigInt.asUintN(64, left - right);
    case 'multiply':
      return BigInt.asUintN(64, left * right);
    case 'divide':
      return right === 0n ? null : left / right;
    case 'remainder':
      return right === 0n ? null : left % right;
    case 'align':
      return right === 0n || (right & (right - 1n)) !== 0n ? null : left - (left % right);
  }
}

export interface CfiOptions {
  /** A register of the callee that must not be believed at this instruction, with the start of the CFI range. */
  hides?(name: string, initAddress: AbsoluteAddress): boolean;
  /** The register that some old files use in place of `.ra` (`eip`). */
  returnAddressName?: string;
}

/**
 * The caller by the STACK CFI records of the callee's module. CFA and return address must evaluate; of the other
 * registers, those that fail are unknown in the caller. Nothing else is checked, as in both peers: call frame
 * information is believed.
 */
export async function callerByCfi(
  architecture: Architecture,
  step: UnwindStep,
  options: CfiOptions = {},
): Promise<Attempt> {
  const { callee, symbols, stack } = step;
  if (!callee.context.registers.has(architecture.stack)) return nothing('failed', 'the stack pointer is unknown');
  if (callee.module === null) return nothing('no-records', 'the address is in no module');
  const records = await symbols.cfiAt(callee.module, callee.instruction);
  if (records === null) return nothing('no-records', 'no STACK CFI record covers the address');
  const rules = combineCfiRows(records.rows);
  if (rules === null) return nothing('failed', 'the STACK CFI record is malformed');

  const initAddress = callee.module.base + BigInt(records.initAddress);
  const { cfa: cfaRule, ra: raRule } = requiredRules(rules, options.returnAddressName);
  if (cfaRule === undefined) return nothing('failed', 'the record lacks .cfa');
  if (raRule === undefined || (raRule.length === 1 && raRule[0]?.kind === 'undefined')) {
    // DWARF's undefined return address says "nobody called this": _start, clone. Seen in every .sym of dump_syms as
    // an INIT row with .cfa alone. Walking on would scan the program's arguments for code.
    return { kind: 'outermost', reason: 'call frame information says that this function has no caller' };
  }
  const environment = {
    cfa: null as AbsoluteAddress | null,
    load: (address: AbsoluteAddress) => stack.word(address, architecture.wordBytes),
    register: (name: string) => {
      const canonical = canonicalRegister(architecture, name);
      if (canonical === null || options.hides?.(canonical, initAddress) === true) return null;
      return callee.context.registers.get(canonical) ?? null;
    },
  };
  const cfa = evaluateCfi(cfaRule, environment);
  if ('error' in cfa) return nothing('failed', `.cfa: ${cfa.error}`);
  environment.cfa = cfa.value;
  const ra = evaluateCfi(raRule, environment);
  if ('error' in ra) return nothing('failed', `.ra: ${ra.error}`);
  if (!fits(architecture, cfa.value) || !fits(architecture, ra.value)) {
    return nothing('failed', 'an address is wider than a register');
  }

  const registers = forwardedRegisters(architecture, callee.context.registers);
  registers.set(architecture.stack, cfa.value);
  registers.set(architecture.instruction, ra.value);
  restoreOthers({ architecture, rules, environment, registers, returnAddressName: options.returnAddressName });
  return found({ registers, trust: 'cfi', returnAddressSlot: ra.loadedFrom });
}

function restoreOthers(restoring: {
  architecture: Architecture;
  rules: CfiRules;
  environment: CfiEnvironment;
  registers: Registers;
  returnAddressName: string | undefined;
}): void {
  const { architecture, rules, environment, registers } = restoring;
  for (const [name, expression] of rules) {
    if (name === '.cfa' || name === '.ra') continue;
    const canonical = canonicalRegister(architecture, name);
    if (canonical === null || (name === restoring.returnAddressName && !rules.has('.ra'))) continue;
    const result = evaluateCfi(expression, environment);
    // Stack pointer and return address are known already: CFA and .ra hold where their own rules give nothing.
    const isKnown = canonical === architecture.stack || canonical === architecture.instruction;
    if ('error' in result) {
      if (!isKnown) registers.delete(canonical);
    } else if (fits(architecture, result.value)) registers.set(canonical, result.value);
  }
}

function requiredRules(rules: CfiRules, returnAddressName: string | undefined) {
  const named = returnAddressName === undefined ? undefined : rules.get(returnAddressName);
  return { cfa: rules.get('.cfa'), ra: rules.get('.ra') ?? named };
}

function fits(architecture: Architecture, value: bigint): boolean {
  return architecture.wordBytes === 8 || value <= 0xffff_ffffn;
}

/** A name from a symbol file, short enough for a reason. */
function shown(name: string): string {
  return name.length > 32 ? `${name.slice(0, 32)}…` : name;
}
