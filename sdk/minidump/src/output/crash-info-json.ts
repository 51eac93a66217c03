import type { AdjustedAddress, PeerCrashInfo } from '../analysis/index.js';
import type { WalkResult } from '../walk/walk-result.js';
import type { AddressText } from './address-text.js';
import type { JsonObject, JsonValue } from './json-value.js';

/** Why the program died, as rust-minidump's JSON has it: nulls where nothing is known, no empty list of bit flips. */
export function crashInfoJson(result: WalkResult, address: AddressText): JsonObject {
  const { crash, analysis, requestingThread } = result;
  const info = analysis?.crashInfo ?? null;
  return {
    address: crash === null ? null : address(crash.address),
    adjusted_address: adjustedJson(info?.adjustedAddress ?? null, address),
    // rust-minidump has the key, but never a value; the assertion stands under `faultline`.
    assertion: null,
    crash_inconsistencies: info === null ? null : [...info.inconsistencies],
    crashing_thread: requestingThread,
    instruction: info?.instruction ?? null,
    instruction_pointer_update:
      info === null || info.instructionPointerUpdate === null
        ? null
        : { address: address(info.instructionPointerUpdate) },
    memory_accesses: accessesJson(info, address),
    possible_bit_flips: bitFlipsJson(info, address),
    type: crash?.type ?? null,
  };
}

export function adjustedJson(adjusted: AdjustedAddress | null, address: AddressText): JsonObject | null {
  if (adjusted === null) return null;
  if (adjusted.kind === 'non-canonical') return { address: address(adjusted.address), kind: adjusted.kind };
  return { kind: adjusted.kind, offset: address(adjusted.offset) };
}

/** Keys that say nothing are left out: `access_type` when unknown, `is_likely_guard_page` when false. */
function accessesJson(info: PeerCrashInfo | null, address: AddressText): JsonValue {
  return (
    info?.memoryAccesses?.map((access): JsonObject => {
      const json: JsonObject = {};
      if (access.access !== null) json['access_type'] = access.access;
      json['address'] = address(access.address);
      if (access.isLikelyGuardPage) json['is_likely_guard_page'] = true;
      json['size'] = access.size;
      return json;
    }) ?? null
  );
}

function bitFlipsJson(info: PeerCrashInfo | null, address: AddressText): JsonValue {
  if (info === null || info.possibleBitFlips.length === 0) return null;
  return info.possibleBitFlips.map((flip) => ({
    address: address(flip.address),
    confidence: flip.confidence,
    details: {
      is_null: flip.details.isNull,
      nearby_registers: flip.details.nearbyRegisters,
      poison_registers: flip.details.poisonRegisters,
      was_low: flip.details.wasLow,
      was_non_canonical: flip.details.wasNonCanonical,
    },
    source_register: flip.sourceRegister,
  }));
}
