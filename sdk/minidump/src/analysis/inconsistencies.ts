import { isInNonCanonicalRange } from './adjusted-address.js';
import type { CrashFacts, MemoryAccess } from './crash-facts.js';
import {
  isGeneralProtectionFault,
  isIntegerDivisionByZero,
  isPrivilegedInstruction,
  isStackOverflowException,
  operationOf,
} from './exception-kind.js';
import { isDerivable, isOnlyFaultingWhenNonCanonical, isPrivileged } from './instruction-properties.js';
import type { FaultingOperation } from './operation.js';
import { RegionMap } from './region-map.js';

/** Ways in which the exception and the instruction contradict each other: a sign of faulty hardware or a late dump. */
export type CrashInconsistency =
  | 'int_div_by_zero_not_possible'
  | 'priv_instruction_crash_without_priv_instruction'
  | 'non_canonical_address_falsely_reported'
  | 'access_violation_when_access_allowed'
  | 'crashing_access_not_found_in_memory_accesses';

type Facts = Pick<CrashFacts, 'os' | 'exception' | 'context' | 'regions'>;

export function crashInconsistencies(facts: Facts, operation: FaultingOperation | null): CrashInconsistency[] {
  const { exception } = facts;
  const mnemonic = operation?.instruction.mnemonic;
  if (isIntegerDivisionByZero(exception)) {
    return mnemonic !== undefined && !/^i?div$/.test(mnemonic) ? ['int_div_by_zero_not_possible'] : [];
  }
  if (isPrivilegedInstruction(exception)) {
    const contradicts = mnemonic !== undefined && !isPrivileged(mnemonic);
    return contradicts ? ['priv_instruction_crash_without_priv_instruction'] : [];
  }
  if (operationOf(exception) === null && !isStackOverflowException(exception)) return [];
  const isMissing = crashingAccessIsMissing(facts, operation);
  if (isMissing && isGeneralProtectionFault(facts.os, exception)) {
    return isFalselyNonCanonical(operation) ? ['non_canonical_address_falsely_reported'] : [];
  }
  const found: CrashInconsistency[] = [];
  if (isMissing) found.push('crashing_access_not_found_in_memory_accesses');
  if (accessIsAllowed(facts)) found.push('access_violation_when_access_allowed');
  return found;
}

function crashingAccessIsMissing(facts: Facts, operation: FaultingOperation | null): boolean {
  if (operation?.accesses == null) return false;
  const { accesses } = operation;
  const { address } = facts.exception;
  const derivable = isDerivable(operation.instruction.mnemonic);
  const kind = operationOf(facts.exception);
  if (kind === 'execute') {
    const ip = facts.context?.registers.get('rip');
    return ip !== undefined && ip !== address;
  }
  if (kind === null) return derivable && accesses.length === 0;
  return derivable && !accesses.some((access) => covers(access, address) && performs(access, kind));
}

function performs({ access }: MemoryAccess, kind: 'read' | 'write'): boolean {
  return access === kind || access === 'readwrite';
}

/** Whether the access touches the address; it may wrap around the end of the address space. */
function covers({ address: start, size }: MemoryAccess, address: bigint): boolean {
  if (size === null) return false;
  return BigInt.asUintN(64, address - start) < BigInt(size);
}

function isFalselyNonCanonical(operation: FaultingOperation | null): boolean {
  if (operation?.accesses == null) return false;
  const { mnemonic } = operation.instruction;
  if (!isDerivable(mnemonic) || !isOnlyFaultingWhenNonCanonical(mnemonic)) return false;
  if (operation.accesses.some(({ address }) => isInNonCanonicalRange(address))) return false;
  const { target } = operation;
  return target.kind === 'none' || (target.kind === 'address' && !isInNonCanonicalRange(target.address));
}

function accessIsAllowed({ exception, regions }: Facts): boolean {
  const kind = operationOf(exception);
  const region = new RegionMap(regions ?? []).regionAt(exception.address);
  if (kind === null || region === null) return false;
  return { read: region.isReadable, write: region.isWritable, execute: region.isExecutable }[kind];
}
