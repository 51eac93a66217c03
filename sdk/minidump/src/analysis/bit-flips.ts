import type { AbsoluteAddress, Bytes } from '@faultline/sdk/units';
import type { CpuContext } from '../model/cpu-context.js';
import type { AdjustedAddress } from './adjusted-address.js';
import type { CrashFacts, RegionFacts } from './crash-facts.js';
import type { MemoryOperation } from './exception-kind.js';
import { operationOf } from './exception-kind.js';
import type { FaultingOperation } from './operation.js';
import { registerValue } from './operation.js';
import { isPoisonByte } from './poison.js';
import { RegionMap } from './region-map.js';

/** An address that the program may have meant, one bit away from the one it used: bad memory, perhaps. */
export interface PossibleBitFlip {
  address: AbsoluteAddress;
  /** 0 to 1, in single precision as rust-minidump computes it. */
  confidence: number;
  /** Null: the address of the crash itself, else the register whose value was tried. */
  sourceRegister: string | null;
  details: {
    wasNonCanonical: boolean;
    isNull: boolean;
    wasLow: boolean;
    nearbyRegisters: number;
    poisonRegisters: boolean;
  };
}

/** Only there is the address space so empty that a hit means something; arm64's tags would give false ones. */
const cpus = new Set(['amd64', 'ppc64', 'mips64']);

const nearbyDistance = 4096n;
const lowAddress = 8192n;

/** Bit flips of the crash address and of the registers that the instruction addresses memory with. */
export function possibleBitFlips(
  facts: Pick<CrashFacts, 'cpu' | 'exception' | 'context' | 'regions'>,
  operation: FaultingOperation | null,
  adjusted: AdjustedAddress | null,
): PossibleBitFlip[] {
  if (!cpus.has(facts.cpu) || adjusted?.kind === 'null-pointer') return [];
  const reported = facts.exception.address;
  const isNonCanonical = adjusted?.kind === 'non-canonical';
  const access = operation?.accesses?.find(
    ({ address, size }) => reported >= address && reported < address + BigInt(size ?? 0),
  );
  const search = {
    bits: bitRange(facts.cpu, isNonCanonical),
    isNonCanonical,
    context: facts.context,
    regions: new RegionMap(facts.regions ?? []),
    operation: operationOf(facts.exception),
    accessSize: access?.size ?? null,
  };
  const address = access?.address ?? (isNonCanonical ? adjusted.address : reported);
  const flips = flipsOf(address, null, search);
  if (facts.context === null) return flips;
  for (const name of operation?.addressRegisters ?? []) {
    const value = registerValue(facts.context, name);
    if (value !== null) flips.push(...flipsOf(value, name, search));
  }
  return flips;
}

function bitRange(cpu: string, isNonCanonical: boolean): { first: number; end: number } {
  if (isNonCanonical) return { first: 48, end: 64 };
  return { first: 0, end: cpu === 'amd64' ? 48 : 64 };
}

interface FlipSearch {
  bits: { first: number; end: number };
  isNonCanonical: boolean;
  context: CpuContext | null;
  regions: RegionMap;
  operation: MemoryOperation;
  accessSize: Bytes | null;
}

function flipsOf(address: AbsoluteAddress, sourceRegister: string | null, search: FlipSearch): PossibleBitFlip[] {
  const { regions, operation } = search;
  const isAllowedAt = (where: AbsoluteAddress) => {
    const region = regions.regionAt(where);
    return region !== null && mayBeAllowed(operation, region);
  };
  if (isAllowedAt(address)) return [];
  // Just beside a mapping it is an index out of bounds rather than a flipped bit.
  const distance = distanceToRegion(address, search);
  if (distance !== null && search.accessSize !== null && distance < BigInt(search.accessSize)) return [];
  const flips: PossibleBitFlip[] = [];
  for (let bit = search.bits.first; bit < search.bits.end; bit++) {
    const flipped = address ^ (1n << BigInt(bit));
    if (flipped === 0n) flips.push(rated(flipped, address, sourceRegister, search));
    if (isAllowedAt(flipped)) flips.push(rated(flipped, address, sourceRegister, search));
  }
  return flips;
}

function mayBeAllowed(operation: MemoryOperation, region: RegionFacts): boolean {
  if (operation === null) return true;
  return { read: region.isReadable, write: region.isWritable, execute: region.isExecutable }[operation];
}

function distanceToRegion(address: AbsoluteAddress, search: FlipSearch): bigint | null {
  let nearest: bigint | null = null;
  for (const region of search.regions.regions) {
    if (!mayBeAllowed(search.operation, region)) continue;
    const last = region.end - 1n;
    const distance = address < region.start ? region.start - address : address > last ? address - last : 0n;
    if (nearest === null || distance < nearest) nearest = distance;
  }
  return nearest;
}

function rated(
  address: AbsoluteAddress,
  original: AbsoluteAddress,
  sourceRegister: string | null,
  search: FlipSearch,
): PossibleBitFlip {
  const values = [...(search.context?.registers.values() ?? [])];
  const isNear = (value: bigint) => (value > address ? value - address : address - value) <= nearbyDistance;
  const details = {
    wasNonCanonical: search.isNonCanonical,
    isNull: address === 0n,
    wasLow: address === 0n && original <= lowAddress,
    nearbyRegisters: address > lowAddress ? values.filter(isNear).length : 0,
    poisonRegisters: values.some(isRepeatedPoison),
  };
  return { address, confidence: confidenceOf(details), sourceRegister, details };
}

function isRepeatedPoison(value: bigint): boolean {
  const byte = value & 0xffn;
  return value === byte * 0x0101_0101_0101_0101n && isPoisonByte(Number(byte));
}

const single = Math.fround;
const medium = 0.5;
const nearby = [medium, single(medium + single(0.05)), single(medium + single(0.1)), single(medium + single(0.15))];

/** The signs combine as independent ones: 1 - (1 - a)(1 - b)…, in single precision. */
function confidenceOf(details: PossibleBitFlip['details']): number {
  const signs = [0.25];
  if (details.wasNonCanonical) signs.push(single(0.9));
  if (details.isNull) signs.push(details.wasLow ? medium * medium : medium);
  const near = nearby[Math.min(details.nearbyRegisters, nearby.length) - 1];
  if (near !== undefined) signs.push(near);
  const doubt = signs.reduce((product, sign) => single(product * single(1 - sign)), 1);
  const confidence = single(1 - doubt);
  return details.poisonRegisters ? single(confidence * medium) : confidence;
}
