import type { WalkResult } from '../walk/walk-result.js';
import type { AddressText } from './address-text.js';
import type { JsonObject } from './json-value.js';

export function crashInfoJson(result: WalkResult, address: AddressText): JsonObject {
  const { crash, requestingThread } = result;
  return {
    address: crash === null ? null : address(crash.address),
    adjusted_address: null,
    // rust-minidump has the key, but never a value; the assertion stands under `faultline`.
    assertion: null,
    crash_inconsistencies: crash === null ? null : [],
    crashing_thread: requestingThread,
    instruction: null,
    instruction_pointer_update: null,
    memory_accesses: null,
    possible_bit_flips: null,
    type: crash?.type ?? null,
  };
}
