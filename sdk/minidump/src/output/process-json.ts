import type { ProcessFacts } from '../walk/process-facts.js';
import type { WalkResult } from '../walk/walk-result.js';
import { type AddressText, systemVersion } from './address-text.js';
import { type JsonObject, parsedJson } from './json-value.js';

export function systemJson({ dump, microcode }: WalkResult): JsonObject {
  const { system } = dump;
  return {
    os: system.os,
    os_ver: systemVersion(system),
    cpu_arch: system.cpu,
    cpu_info: system.cpuInfo,
    cpu_count: system.processorCount,
    cpu_microcode_version: microcode === null ? null : `0x${microcode.toString(16)}`,
  };
}

/** The top-level keys that tell of the process. */
export function processJson(facts: ProcessFacts, address: AddressText): JsonObject {
  return {
    pid: facts.pid,
    process_uptime: facts.uptime,
    linux_memory_map_count: facts.linuxMapCount,
    lsb_release: facts.lsbRelease === null ? null : { ...facts.lsbRelease },
    proc_limits: facts.limits === null ? null : { limits: facts.limits.map((limit) => ({ ...limit })) },
    handles:
      facts.handles?.map(({ handle, typeName, objectName }) => ({
        handle: Number(handle),
        type_name: typeName,
        object_name: objectName,
      })) ?? null,
    mac_crash_info: macCrashInfoJson(facts, address),
    mac_boot_args: facts.macBootArgs,
    soft_errors: parsedJson(facts.softErrors),
  };
}

function macCrashInfoJson({ macCrashInfo }: ProcessFacts, address: AddressText): JsonObject | null {
  if (macCrashInfo === null) return null;
  const hex = (value: bigint | null) => (value === null ? null : address(value));
  return {
    num_records: macCrashInfo.length,
    records: macCrashInfo.map((record) => ({
      thread: hex(record.thread),
      dialog_mode: hex(record.dialogMode),
      abort_cause: hex(record.abortCause),
      module: record.modulePath,
      message: record.message,
      signature_string: record.signature,
      backtrace: record.backtrace,
      message2: record.message2,
    })),
  };
}
