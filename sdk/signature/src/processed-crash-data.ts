import { objectOf } from './crash-data.js';
import type { CrashData } from './crash-data.js';

/** Fields of a processed crash that stand in the crash data under the same name. */
const sameNamed = [
  'java_stack_trace',
  'java_exception',
  'oom_allocation_size',
  'abort_message',
  'hang',
  'async_shutdown_timeout',
  'ipc_channel_error',
  'ipc_message_name',
  'additional_minidumps',
  'mdsw_status_string',
  'js_large_allocation_failure',
] as const satisfies readonly (keyof CrashData)[];

/** Fields of the processed crash that a signature is made from. */
export const fieldsOfSignature: readonly string[] = ['json_dump', ...sameNamed];

interface WalkedDump {
  crash_info?: { crashing_thread?: number | null; type?: string | null } | null;
  system_info?: { os?: string | null } | null;
  threads?: CrashData['threads'];
}

/**
 * The crash data of a processed crash: stack, reason and system come from `json_dump` (the stack walker's output, in
 * the shape of rust-minidump), the rest from fields of the same name. Nothing is copied that signatures don't use.
 */
export function crashDataOfProcessed(processed: Readonly<Record<string, unknown>>): CrashData {
  const dump: WalkedDump = objectOf(processed['json_dump'] ?? null);
  const crashInfo = objectOf(dump.crash_info);
  const data: CrashData = {
    crashing_thread: crashInfo.crashing_thread ?? null,
    reason: crashInfo.type ?? null,
    os: objectOf(dump.system_info).os ?? null,
    threads: dump.threads ?? null,
  };
  const copied = sameNamed.map((name) => [name, processed[name] ?? null] as const);
  return { ...data, ...Object.fromEntries(copied) };
}
