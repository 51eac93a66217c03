import type { JsonValue } from '@faultline/sdk';
import type { Document } from './golden-case.js';

/** Written by Socorro's pipeline, not by a rule; here by the host, or part of the run's record. */
const notOfRules = [
  'started_datetime',
  'completed_datetime',
  'success',
  'processor_notes',
  'processor_history',
  'signature_debug',
  'mdsw_return_code',
  'mdsw_stderr',
];
/** Ours beyond Socorro's. */
const ours = ['status', 'signature_explanation', 'install'];
const dates = ['submitted_timestamp', 'date_processed', 'client_crash_date'];
/** JSON as text, where order and spaces mean nothing. */
const jsonTexts = ['mac_crash_info', 'soft_errors'];
/** What Socorro counts among the keys of a report and its own collector added. */
const collectorKeys = ['uuid', 'submitted_timestamp', 'version', 'metadata'];

/** Keys in which two documents differ. Null, absent and an empty list are one: nothing is known. */
export function differingKeys(mine: Document, socorros: Document): string[] {
  const keys = new Set([...Object.keys(mine), ...Object.keys(socorros)]);
  for (const key of [...notOfRules, ...ours]) keys.delete(key);
  return [...keys].filter((key) => canonical(key, mine[key]) !== canonical(key, socorros[key])).sort();
}

function canonical(key: string, value: JsonValue | undefined): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value) && value.length === 0) return 'nothing';
  if (dates.includes(key)) return String(Date.parse(String(value)));
  if (jsonTexts.includes(key) && isJson(value)) return canonical('', JSON.parse(String(value)) as JsonValue);
  if (key === 'crash_report_keys' && Array.isArray(value)) {
    return sorted(value.filter((item) => !collectorKeys.includes(String(item))));
  }
  if (key === 'collector_metadata' && typeof value === 'object') {
    const { identity: _ours, ...rest } = value as Record<string, JsonValue>;
    return sorted(rest);
  }
  return sorted(value);
}

function isJson(value: JsonValue): boolean {
  try {
    JSON.parse(String(value));
    return true;
  } catch {
    // Cut in the middle: compared as text.
    return false;
  }
}

function sorted(value: JsonValue): string {
  return JSON.stringify(value, (_key, inner: JsonValue) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
