import { createHash } from 'node:crypto';
import type { Lane, PendingMark, PartSummary, ProcessedCrash, RawCrash, RunRecord } from '@faultline/sdk';
import { makeCrashId } from '@faultline/sdk/crash-id';
import type { CrashId } from '@faultline/sdk/crash-id';
import { FakeRandom } from './fake-random.js';

/** A crash id of a seed and a day: equal for equal arguments. */
export function sampleCrashId(seed: number, now = Date.UTC(2026, 10, 22, 12)): CrashId {
  return makeCrashId(new FakeRandom(seed).bytes(16), now);
}

/** A whole raw crash; name only what the test is about. */
export function sampleRawCrash(overrides: Partial<RawCrash> = {}): RawCrash {
  const crashId = overrides.crashId ?? sampleCrashId(1);
  return {
    crashId,
    submittedTimestamp: '2026-11-22T12:00:00.000Z',
    annotations: { ProductName: 'Teapot', Version: '1.2.3', ReleaseChannel: 'release' },
    metadata: {
      payload: 'multipart',
      payload_compressed: '0',
      payload_size: 1234,
      collector_notes: [],
      dump_checksums: {},
      user_agent: 'crash-reporter/1',
      throttle_rule: 'ACCEPT_EVERYTHING',
      identity: {
        product: 'Teapot',
        version: '1.2.3',
        channel: 'release',
        processType: 'main',
        platform: 'linux',
        install: '',
      },
    },
    parts: [],
    ...overrides,
  };
}

export function samplePending(crashId: CrashId, overrides: Partial<PendingMark> = {}): PendingMark {
  const lane: Lane = 'normal';
  return {
    crashId,
    run: 1,
    lane,
    ruleset: 'default',
    reason: 'received',
    since: Date.UTC(2026, 10, 22, 12),
    state: 'pending',
    ...overrides,
  };
}

export function sampleProcessed(crashId: CrashId, overrides: Partial<ProcessedCrash> = {}): ProcessedCrash {
  return {
    crash_id: crashId,
    status: 'complete',
    submitted_timestamp: '2026-11-22T12:00:00.000Z',
    started_datetime: '2026-11-22T12:00:01.000Z',
    completed_datetime: '2026-11-22T12:00:02.000Z',
    signature: 'kettle::boil',
    product: 'Teapot',
    version: '1.2.3',
    ...overrides,
  };
}

export function sampleRun(run: number, overrides: Partial<RunRecord> = {}): RunRecord {
  return {
    run,
    ruleset: 'default',
    reason: 'received',
    started: '2026-11-22T12:00:01.000Z',
    completed: '2026-11-22T12:00:02.000Z',
    status: 'complete',
    signature: 'kettle::boil',
    stackwalk: null,
    rules: [],
    notes: [],
    changed: [],
    host: 'test',
    ...overrides,
  };
}

export function samplePart(name: string, bytes: Uint8Array): PartSummary {
  return {
    name,
    filename: `${name}.dmp`,
    contentType: 'application/octet-stream',
    size: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}
