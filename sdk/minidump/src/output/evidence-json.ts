import type { WalkedFrame } from '../model/frame.js';
import type { ModuleRecord } from '../model/module-record.js';
import { detailedFrames } from '../walk/code-of-frames.js';
import type { WalkedThread, WalkResult } from '../walk/walk-result.js';
import { type AddressText, baseName } from './address-text.js';
import { codeJson } from './code-json.js';
import { registersJson } from './frame-json.js';
import type { JsonObject } from './json-value.js';

/** What is known of one thread and its frames besides the frames themselves, frame by frame. */
export function evidenceJson(thread: WalkedThread, result: WalkResult, address: AddressText): JsonObject {
  const { dump } = result;
  const { summary } = thread;
  const info = dump.facts.threadInfo?.find(({ threadId }) => threadId === thread.threadId);
  return {
    affinity: info === undefined ? null : address(info.affinity),
    create_time: info === undefined ? null : windowsTime(info.createTime),
    end: summary?.end ?? null,
    end_reason: summary?.reason ?? null,
    exit_status: info?.exitStatus ?? null,
    exit_time: info === undefined ? null : windowsTime(info.exitTime),
    frames: thread.frames.map((frame) =>
      frameEvidence(frame, address, thread.index === result.requestingThread ? result.code : null),
    ),
    kernel_time_100ns: info === undefined ? null : Number(info.kernelTime),
    scan_loads_exhausted: summary?.scanLoadsExhausted ?? false,
    shadow_stack: shadowStackJson(thread, dump.modules, address),
    start_address: info === undefined ? null : address(info.startAddress),
    status: thread.status,
    symbol_failures: summary?.symbolFailures.map(({ codeFile, reason }) => ({ code_file: codeFile, reason })) ?? [],
    thread_id: thread.threadId,
    thread_name: thread.name,
    user_time_100ns: info === undefined ? null : Number(info.userTime),
  };
}

/** 1970-01-01 in units of 100 ns since 1601-01-01. */
const unixEpoch = 116_444_736_000_000_000n;

/** Seconds since 1970 of a Windows file time; null for 0, which stands for never. */
function windowsTime(time: bigint): number | null {
  return time === 0n ? null : Number(time - unixEpoch) / 1e7;
}

/** The processor's own return addresses, and which walked frames they confirm. */
function shadowStackJson(
  { shadowStack }: WalkedThread,
  modules: readonly ModuleRecord[],
  address: AddressText,
): JsonObject | null {
  if (shadowStack === null) return null;
  return {
    confirmed_frames: shadowStack.confirmedFrames,
    pointer: address(shadowStack.pointer),
    return_addresses: shadowStack.returnAddresses.map((each) => {
      const module = modules.find(({ base, size }) => each > base && each <= base + BigInt(size));
      return {
        address: address(each),
        module: module === undefined ? null : baseName(module.codeFile),
        module_offset: module === undefined ? null : address(each - module.base),
      };
    }),
  };
}

/**
 * Why a frame is believed, and what stands where it does. A dump has hundreds of frames, so keys that say nothing are
 * left out: `is_folded` when false, `rejected_words` when empty, `return_address_slot` when the address came from a
 * register, `symbol_source` without a symbol. `tried` lists the methods that had something to work with, and is left
 * out when the frame's own was the only one. Only the first frames of the thread that crashed have `code`, where the
 * dump holds it, and `registers`, as far as unwinding recovered a caller's.
 */
function frameEvidence(
  { context, evidence, index, resumeAddress, symbol }: WalkedFrame,
  address: AddressText,
  codeOfThread: WalkResult['code'] | null,
): JsonObject {
  const json: JsonObject = {};
  const code = codeOfThread?.get(index);
  if (code !== undefined) json['code'] = codeJson(code, address);
  if (symbol?.isFolded === true) json['is_folded'] = true;
  // Those of frame 0 stand where rust-minidump has them, in `crashing_thread`.
  if (codeOfThread !== null && index > 0 && index < detailedFrames) json['registers'] = registersJson(context);
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
