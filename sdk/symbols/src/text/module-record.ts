import { decodeText } from './decode-text.js';
import type { ModuleRecord } from './symbol-text-handler.js';

/** `MODULE os architecture id name`; the name may hold blanks. */
export function readModuleRecord(bytes: Uint8Array, start: number, end: number): ModuleRecord | null {
  const fields = /^MODULE[ \t]+(\S+)[ \t]+(\S+)[ \t]+(\S+)[ \t]*(.*)$/s.exec(decodeText(bytes.subarray(start, end)));
  if (fields === null) return null;
  const [, os = '', architecture = '', debugId = '', name = ''] = fields;
  return { os, architecture, debugId, name };
}
