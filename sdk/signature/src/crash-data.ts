/**
 * What a signature is made of: the crash data of Socorro's signature tools (socorro.md section 5.5), so that files
 * made for them work here. Every field is optional, null means absent. The values come from annotations and dumps:
 * the rules read them with `textOf`, `wholeNumberOf` and `listOf`, which take a wrong type for an absent value.
 */

/** A call that was expanded in place, as stack walkers report it. */
export interface CrashDataInline {
  function?: string | null;
  file?: string | null;
  line?: number | string | null;
}

/** One frame of a thread, innermost first. Offsets are hex text (`0x1f`). */
export interface CrashDataFrame extends CrashDataInline {
  module?: string | null;
  module_offset?: string | null;
  offset?: string | null;
  /** Innermost first. */
  inlines?: readonly CrashDataInline[] | null;
  unloaded_modules?: readonly { module?: string | null; offsets?: readonly (string | number)[] | null }[] | null;
}

export interface CrashDataThread {
  frames?: readonly CrashDataFrame[] | null;
  thread_name?: string | null;
  frame_count?: number | null;
  last_error_value?: string | null;
}

/** `values[0].stacktrace` of a Sentry-like exception: frames are newest first. */
export interface CrashDataJavaException {
  exception?: {
    values?:
      | readonly {
          stacktrace?: {
            type?: string | null;
            module?: string | null;
            value?: string | null;
            frames?: readonly { module?: string | null; function?: string | null; filename?: string | null }[] | null;
          } | null;
        }[]
      | null;
  } | null;
}

export interface CrashData {
  platform?: string | null;
  /** Index into `threads`; null, absent or not a number counts as 0. */
  crashing_thread?: number | null;
  reason?: string | null;
  /** "Windows NT" makes module names lower case. */
  os?: string | null;
  threads?: readonly CrashDataThread[] | null;
  java_stack_trace?: string | null;
  java_exception?: CrashDataJavaException | null;
  /** Bytes. */
  oom_allocation_size?: number | string | null;
  abort_message?: string | null;
  hang?: number | string | null;
  /** JSON text with `phase` and `conditions`. */
  async_shutdown_timeout?: string | null;
  ipc_channel_error?: string | null;
  ipc_message_name?: string | null;
  /** Dump names; comma separated text is read too. */
  additional_minidumps?: readonly string[] | string | null;
  mdsw_status_string?: string | null;
  js_large_allocation_failure?: string | null;
  original_signature?: string | null;
}

/** The text, or "" for anything that is none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The list, or an empty one for anything that is none. */
export function listOf<Item>(value: readonly Item[] | null | undefined): readonly Item[] {
  return Array.isArray(value) ? value : [];
}

/** The object's own view, or an empty one for anything that is none (null, text, a list). */
export function objectOf<Shape extends object>(value: Shape | null | undefined): Partial<Shape> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** A whole number, also when it is written as text; null for anything else. */
export function wholeNumberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : null;
  if (typeof value !== 'string' || !/^\s*[+-]?\d{1,20}\s*$/.test(value)) return null;
  return Number(value);
}

/** Index of the thread to sign: what is no index counts as 0. */
export function crashingThreadOf(crash: CrashData): number {
  const index = wholeNumberOf(crash.crashing_thread);
  return index !== null && index >= 0 ? index : 0;
}
