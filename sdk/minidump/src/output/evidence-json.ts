import type { WalkedFrame } from '../model/frame.js';
import type { ThreadInfo } from '../reader/streams/thread-info.js';
import type { WalkedThread } from '../walk/walk-result.js';
import type { AddressText } from './address-text.js';
import type { JsonObject } from './json-value.js';

/** What is known of one thread and its frames besides the frames themselves, frame by frame. */
export function evidenceJson(
  thread: WalkedThread,
  threadInfo: readonly ThreadInfo[] | null,
  address: AddressText,
): JsonObject {
  const { summary } = thread;
  const info = threadInfo?.find(({ threadId }) => threadId === thread.threadId);
  return {
    end: summary?.end ?? null,
    end_reason: summary?.reason ?? null,
    frames: thread.frames.map((frame) => frameEvidence(frame, address)),
    kernel_time_100ns: info === undefined ? null : Number(info.kernelTime),
    scan_loads_exhausted: summary?.scanLoadsExhausted ?? false,
    start_address: info === undefined ? null : address(info.startAddress),
    status: thread.status,
    symbol_failures: summary?.symbolFailures.map(({ codeFile, reason }) => ({ code_file: codeFile, reason })) ?? [],
    thread_id: thread.threadId,
    thread_name: thread.name,
    user_time_100ns: info === undefined ? null : Number(info.userTime),
  };
}

/**
 * Why a frame is believed. A dump has hundreds of frames, so keys that say nothing are left out: `is_folded` when
 * false, `rejected_words` when empty, `return_address_slot` when the address came from a register, `symbol_source`
 * without a symbol. `tried` lists the methods that had something to work with, and is left out when the frame's own was
 * the only one.
 */
function frameEvidence({ evidence, resumeAddress, symbol }: WalkedFrame, address: AddressText): JsonObject {
  const json: JsonObject = {};
  if (symbol?.isFolded === true) json['is_folded'] = true;
  if (evidence.rejectedWords !== undefined && evidence.rejectedWords.length > 0) {
    json['rejected_words'] = evidence.rejectedWords.map(({ slot, value, reason }) => ({
      reason,
      slot: address(slot),
      value: address(value),
    }));
  }
  json['resume_address'] = address(resumeAddress);
  if (evidence.returnAddressSlot !== null) json['return_address_slot'] = address(evidence.returnAddressSlot);
  if (symbol !== null) json['symbol_source'] = symbol.source;
  const tried = evidence.tried.filter(({ outcome }) => outcome !== 'no-records');
  if (tried.length > 1) {
    json['tried'] = tried.map(({ method, outcome, reason }) => ({ method, outcome, reason: reason ?? null }));
  }
  return json;
}
