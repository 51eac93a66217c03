import type { ProcessFacts } from '../walk/process-facts.js';
import type { WalkResult } from '../walk/walk-result.js';
import { type AddressText, systemVersion } from './address-text.js';
import { inOrder, type JsonObject, parsedJson } from './json-value.js';

export function systemJson({ dump, microcode }: WalkResult): JsonObject {
  const { system } = dump;
  return {
    cpu_arch: system.cpu,
    cpu_count: system.processorCount,
    cpu_info: system.cpuInfo,
    cpu_microcode_version: microcode === null ? null : `0x${microcode.toString(16)}`,
    os: system.os,
    os_ver: systemVersion(system),
  };
}

/** The top-level keys that tell of the process. */
export function processJson(facts: ProcessFacts, address: AddressText): JsonObject {
  return {
    pid: facts.pid,
    process_uptime: facts.uptime,
    linux_memory_map_count: facts.linuxMapCount,
    lsb_release: facts.lsbRelease === null ? null : inOrder({ ...facts.lsbRelease }),
    proc_limits: facts.limits === null ? null : { limits: facts.limits.map((limit) => inOrder({ ...limit })) },
    handles:
      facts.handles?.map(({ handle, typeName, objectName }) => ({
        handle: Number(handle),
        object_name: objectName,
        type_name: typeName,
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
      abort_cause: hex(record.abortCause),
      backtrace: record.backtrace,
      dialog_mode: hex(record.dialogMode),
      message: record.message,
      message2: record.message2,
      module: record.modulePath,
      signature_string: record.signature,
      thread: hex(record.thread),
    })),
  };
}
