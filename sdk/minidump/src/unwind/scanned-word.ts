import type { AbsoluteAddress } from '@faultline/sdk/units';

/** A word that scanning looked at and refused. */
export interface ScannedWord {
  slot: AbsoluteAddress;
  value: bigint;
  reason: string;
}
