import type { WalkResult } from '../walk/walk-result.js';
import type { AddressText } from './address-text.js';
import type { JsonObject } from './json-value.js';

export function crashInfoJson(result: WalkResult, address: AddressText): JsonObject {
  const { crash, requestingThread } = result;
  return {
    type: crash?.type ?? null,
    address: crash === null ? null : address(crash.address),
    crashing_thread: requestingThread,
    // rust-minidump has the key, but never a value; the assertion stands under `faultline`.
    assertion: null,
    adjusted_address: null,
    instruction: null,
    memory_accesses: null,
    instruction_pointer_update: null,
    possible_bit_flips: null,
    crash_inconsistencies: crash === null ? null : [],
  };
}
