import type { ProcessFacts } from '../walk/process-facts.js';
import type { AddressText } from './address-text.js';
import { inOrder, type JsonObject, type JsonValue } from './json-value.js';

/** Times in seconds, memory in bytes or pages as named; 64-bit numbers beyond 2^53 lose their last digits. */
export function processJson(facts: ProcessFacts): JsonObject {
  const { misc } = facts;
  return {
    build_string: misc?.buildString ?? null,
    create_time: misc?.processCreateTime ?? null,
    debug_build_string: misc?.debugBuildString ?? null,
    execute_flags: misc?.executeFlags ?? null,
    integrity_level: misc?.integrityLevel ?? null,
    kernel_time: misc?.processKernelTime ?? null,
    processor_power: misc?.processorPower == null ? null : powerJson(misc.processorPower),
    protected_process: misc?.protectedProcess ?? null,
    system_memory: systemMemoryJson(facts),
    time_zone: misc?.timeZone == null ? null : inOrder({ ...misc.timeZone }),
    user_time: misc?.processUserTime ?? null,
    vm_counters: vmCountersJson(facts),
  };
}

function powerJson({ currentMhz, maxMhz, mhzLimit }: { currentMhz: number; maxMhz: number; mhzLimit: number }) {
  return { current_mhz: currentMhz, max_mhz: maxMhz, mhz_limit: mhzLimit };
}

function systemMemoryJson({ systemMemory }: ProcessFacts): JsonObject | null {
  if (systemMemory === null) return null;
  return {
    available_pages: Number(systemMemory.availablePages),
    commit_limit_pages: Number(systemMemory.commitLimit),
    committed_pages: Number(systemMemory.committedPages),
    page_size: systemMemory.pageSize,
    peak_commitment_pages: Number(systemMemory.peakCommitment),
    physical_pages: systemMemory.physicalPages,
  };
}

function vmCountersJson({ vmCounters }: ProcessFacts): JsonObject | null {
  if (vmCounters === null) return null;
  const number = (value: bigint | null) => (value === null ? null : Number(value));
  return {
    job_private_commit_limit: number(vmCounters.jobPrivateCommitLimit),
    job_private_commit_usage: number(vmCounters.jobPrivateCommitUsage),
    job_total_commit_limit: number(vmCounters.jobTotalCommitLimit),
    page_fault_count: vmCounters.pageFaultCount,
    pagefile_usage: Number(vmCounters.pagefileUsage),
    peak_pagefile_usage: Number(vmCounters.peakPagefileUsage),
    peak_virtual_size: number(vmCounters.peakVirtualSize),
    peak_working_set_size: Number(vmCounters.peakWorkingSetSize),
    private_usage: Number(vmCounters.privateUsage),
    virtual_size: number(vmCounters.virtualSize),
    working_set_size: Number(vmCounters.workingSetSize),
  };
}

/** Chromium's stability report; memory in bytes. */
export function stabilityJson({ stability }: ProcessFacts): JsonObject | null {
  if (stability === null) return null;
  const { processes, system } = stability;
  return {
    processes: processes.map((process) => ({
      allocation_attempt: process.allocationAttempt,
      handle_count: process.handleCount,
      open_file_descriptors: process.openFileDescriptors,
      peak_pagefile_usage: process.peakPagefileUsage,
      peak_working_set: process.peakWorkingSet,
      private_usage: process.privateUsage,
      process_id: process.processId,
    })),
    system:
      system === null
        ? null
        : {
            commit_limit: system.commitLimit,
            commit_remaining: system.commitRemaining,
            handle_count: system.handleCount,
          },
  };
}

/** Unwind data that code registered while it ran; how many entries each table has, not the entries. */
export function functionTablesJson({ functionTables }: ProcessFacts, address: AddressText): JsonValue {
  return (
    functionTables?.map((table) => ({
      base_address: address(table.baseAddress),
      entry_count: table.entryCount,
      maximum_address: address(table.maximumAddress),
      minimum_address: address(table.minimumAddress),
    })) ?? null
  );
}

export function handleOperationsJson({ handleOperations }: ProcessFacts, address: AddressText): JsonValue {
  return (
    handleOperations?.map(({ handle, operation, processId, threadId, trace }) => ({
      handle: Number(handle),
      operation,
      process_id: processId,
      thread_id: threadId,
      trace: trace.map(address),
    })) ?? null
  );
}

export function auxiliaryVectorJson({ auxiliaryVector }: ProcessFacts, address: AddressText): JsonValue {
  return auxiliaryVector?.map(([type, value]) => ({ type: Number(type), value: address(value) })) ?? null;
}

/** What the dynamic linker told debuggers: where each shared object's dynamic section lies. */
export function dynamicLinkerJson({ dsoDebug }: ProcessFacts, address: AddressText): JsonObject | null {
  if (dsoDebug === null) return null;
  return {
    base: address(dsoDebug.linkerBase),
    break_address: address(dsoDebug.breakAddress),
    dynamic: address(dsoDebug.dynamic),
    objects: dsoDebug.objects.map(({ dynamic, name, offset }) => ({
      dynamic: address(dynamic),
      name,
      offset: address(offset),
    })),
    version: dsoDebug.version,
  };
}
