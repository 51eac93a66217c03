/**
 * What of a stack walk may be shown without `view_pii`. Registers, memory, command lines, handles and the annotations
 * that crash handlers put into dumps can hold anything the program held, so keys are let through by name.
 */
import type { JsonValue } from './raw-crash.js';

/** Keys of rust-minidump's form that say nothing of the user. */
const publicKeys = new Set([
  'crash_info',
  'crashing_thread',
  'largest_free_vm_block',
  'linux_memory_map_count',
  'lsb_release',
  'main_module',
  'modules',
  'modules_contains_cert_info',
  'pid',
  'status',
  'system_info',
  'thread_count',
  'threads',
  'tiny_block_size',
  'unloaded_modules',
  'write_combine_size',
]);
/** Keys of our own additions, below `faultline`. */
const publicAdditions = new Set(['dump', 'exception', 'problems', 'schema', 'symbols', 'threads']);
/** Removed wherever they stand. */
const privateAnywhere = new Set([
  'registers',
  'memory',
  'stack',
  'stack_words',
  'words',
  'evidence',
  'last_error_value',
]);

export function publicStackwalk(walk: JsonValue): JsonValue {
  if (!isObject(walk)) return null;
  const shown: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(walk)) if (publicKeys.has(key)) shown[key] = withoutPrivate(value);
  const additions = walk['faultline'];
  if (additions === undefined || !isObject(additions)) return shown;
  const entries = Object.entries(additions).filter(([key]) => publicAdditions.has(key));
  shown['faultline'] = Object.fromEntries(entries.map(([key, value]) => [key, withoutPrivate(value)]));
  return shown;
}

function withoutPrivate(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutPrivate);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([key]) => !privateAnywhere.has(key));
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutPrivate(inner)]));
}

function isObject(value: JsonValue): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
