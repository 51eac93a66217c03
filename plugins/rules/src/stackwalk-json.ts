/**
 * The parts of a stack walker's JSON that rules read: rust-minidump's form. Our own walker writes it, but another one
 * may be configured, so every key counts as missing until it is seen.
 */
import type { JsonValue, ProcessedCrash } from '@faultline/sdk';

export type StackFrame = {
  module?: string | null;
  function?: string | null;
  file?: string | null;
  line?: number | null;
  inlines?: { function?: string | null; file?: string | null; line?: number | null }[] | null;
  truncated?: { msg: string };
  [key: string]: JsonValue | undefined;
};

export interface StackThread {
  thread_name?: string | null;
  last_error_value?: string | null;
  frames?: StackFrame[];
  frame_count?: number;
  truncated?: boolean;
}

export interface StackModule {
  filename?: string | null;
  debug_file?: string | null;
  debug_id?: string | null;
  code_id?: string | null;
  version?: string | null;
  missing_symbols?: boolean;
  /** A file was found, but could not be read. */
  corrupt_symbols?: boolean;
  /** Where its symbols came from; null when it is nothing to tell. */
  symbol_url?: string | null;
}

export interface CrashInfo {
  type?: string | null;
  address?: string | null;
  adjusted_address?: { kind?: string; address?: string; offset?: string } | null;
  crashing_thread?: number | null;
  crash_inconsistencies?: string[] | null;
  possible_bit_flips?: { confidence?: number }[] | null;
  memory_accesses?: { is_likely_guard_page?: boolean }[] | null;
}

export interface SystemInfo {
  os?: string | null;
  os_ver?: string | null;
  cpu_arch?: string | null;
  cpu_info?: string | null;
  cpu_count?: number | null;
  cpu_microcode_version?: string | null;
}

export interface StackwalkJson {
  crash_info?: CrashInfo;
  system_info?: SystemInfo;
  threads?: StackThread[];
  thread_count?: number;
  modules?: StackModule[];
  lsb_release?: { description?: string | null } | null;
  mac_boot_args?: string | null;
  mac_crash_info?: { num_records?: number } | null;
  soft_errors?: JsonValue;
  pid?: number | null;
}

/** The stack walker's answer for the main dump; null when there was none. */
export function stackwalkJson(processed: Readonly<ProcessedCrash>): StackwalkJson | null {
  const json = processed['json_dump'];
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as StackwalkJson) : null;
}

/** Index of the crashing thread; null when the dump does not say or says nonsense. */
export function crashingThreadIndex(json: StackwalkJson): number | null {
  const index = json.crash_info?.crashing_thread;
  return typeof index === 'number' && json.threads?.[index] !== undefined ? index : null;
}

/** Frames of the crashing thread, or of thread 0 when it is not known; markers of truncation are left out. */
export function crashingFrames(json: StackwalkJson): StackFrame[] {
  const frames = json.threads?.[crashingThreadIndex(json) ?? 0]?.frames ?? [];
  return frames.filter((frame) => frame.truncated === undefined);
}
