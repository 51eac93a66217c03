import type { AbsoluteAddress } from '@faultline/sdk/units';
import { loadDisassembler } from '../disassembly/index.js';
import { adjustAddress, type AdjustedAddress, preferNonCanonical } from './adjusted-address.js';
import { type PossibleBitFlip, possibleBitFlips } from './bit-flips.js';
import type { CrashFacts } from './crash-facts.js';
import { type CrashInconsistency, crashInconsistencies } from './inconsistencies.js';
import { isDerivable } from './instruction-properties.js';
import { faultingOperation, type FaultingOperation } from './operation.js';
import { classifyPointer, type PointerKind } from './pointer-kind.js';
import { poisonedRegisters, type PoisonedValue } from './poison.js';
import { RegionMap } from './region-map.js';
import { findRecursion, findStackOverflow, type RecursionCycle, type StackOverflow } from './stack-overflow.js';
import { judge } from './verdict.js';
import type { Verdict } from './verdict-model.js';

/** Analyses as rust-minidump prints them in `crash_info`: it disassembles amd64 alone. */
export interface PeerCrashInfo {
  instruction: string | null;
  /** Null when the instruction was not understood; `access` is null where that program does not derive it. */
  memoryAccesses: PeerAccess[] | null;
  instructionPointerUpdate: AbsoluteAddress | null;
  adjustedAddress: AdjustedAddress | null;
  possibleBitFlips: PossibleBitFlip[];
  inconsistencies: CrashInconsistency[];
}

export interface PeerAccess {
  address: AbsoluteAddress;
  size: number | null;
  isLikelyGuardPage: boolean;
  access: 'read' | 'write' | 'readwrite' | null;
}

/** All that is found out about one crash. */
export interface CrashAnalysis {
  /** For the compatible part of the output. */
  crashInfo: PeerCrashInfo;
  /** For every CPU that has a disassembler: the instruction with accesses and target; null when it is not known. */
  operation: FaultingOperation | null;
  adjustedAddress: AdjustedAddress | null;
  inconsistencies: CrashInconsistency[];
  stackOverflow: StackOverflow | null;
  /** Calls that repeat, also where the stack did not overflow. */
  recursion: RecursionCycle | null;
  /** What each register points to, in the order of the registers given. */
  registers: { register: string; value: bigint; pointsTo: PointerKind }[];
  poison: { register: string; poison: PoisonedValue }[];
  verdict: Verdict;
}

/** Runs every analysis. Loads a disassembler at most once; throws nothing for what a dump holds. */
export async function analyzeCrash(facts: CrashFacts): Promise<CrashAnalysis> {
  const operation = await decodeOperation(facts);
  const peerOperation = facts.cpu === 'amd64' ? operation : null;
  const adjustedAddress = preferNonCanonical(facts, adjustAddress(facts, operation));
  const peerAdjusted = adjustAddress(facts, peerOperation);
  const inconsistencies = crashInconsistencies(facts, peerOperation);
  const bitFlips = possibleBitFlips(facts, peerOperation, peerAdjusted);
  const regions = new RegionMap(facts.regions ?? []);
  const accessed = adjustedAddress?.kind === 'non-canonical' ? adjustedAddress.address : facts.exception.address;
  const stackOverflow = findStackOverflow(facts, accessed);
  const poison = facts.context === null ? [] : poisonedRegisters(facts.context);
  const pointsTo = (value: bigint) => classifyPointer(facts, regions, value);
  return {
    crashInfo: {
      ...peerOperationInfo(peerOperation),
      adjustedAddress: peerAdjusted,
      possibleBitFlips: bitFlips,
      inconsistencies,
    },
    operation,
    adjustedAddress,
    inconsistencies,
    stackOverflow,
    recursion: stackOverflow?.cycle ?? findRecursion(facts.frames),
    registers: [...(facts.context?.registers ?? [])].map(([register, value]) => ({
      register,
      value,
      pointsTo: pointsTo(value),
    })),
    poison,
    verdict: judge(facts, {
      operation,
      adjusted: adjustedAddress,
      bitFlips,
      inconsistencies,
      overflow: stackOverflow,
      poison,
      target: pointsTo(accessed),
      regions,
    }),
  };
}

async function decodeOperation(facts: CrashFacts): Promise<FaultingOperation | null> {
  if (facts.code === null || facts.context === null) return null;
  const disassemble = await loadDisassembler(facts.cpu);
  const instruction = disassemble?.(facts.code.bytes) ?? null;
  return instruction === null ? null : faultingOperation(facts, instruction);
}

function peerOperationInfo(operation: FaultingOperation | null) {
  if (operation === null) return { instruction: null, memoryAccesses: null, instructionPointerUpdate: null };
  const derivable = isDerivable(operation.instruction.mnemonic);
  return {
    instruction: operation.instruction.text,
    memoryAccesses:
      operation.accesses?.map(({ address, size, isLikelyGuardPage, access }) => ({
        address,
        size,
        isLikelyGuardPage,
        access: derivable ? access : null,
      })) ?? null,
    instructionPointerUpdate: operation.target.kind === 'address' ? operation.target.address : null,
  };
}
