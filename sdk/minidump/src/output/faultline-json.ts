import type { WalkedThread, WalkResult } from '../walk/walk-result.js';
import type { WalkedFrame } from '../model/frame.js';
import type { CrashpadInfo } from '../reader/streams/crashpad.js';
import type { ProcessFacts } from '../walk/process-facts.js';
import { type AddressText, baseName } from './address-text.js';
import type { JsonObject, JsonValue } from './json-value.js';

/** Version of what stands under `faultline`; it grows only. */
const schemaVersion = 1;

/** What rust-minidump's JSON has no place for. */
export function faultlineJson(result: WalkResult, address: AddressText): JsonObject {
  const { dump } = result;
  const { facts } = dump;
  return {
    schema: schemaVersion,
    dump: {
      format: dump.format,
      size: facts.size,
      timestamp: dump.timestamp,
      streams: facts.streams.map((stream) => ({ ...stream })),
    },
    problems: result.problems.map((problem) => ({ ...problem })),
    exception: exceptionJson(result, address),
    threads: result.threads.map((thread) => threadJson(thread, facts, address)),
    symbols: symbolsJson(result),
    crashpad: crashpadJson(facts.crashpad),
    assertion: facts.assertion === null ? null : { ...facts.assertion },
    command_line: facts.commandLine,
    environment_names: facts.environmentNames,
    comments: facts.comments,
    process: processJson(facts),
    microdump:
      facts.microdump === null ? null : { ...facts.microdump, gpu: facts.microdump.gpu && { ...facts.microdump.gpu } },
  };
}

function exceptionJson({ dump }: WalkResult, address: AddressText): JsonObject | null {
  const { exception, facts } = dump;
  if (exception === null) return null;
  return {
    code: exception.code,
    flags: exception.flags,
    address: address(exception.address),
    information: exception.information.map((value) => address(value)),
    chain: facts.chainedExceptions.map((chained) => ({
      code: chained.code,
      flags: chained.flags,
      address: address(chained.address),
      information: chained.information.map((value) => address(value)),
    })),
  };
}

function threadJson(thread: WalkedThread, { threadInfo }: ProcessFacts, address: AddressText): JsonObject {
  const { summary } = thread;
  const info = threadInfo?.find(({ threadId }) => threadId === thread.threadId);
  return {
    thread_id: thread.threadId,
    thread_name: thread.name,
    status: thread.status,
    end: summary?.end ?? null,
    end_reason: summary?.reason ?? null,
    scan_loads_exhausted: summary?.scanLoadsExhausted ?? false,
    symbol_failures: summary?.symbolFailures.map((failure) => ({ ...failure })) ?? [],
    start_address: info === undefined ? null : address(info.startAddress),
    kernel_time_100ns: info === undefined ? null : Number(info.kernelTime),
    user_time_100ns: info === undefined ? null : Number(info.userTime),
    frames: thread.frames.map((frame) => evidenceJson(frame, address)),
  };
}

/** Why a frame is believed. */
function evidenceJson({ evidence, resumeAddress, symbol }: WalkedFrame, address: AddressText): JsonObject {
  return {
    resume_address: address(resumeAddress),
    return_address_slot: evidence.returnAddressSlot === null ? null : address(evidence.returnAddressSlot),
    symbol_source: symbol?.source ?? null,
    is_folded: symbol?.isFolded ?? false,
    tried: evidence.tried.map(({ method, outcome, reason }) => ({ method, outcome, reason: reason ?? null })),
    rejected_words:
      evidence.rejectedWords?.map(({ slot, value, reason }) => ({
        slot: address(slot),
        value: address(value),
        reason,
      })) ?? [],
  };
}

/** Each look-up of a module's symbols, in dump order. */
function symbolsJson({ dump, symbols }: WalkResult): JsonValue[] {
  return dump.modules.flatMap((module) => {
    const lookup = symbols.get(module);
    if (lookup === undefined) return [];
    return [
      {
        module: baseName(module.codeFile),
        debug_file: module.debugFile,
        debug_id: module.debugId,
        found: lookup.symbols !== null,
        origin: lookup.symbols?.origin ?? null,
        is_corrupt: lookup.isCorrupt,
        attempts: lookup.attempts.map(({ source, location, status, milliseconds, bytes, reason }) => ({
          source,
          location,
          status,
          milliseconds,
          bytes,
          reason: reason ?? null,
        })),
      },
    ];
  });
}

function crashpadJson(crashpad: CrashpadInfo | null): JsonObject | null {
  if (crashpad === null) return null;
  const pairs = (entries: [string, string][]) => entries.map(([key, value]) => ({ key, value }));
  return {
    version: crashpad.version,
    report_id: crashpad.reportId,
    client_id: crashpad.clientId,
    annotations: pairs(crashpad.annotations),
    modules: crashpad.modules.map((module) => ({
      module_index: module.moduleIndex,
      list: module.list,
      simple: pairs(module.simple),
      objects: module.objects.map(({ name, type, value }) => ({
        name,
        type,
        ...('text' in value ? { text: value.text } : { hex: hexBytes(value.bytes) }),
      })),
    })),
  };
}

function hexBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Times in seconds, memory in bytes or pages as named; 64-bit numbers beyond 2^53 lose their last digits. */
function processJson({ misc, systemMemory, vmCounters }: ProcessFacts): JsonObject {
  return {
    create_time: misc?.processCreateTime ?? null,
    user_time: misc?.processUserTime ?? null,
    kernel_time: misc?.processKernelTime ?? null,
    integrity_level: misc?.integrityLevel ?? null,
    build_string: misc?.buildString ?? null,
    time_zone: misc?.timeZone == null ? null : { ...misc.timeZone },
    system_memory:
      systemMemory === null
        ? null
        : {
            page_size: systemMemory.pageSize,
            physical_pages: systemMemory.physicalPages,
            available_pages: Number(systemMemory.availablePages),
            committed_pages: Number(systemMemory.committedPages),
            commit_limit_pages: Number(systemMemory.commitLimit),
            peak_commitment_pages: Number(systemMemory.peakCommitment),
          },
    vm_counters:
      vmCounters === null
        ? null
        : {
            page_fault_count: vmCounters.pageFaultCount,
            working_set_size: Number(vmCounters.workingSetSize),
            peak_working_set_size: Number(vmCounters.peakWorkingSetSize),
            pagefile_usage: Number(vmCounters.pagefileUsage),
            peak_pagefile_usage: Number(vmCounters.peakPagefileUsage),
            private_usage: Number(vmCounters.privateUsage),
          },
  };
}
