import type { AbsoluteAddress } from '@faultline/sdk/units';
import { registerPart } from '../disassembly/x86/registers.js';
import type { Instruction, MemoryOperand, Operand } from '../disassembly/instruction.js';
import type { CpuContext } from '../model/cpu-context.js';
import { pointerRegisters } from '../model/cpu-context.js';
import { pointerSize } from '../model/cpu.js';
import type { CrashFacts, MemoryAccess } from './crash-facts.js';
import { isLikelyGuardPage, RegionMap } from './region-map.js';

/** What the faulting instruction was about to do. */
export interface FaultingOperation {
  instruction: Instruction;
  /** Named operands first, then the stack used implicitly; null when a register that is needed is unknown. */
  accesses: MemoryAccess[] | null;
  /** Where execution would have gone: a jump, call or return. `none`: it goes on; `unknown`: not told by the dump. */
  target: { kind: 'address'; address: AbsoluteAddress } | { kind: 'none' | 'unknown' };
  /** Registers that name memory, sorted. */
  addressRegisters: string[];
}

/** Addresses, sizes and kinds of everything that the instruction touches. */
export async function faultingOperation(facts: CrashFacts, instruction: Instruction): Promise<FaultingOperation> {
  const { context } = facts;
  const names = new Set<string>();
  for (const operand of instruction.operands) {
    if (operand.kind !== 'memory') continue;
    if (operand.base !== null) names.add(operand.base);
    if (operand.index !== null) names.add(operand.index);
  }
  return {
    instruction,
    accesses: context === null ? null : accessesOf(facts, context, instruction),
    target: context === null ? { kind: 'unknown' } : await targetOf(facts, context, instruction),
    addressRegisters: [...names].sort(),
  };
}

function accessesOf(facts: CrashFacts, context: CpuContext, instruction: Instruction): MemoryAccess[] | null {
  const regions = new RegionMap(facts.regions ?? []);
  const accesses: MemoryAccess[] = [];
  if (instruction.mnemonic === 'lea') return [];
  for (const operand of instruction.operands) {
    if (operand.kind !== 'memory') continue;
    const address = operandAddress(context, instruction, operand);
    if (address === null) return null;
    accesses.push({
      address,
      size: operand.size,
      access: operand.access,
      isLikelyNullPointer: operand.base !== null && registerValue(context, operand.base) === 0n,
      isLikelyGuardPage: isLikelyGuardPage(regions, address),
      isImplicit: false,
    });
  }
  const implicit = instruction.implicitStack;
  const sp = context.registers.get(pointerRegisters[context.cpu].stack);
  if (implicit !== null && sp !== undefined) {
    const address = wrap(context, implicit.below ? sp - BigInt(implicit.size) : sp);
    accesses.push({
      address,
      size: implicit.size,
      access: implicit.access,
      isLikelyNullPointer: address === 0n,
      isLikelyGuardPage: isLikelyGuardPage(regions, address),
      isImplicit: true,
    });
  }
  return accesses;
}

/**
 * The address of an operand; null when a register is unknown. An operand relative to rip counts from the end of the
 * instruction (Intel SDM, volume 2, 2.2.1.6); rust-minidump counts from its start. The bases of fs and gs are not in
 * a dump, so a segment is left out, as there.
 */
function operandAddress(
  context: CpuContext,
  instruction: Pick<Instruction, 'length'>,
  operand: MemoryOperand,
): AbsoluteAddress | null {
  let address = operand.displacement;
  if (operand.base !== null) {
    const base = registerValue(context, operand.base);
    if (base === null) return null;
    const isRelative = operand.base === 'rip' || operand.base === 'eip';
    address += isRelative ? base + BigInt(instruction.length) : base;
  }
  if (operand.index !== null) {
    const index = registerValue(context, operand.index);
    if (index === null) return null;
    address += (operand.isIndexSigned === true ? BigInt.asIntN(32, index) : index) * BigInt(operand.scale);
  }
  return wrap(context, address);
}

/** Value of a register or of a part of one (`eax`, `ah`, `w0`); null when it is unknown. */
export function registerValue(context: CpuContext, name: string): bigint | null {
  const whole = context.registers.get(name);
  if (whole !== undefined) return whole;
  if (context.cpu === 'amd64' || context.cpu === 'x86') {
    const part = registerPart(name, context.cpu === 'amd64');
    const full = part === null ? undefined : context.registers.get(part.full);
    return part === null || full === undefined ? null : BigInt.asUintN(part.bits, full >> part.shift);
  }
  if (context.cpu === 'arm64') {
    if (name === 'xzr' || name === 'wzr') return 0n;
    const alias = { x29: 'fp', x30: 'lr' }[name];
    const full = context.registers.get(alias ?? name.replace(/^w/, 'x'));
    return full === undefined ? null : name.startsWith('w') ? BigInt.asUintN(32, full) : full;
  }
  return null;
}

function wrap(context: CpuContext, address: bigint): AbsoluteAddress {
  return BigInt.asUintN(pointerSize(context.cpu) * 8, address);
}

const jumps = /^(call|callf|jmp|jmpf|b|bl|br|blr|bra\w*|blra\w*)$/;
const returns = /^(ret|retf|iret[dq]?)$/;
const conditionalJumps = /^(j(?!mp)\w+|loop\w*|b\.\w+|cbn?z|tbn?z)$/;

async function targetOf(
  facts: CrashFacts,
  context: CpuContext,
  instruction: Instruction,
): Promise<FaultingOperation['target']> {
  const { mnemonic, operands } = instruction;
  if (conditionalJumps.test(mnemonic)) return { kind: 'unknown' };
  if (context.cpu === 'arm64' && mnemonic.startsWith('ret')) {
    return known(registerValue(context, registerName(operands[0]) ?? 'lr'));
  }
  const word = pointerSize(context.cpu);
  if (returns.test(mnemonic)) {
    const sp = context.registers.get(pointerRegisters[context.cpu].stack);
    return known(sp === undefined ? null : await facts.readWord(sp, word));
  }
  if (!jumps.test(mnemonic)) return { kind: 'none' };
  const [operand] = operands;
  if (operand?.kind === 'register') return known(registerValue(context, operand.name));
  if (operand?.kind !== 'memory') return { kind: 'unknown' };
  const address = operandAddress(context, instruction, operand);
  return known(address === null ? null : await facts.readWord(address, word));
}

function registerName(operand: Operand | undefined): string | null {
  return operand?.kind === 'register' ? operand.name : null;
}

function known(address: AbsoluteAddress | null): FaultingOperation['target'] {
  return address === null ? { kind: 'unknown' } : { kind: 'address', address };
}
