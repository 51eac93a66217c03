import type { AbsoluteAddress } from '@faultline/sdk/units';
import type { CrashFacts } from './crash-facts.js';
import { isGeneralProtectionFault } from './exception-kind.js';
import type { FaultingOperation } from './operation.js';

/** An address that says more than the one that the system reported. */
export type AdjustedAddress =
  /** A null pointer in disguise: the base register held 0, `offset` is where in the object it pointed. */
  | { kind: 'null-pointer'; offset: AbsoluteAddress }
  /** What the instruction really addressed, where the system could report nothing. */
  | { kind: 'non-canonical'; address: AbsoluteAddress };

export function isInNonCanonicalRange(address: AbsoluteAddress): boolean {
  return address >= 0x0000_8000_0000_0000n && address <= 0xffff_7fff_ffff_ffffn;
}

/**
 * Our own judgement where both fit: a protection fault at an address that cannot exist comes of that address, even if
 * the base register held 0 (seen in write_av_non_canonical.dmp, which rust-minidump calls a null pointer with an
 * offset of 0xfefefefefefefefe).
 */
export function preferNonCanonical(
  facts: Pick<CrashFacts, 'cpu' | 'os' | 'exception'>,
  adjusted: AdjustedAddress | null,
): AdjustedAddress | null {
  if (adjusted?.kind !== 'null-pointer' || facts.cpu !== 'amd64') return adjusted;
  const isFault = isGeneralProtectionFault(facts.os, facts.exception) && isInNonCanonicalRange(adjusted.offset);
  return isFault ? { kind: 'non-canonical', address: adjusted.offset } : adjusted;
}

/** As rust-minidump decides: a null pointer comes before a non-canonical address. */
export function adjustAddress(
  facts: Pick<CrashFacts, 'cpu' | 'os' | 'exception'>,
  operation: FaultingOperation | null,
): AdjustedAddress | null {
  if (operation?.accesses == null) return null;
  const { accesses, target } = operation;
  const disguised = accesses.find((access) => access.isLikelyNullPointer);
  if (disguised !== undefined) return { kind: 'null-pointer', offset: disguised.address };
  if (target.kind === 'address' && target.address === 0n) return { kind: 'null-pointer', offset: 0n };
  if (facts.cpu !== 'amd64' || !isGeneralProtectionFault(facts.os, facts.exception)) return null;
  const addresses = accesses.map(({ address }) => address);
  if (target.kind === 'address') addresses.push(target.address);
  const culprit = addresses.find(isInNonCanonicalRange);
  return culprit === undefined ? null : { kind: 'non-canonical', address: culprit };
}
