import type { AdjustedAddress } from './adjusted-address.js';
import type { PossibleBitFlip } from './bit-flips.js';
import type { CrashInconsistency } from './inconsistencies.js';
import type { FaultingOperation } from './operation.js';
import type { PointerKind } from './pointer-kind.js';
import type { PoisonedValue } from './poison.js';
import type { RegionMap } from './region-map.js';
import type { StackOverflow } from './stack-overflow.js';

/** What happened, in plain words, with the reasons for believing it. */
export interface Verdict {
  /** A stable word for programs: `null-pointer`, `stack-overflow`. */
  kind: VerdictKind;
  /** One line: "Write through a null pointer + 0x1c". */
  title: string;
  /** What it means and where to look, one or two sentences. */
  explanation: string;
  /** 0 to 1. */
  confidence: number;
  /** Facts that speak for it, the strongest first. */
  evidence: string[];
}

export type VerdictKind =
  | 'stack-overflow'
  | 'null-pointer'
  | 'null-call'
  | 'use-after-free'
  | 'uninitialised'
  | 'overrun'
  | 'non-canonical'
  | 'write-protected'
  | 'not-executable'
  | 'guard-page'
  | 'unmapped'
  | 'division-by-zero'
  | 'bad-instruction'
  | 'deliberate-stop'
  | 'out-of-memory'
  | 'unhandled-exception'
  | 'requested-dump'
  | 'hardware'
  | 'other';

/** What the other analyses found. */
export interface Findings {
  operation: FaultingOperation | null;
  adjusted: AdjustedAddress | null;
  bitFlips: readonly PossibleBitFlip[];
  inconsistencies: readonly CrashInconsistency[];
  overflow: StackOverflow | null;
  poison: readonly { register: string; poison: PoisonedValue }[];
  /** What the failing address points to. */
  target: PointerKind;
  regions: RegionMap;
}
