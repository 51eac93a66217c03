import type { JsonValue, PartSummary, ProcessedCrash, RawCrash, RunRecord } from '@faultline/sdk';

/** What the client of a generated crash would have sent: who crashed, and what its person wrote. */
export function rawReport(crash: ProcessedCrash, parts: PartSummary[]): RawCrash {
  const text = (field: string): string => {
    const value = crash[field];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const annotations: Record<string, JsonValue> = {
    ProductName: text('product'),
    Version: text('version'),
    ReleaseChannel: text('release_channel'),
    BuildID: text('build'),
    ProcessType: text('process_type'),
    CrashTime: text('crash_time'),
  };
  if (crash['user_comments'] !== undefined) annotations['Comments'] = crash['user_comments'];
  if (crash['url'] !== undefined) annotations['URL'] = crash['url'];
  return {
    crashId: crash.crash_id,
    submittedTimestamp: crash.submitted_timestamp,
    annotations,
    metadata: {
      payload: 'multipart',
      payload_compressed: '0',
      payload_size: parts.reduce((sum, { size }) => sum + size, 1000),
      collector_notes: ['generated'],
      dump_checksums: Object.fromEntries(parts.map(({ name, sha256 }) => [name, sha256])),
      user_agent: 'faultline generate',
      throttle_rule: 'accept_everything',
      identity: {
        product: text('product'),
        version: text('version'),
        channel: text('release_channel'),
        processType: text('process_type'),
        platform: text('os_name'),
        install: text('install'),
      },
    },
    parts,
  };
}

export function runRecord(crash: ProcessedCrash): RunRecord {
  return {
    run: 1,
    ruleset: 'default',
    reason: 'received',
    started: crash.started_datetime,
    completed: crash.completed_datetime,
    status: crash.status,
    signature: crash.signature,
    stackwalk: null,
    rules: [],
    notes: ['generated'],
    changed: [],
    host: 'faultline generate',
  };
}
